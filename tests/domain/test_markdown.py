"""Whatever is typed, what is shown holds nothing but words, a few tags, and links that lead elsewhere."""

import re
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Comment
from hypothesis import given, settings
from hypothesis import strategies as st

from coconstruction.discussions.markdown import REL, mention_of, mentioned, plain, render

NAMES = {"213500051": "Arbrissel", "region-53": "Bretagne", "piege": '"><script>alert(1)</script>'}
TAGS = {"p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre"}
TAGS |= {f"h{level}" for level in range(2, 7)}

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<form action=/deconnexion method=post><button>Gagnez</button></form>",
    "<base href=//evil.example>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<div unclosed",
    "<b><i><u>never closed",
    "</div></main></body></html>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](/deconnexion)",
    "[x](//evil.example)",
    "[x](\\\\evil.example)",
    "[x](https://a.example \"' onmouseover='alert(1)\")",
    "[x](https://a.example\" onmouseover=\"alert(1))",
    "[[x](https://a.example)](javascript:alert(1))",
    "[![x](https://a.example/i.png)](javascript:alert(1))",
    "![x](https://a.example/i.png)",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "![<script>alert(1)</script>](x)",
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "<https://a.example/\"onmouseover=alert(1)>",
    "`<script>alert(1)</script>`",
    "```html\" onclick=\"alert(1)\n<script>alert(1)</script>\n```",
    "> - 1. # <script>\n> alert(1)</script>",
    "**<script>**alert(1)**</script>**",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "\u202e<script>\u202c",
    "[x](javascript\u2236alert(1))",
    "[x](\u3000javascript:alert(1))",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "@[<img src=x onerror=alert(1)>](213500051)",
    "@[x](javascript:alert(1))",
    "@piege et @[x](piege)",
    "[@213500051](javascript:alert(1))",
    "https://a.example/\"><script>alert(1)</script>",
    "javascript:alert(1)//https://a.example",
]  # fmt: skip
SCRAPS = [
    "<",
    ">",
    '"',
    "'",
    "&",
    "&#",
    ";",
    "[",
    "](",
    ")",
    "!",
    "`",
    "```\n",
    "*",
    "_",
    "#",
    "\n# ",
    "> ",
    "- ",
    "1. ",
    "\n",
    "\n\n",
    "    ",
    "\\",
    "@",
    "@[",
    "@213500051",
    "https://a.example",
    "javascript:",
    "data:text/html,",
    "//",
    "/",
    "script",
    "<script>",
    "</script>",
    "<svg onload=",
    "style",
    "<!--",
    "-->",
    "\u202e",
    "\u200b",
    "\x01",
    "\t",
    "é",
    "\U0001f600",
]
documents = st.lists(st.sampled_from(SCRAPS) | st.sampled_from(ATTACKS) | st.text(max_size=5), max_size=40).map("".join)


def faults(html: str) -> list[str]:
    """Whatever a reader's browser should never be given."""
    soup = BeautifulSoup(html, "html.parser")
    found = [f"comment {each}" for each in soup.find_all(string=lambda text: isinstance(text, Comment))]
    for tag in soup.find_all(True):
        allowed = {"a": {"href", "rel"}, "ol": {"start"}}.get(tag.name, set())
        if tag.name not in TAGS or not set(tag.attrs) <= allowed:
            found.append(str(tag))
        if tag.name == "a":
            found += [] if leads_elsewhere(str(tag.get("href", "https:"))) else [f"leads to {tag['href']}"]
            found += [] if " ".join(tag["rel"]) == REL else [f"rel {tag['rel']}"]
            found += ["a link in a link"] if tag.find_parent("a") else []
    return found


def leads_elsewhere(href: str) -> bool:
    own = re.fullmatch(r"/organisations/[A-Za-z0-9-]+", href)
    return own is not None or urlsplit(href).scheme in ("http", "https", "mailto")


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_acts_gets_through(attack: str) -> None:
    assert faults(render(attack, NAMES)) == []
    assert faults(render(f"Bonjour\n\n- {attack}\n\n> {attack}", NAMES)) == []


@settings(max_examples=500)
@given(documents, st.integers(2, 4))
def test_whatever_is_typed_only_the_short_list_is_shown(text: str, top: int) -> None:
    assert faults(render(text, NAMES, top)) == []


@given(documents)
def test_headings_keep_within_the_page(text: str) -> None:
    soup = BeautifulSoup(render(text, NAMES, 4), "html.parser")
    levels = [int(each.name[1]) for each in soup.find_all(re.compile("^h[1-6]"))]
    assert all(4 <= level <= 6 for level in levels)
    assert not levels or min(levels) == 4


def test_headings_follow_the_page_without_a_gap() -> None:
    html = render("# Un\n\n#### Deux\n\n# Trois", NAMES, 3)
    assert re.findall(r"<h\d>\w+", html) == ["<h3>Un", "<h4>Deux", "<h3>Trois"]


def test_what_people_write_is_shown_as_they_mean_it() -> None:
    html = render("Bonjour,\n**vite**, https://a.example/b, et :\n\n- un\n- deux\n\n3) trois", NAMES)
    link = f'<a href="https://a.example/b" rel="{REL}">https://a.example/b</a>'
    assert html.startswith(f"<p>Bonjour,<br>\n<strong>vite</strong>, {link}, et :</p>")
    assert "<li>deux</li>" in html
    assert '<ol start="3">' in html
    assert render("    quatre espaces ne font pas du code", NAMES) == "<p>quatre espaces ne font pas du code</p>\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("@213500051", ["213500051"]),
        ("Bonjour @[Arbrissel](213500051), et vous (@region-53) ?", ["213500051", "region-53"]),
        ("@213500051 et encore @213500051", ["213500051"]),
        ("maire@213500051.example", []),
        ("`@213500051`", []),
        ("[@213500051](https://a.example)", []),
        ("@", []),
    ],
)
def test_organisations_are_mentioned_by_their_code(text: str, codes: list[str]) -> None:
    assert mentioned(text) == codes


def test_a_mention_shows_the_true_name_whatever_was_typed() -> None:
    html = render("@[Préfecture](213500051) et @inconnu", NAMES)
    assert f'<a href="/organisations/213500051" rel="{REL}">@Arbrissel</a> et @inconnu' in html
    assert plain("**Dites**, @[Préfecture](213500051)\n# Oui", NAMES) == "Dites, Arbrissel Oui"


@given(st.text(max_size=60).filter(lambda name: name.strip() and "\n" not in name))
def test_a_picked_organisation_is_the_one_mentioned(name: str) -> None:
    assert mentioned(f"Voir {mention_of(' '.join(name.split()), '213500051')}, merci") == ["213500051"]
