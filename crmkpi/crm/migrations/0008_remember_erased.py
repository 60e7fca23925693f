from hashlib import sha256

from django.db import migrations


def remember(apps, schema_editor):
    """Contacts erased before now lose the id of their source as later ones do."""
    Contact = apps.get_model("crm", "Contact")
    Forgotten = apps.get_model("crm", "Forgotten")
    for contact in Contact.objects.filter(erased_at__isnull=False).iterator():
        called = f"contact:{contact.source_id}:{contact.external_id}"
        Forgotten.objects.create(
            record="contact",
            hashed=sha256(called.encode()).hexdigest(),
            row_id=contact.pk,
            forgotten_at=contact.erased_at,
        )
        contact.external_id = f"erased:{contact.pk}"
        contact.save(update_fields=["external_id"])


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0007_forgotten'),
    ]

    operations = [
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
