"""What long-running processes do about memory once the program is loaded."""

import gc
from importlib import import_module

from django.conf import settings


def settle() -> None:
    """Keep the loaded program out of all later searches for garbage.

    Its modules, models and addresses are more than a hundred thousand objects that live
    as long as the process; to look through them again and again took up to a sixth of
    the time of an import.
    """
    import_module(settings.ROOT_URLCONF)  # otherwise loaded by the first request
    gc.collect()
    gc.freeze()
