"""What the API reads: JSON that can be stored and sent back."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class WholeTextParser(JSONParser):
    """JSON without halves of characters, and not nested beyond reading.

    Both are well-formed, but no database takes the one and no program reads the
    other: they are refused at the door, with 400.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError(_("A text holds half a character.")) from error
        except RecursionError as error:
            raise ParseError(_("This is nested too deeply.")) from error
        return data
