"""Tables as files: CSV or a workbook, by the ending of the address."""

from collections.abc import Iterable, Iterator, Sequence

from django.http import Http404, HttpResponseBase, StreamingHttpResponse

from crmkpi.lib.tables import write_csv
from crmkpi.lib.workbooks import MEDIA_TYPE, write_xlsx


def table_file(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    name: str,
    ending: str,
) -> HttpResponseBase:
    """Return a table as a file to save.

    Raises: Http404 for an ending other than csv and xlsx.
    """
    content: Iterator[str] | Iterator[bytes]
    if ending == "csv":
        content, media_type = write_csv(headings, rows), "text/csv; charset=utf-8"
    elif ending == "xlsx":
        content, media_type = write_xlsx(headings, rows), MEDIA_TYPE
    else:
        raise Http404
    return StreamingHttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )
