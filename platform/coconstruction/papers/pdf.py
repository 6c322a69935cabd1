"""A paper as a tagged PDF (docs/decisions/0019)."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import typst

from coconstruction import clock
from coconstruction.papers.paper import LANGUAGE, Paper

MEDIA_TYPE = "application/pdf"
TEMPLATE = Path(__file__).with_name("paper.typ")
ACCESSIBLE = "ua-1"


def write(paper: Paper) -> bytes:
    try:
        return _compile(paper, [ACCESSIBLE], lacking="no")
    except typst.TypstError:
        # PDF/UA forbids a sign that no font of this machine can draw. The paper is tagged all the same, and holds the
        # sign for whoever copies it or has it read aloud.
        return _compile(paper, [], lacking="yes")


def _compile(paper: Paper, standards: list[Any], *, lacking: str) -> bytes:
    """`lacking`: does the paper hold signs that no font draws?"""
    # A compiler serves one thread at a time; the fonts, which take the longest to find, serve them all.
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts())
    made_at = int(clock.now().timestamp())
    written = compiler.compile(
        format="pdf",
        sys_inputs={"paper": _as_json(paper), "lacking": lacking},
        pdf_standards=standards,
        timestamp=made_at,
    )
    if not isinstance(written, bytes):
        raise TypeError("one file is expected of a PDF")
    return written


def _as_json(paper: Paper) -> str:
    blocks = [{"kind": block.kind, **asdict(block)} for block in paper.blocks]
    return json.dumps({**_head(paper), "blocks": blocks})


def _head(paper: Paper) -> Mapping[str, str]:
    named = ("title", "heading", "subject", "footer")
    return {"language": LANGUAGE, **{name: getattr(paper, name) for name in named}}


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()
