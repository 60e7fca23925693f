"""Tables sent as files."""

from collections.abc import Iterable, Sequence

from django.http import StreamingHttpResponse

from crmkpi.lib.tables import write_csv


def csv_file(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Return rows as a CSV file, sent while they are read."""
    return StreamingHttpResponse(
        write_csv(headings, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
