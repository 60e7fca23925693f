from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "crmkpi.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        post_migrate.connect(create_organisation, sender=self)


def create_organisation(*, using: str, **kwargs: Any) -> None:
    """Make sure that there is an organisation and a root team after a migration."""
    from crmkpi.accounts.services import ensure_organisation

    known = {"apps": kwargs["apps"]} if "apps" in kwargs else {}
    ensure_organisation(using=using, **known)
