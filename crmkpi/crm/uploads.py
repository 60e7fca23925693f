"""Tables that people send from a page: small ones, read while they wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 1024**2
PACKED = b"\x1f\x8b"  # how a gzip file begins


class TableFileForm(forms.Form):
    """A file with many rows, and how its dates are written."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Of at most 1 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    date_order = forms.ChoiceField(
        label=_("Dates look like"),
        choices=[
            ("YMD", _("2026-02-13")),
            ("DMY", _("13/02/2026")),
            ("MDY", _("02/13/2026")),
        ],
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


@contextmanager
def put_aside(sent: UploadedFile, *, prefix: str) -> Iterator[Path]:
    """Put a file where it can be read twice, under a name that tells what it is."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / get_valid_filename(f"{prefix}-{sent.name}")[:100]
        path.write_bytes(sent.read())
        yield path
