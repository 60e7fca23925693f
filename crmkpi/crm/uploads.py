"""Tables that people send from a page: small ones, read while they wait."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.text import get_valid_filename
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crmkpi.lib.tables import TableError

MOST_BYTES = 1024**2
PACKED = b"\x1f\x8b"  # how a gzip file begins


DATE_ORDERS = [
    ("YMD", _("2026-02-13")),
    ("DMY", _("13/02/2026")),
    ("MDY", _("02/13/2026")),
]


class SentFileForm(forms.Form):
    """A file with many rows."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Of at most 1 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> UploadedFile:
        found: UploadedFile = self.cleaned_data["file"]
        if (found.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 1 MB. Split it, or ask for an import.")
            )
        start = found.read(len(PACKED))
        found.seek(0)
        if start == PACKED:
            raise forms.ValidationError(_("Unpack the file first."))
        return found


class TableFileForm(SentFileForm):
    """A file with many rows, and how its dates are written."""

    date_order = forms.ChoiceField(label=_("Dates look like"), choices=DATE_ORDERS)


@contextmanager
def put_aside(sent: UploadedFile, *, prefix: str) -> Iterator[Path]:
    """Put a file where it can be read twice, under a name that tells what it is."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / get_valid_filename(f"{prefix}-{sent.name}")[:100]
        sent.seek(0)
        path.write_bytes(sent.read())
        yield path


def packed(sent: UploadedFile) -> str:
    """Return a file as a hidden field of the next page carries it.

    So nothing of it stays here while somebody thinks about its columns.
    """
    sent.seek(0)
    return b64encode(zlib.compress(sent.read())).decode()


def unpacked(text: str, *, name: str) -> UploadedFile:
    """Return the file that a hidden field carries.

    Raises: TableError when it is not whole, or larger than any file that may be sent.
    """
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(b64decode(text, validate=True), MOST_BYTES + 1)
    except (ValueError, zlib.error) as error:
        raise _lost() from error
    if not unpacker.eof or len(content) > MOST_BYTES:
        raise _lost()
    return SimpleUploadedFile(name or "table.csv", content, "text/csv")


def _lost() -> TableError:
    return TableError(gettext("The file was lost on the way. Choose it once more."))
