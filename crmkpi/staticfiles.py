"""How static files are stored: with a hash in the name, compressed, kept for ever."""

from typing import ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hash and compress, and let source map comments of vendor files stand.

    The maps themselves are not delivered, and the stock storage refuses a comment that
    names a file it cannot find.
    """

    patterns: ClassVar = tuple(
        (
            extension,
            tuple(
                pattern
                for pattern in patterns
                if "sourceMappingURL"
                not in (pattern if isinstance(pattern, str) else pattern[0])
            ),
        )
        for extension, patterns in CompressedManifestStaticFilesStorage.patterns
    )
