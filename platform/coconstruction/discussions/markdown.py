"""What people write, as HTML that can do nothing: read without raw HTML, then let through a short list of tags
(docs/decisions/0019). Organisations are mentioned as `@213500051` or `@[Arbrissel](213500051)`."""

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

LOWEST = 6
HEADINGS = frozenset({f"h{level}" for level in range(2, LOWEST + 1)})
TAGS = HEADINGS | {"p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre"}
ATTRIBUTES: Mapping[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}  # "*": not even a title
SCHEMES = {"http", "https", "mailto"}
REL = "nofollow noopener ugc"
# Links to reference definitions and code by indentation surprise whoever does not know them; images are attached.
NOT_READ = ["image", "reference", "code"]
MENTION = re.compile(
    r"@(?:\[(?P<label>[^\[\]\n]{1,200})\]\((?P<picked>[A-Za-z0-9-]{1,40})\)|(?P<typed>[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*))"
)
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]*[^\s<>\"'()\[\].,;:!?…»’]")
WRITTEN_ADDRESS = re.compile(r"(https?://|mailto:)[^\s]", re.IGNORECASE)
OWN_ADDRESS = re.compile(r"/organisations/[\w-]+", re.ASCII)

Names = Mapping[str, str]  # of organisations, by code


def render(text: str, names: Names, top: int = 3) -> Markup:
    """`names`: of the organisations that may be mentioned; any other code stays as typed. `top`: the level of the
    highest heading, whatever the author took it for."""
    html = READER.render(text, {"names": names, "top": top})
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_checked,
        url_schemes=set(SCHEMES),
        link_rel=REL,
    )
    return Markup(clean)  # noqa: S704 - only the short list is left


def plain(text: str, names: Names) -> str:
    """The same without any form, on one line."""
    said = " ".join(_words(token, names) for token in READER.parse(text, {"names": names, "top": LOWEST}))
    return " ".join(said.split())


def mentioned(text: str) -> list[str]:
    """The codes, once each, in the order of the text."""
    inline = (child for token in READER.parse(text) for child in token.children or ())
    return list(dict.fromkeys(child.meta["code"] for child in inline if child.type == "mention"))


def mention_of(name: str, code: str) -> str:
    """As one types it."""
    return f"@[{name.replace('[', '(').replace(']', ')')}]({code})"


def _checked(tag: str, name: str, value: str) -> str | None:
    """Links lead to other sites or to an organisation's page, never to an act of this site."""
    if (tag, name) == ("a", "href"):
        return value if WRITTEN_ADDRESS.match(value) or OWN_ADDRESS.fullmatch(value) else None
    if (tag, name) == ("ol", "start"):
        return value if value.isdecimal() else None
    return value


def _words(token: Token, names: Names) -> str:
    if token.type == "mention":
        return names.get(token.meta["code"], token.content)
    if token.children is not None:
        return "".join(_words(child, names) for child in token.children)
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _read_mention(state: StateInline, silent: bool) -> bool:
    """Not within a word, which would be an address, nor within a link."""
    if state.src[state.pos] != "@" or state.linkLevel or _within_a_word(state.src, state.pos):
        return False
    found = MENTION.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content, token.meta = found[0], {"code": found["picked"] or found["typed"]}
    state.pos = found.end()
    return True


def _within_a_word(text: str, place: int) -> bool:
    before = text[place - 1] if place else " "
    return before.isalnum() or before in "@_/.-+"


def _show_mention(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    token = tokens[index]
    code = token.meta["code"]
    if (name := env["names"].get(code)) is None:
        return str(Markup.escape(token.content))
    return Markup('<a href="/organisations/{}">@{}</a>').format(code, name)


def _lower_headings(state: StateCore) -> None:
    """Their order kept, from the page's own level on, without a gap."""
    used = sorted({token.tag for token in state.tokens if token.type == "heading_open"})
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(state.env.get('top', LOWEST) + used.index(token.tag), LOWEST)}"


def _link_web_addresses(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children and "http" in token.content:
            token.children = list(_with_links(token.children))


def _with_links(children: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if depth or child.type != "text":
            yield child
        else:
            yield from _linked(child.content)


def _linked(text: str) -> Iterator[Token]:
    place = 0
    for found in WEB_ADDRESS.finditer(text):
        yield Token("text", "", 0, content=text[place : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": found[0]})
        yield Token("text", "", 0, content=found[0])
        yield Token("link_close", "a", -1)
        place = found.end()
    yield Token("text", "", 0, content=text[place:])


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """What leads elsewhere only; anything else stays as typed."""
        return WRITTEN_ADDRESS.match(url) is not None


def _reader() -> MarkdownIt:
    reader = _Reader("commonmark", {"html": False, "breaks": True}).disable(NOT_READ)
    reader.inline.ruler.before("link", "mention", _read_mention)
    reader.core.ruler.push("headings", _lower_headings)
    reader.core.ruler.push("web_addresses", _link_web_addresses)
    reader.add_render_rule("mention", _show_mention)
    return reader


READER = _reader()
