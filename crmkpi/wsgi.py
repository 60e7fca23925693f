import os

from django.core.wsgi import get_wsgi_application

from crmkpi.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crmkpi.settings")

application = get_wsgi_application()
settle()
