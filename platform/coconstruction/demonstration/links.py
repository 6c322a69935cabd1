"""Letters are plain text; on a page, the site's own addresses in them can be followed."""

import re


def with_links(text: str, base_url: str) -> list[tuple[str, str]]:
    """The text cut in (words, path) pieces; a piece that is no link has an empty path."""
    pieces: list[tuple[str, str]] = []
    end = 0
    for found in re.finditer(re.escape(base_url) + r"(/[^\s<>\"]*)", text):
        pieces += [(text[end : found.start()], ""), (found[0], found[1])]
        end = found.end()
    return [*pieces, (text[end:], "")]
