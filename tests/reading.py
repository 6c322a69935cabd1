"""Reads pages as a person does, and refuses the ones no person should be given."""

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Page:
    """An HTML answer, by what is seen on it."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.soup = BeautifulSoup(response.get_data(as_text=True), "html.parser")

    @property
    def title(self) -> str:
        return words(self.soup.h1)

    @property
    def text(self) -> str:
        return words(self.soup.find("main") or self.soup)

    def field(self, name: str) -> str:
        """What a field of the page holds."""
        found = self.soup.find(["input", "textarea"], attrs={"name": name})
        assert isinstance(found, Tag), f"no field {name}"
        return found.get_text() if found.name == "textarea" else str(found.get("value", ""))

    def buttons(self) -> list[str]:
        return [words(each) for each in self.soup.select("main button, main a.fr-btn")]

    def links(self) -> dict[str, str]:
        return {words(each): str(each["href"]) for each in self.soup.select("a[href]")}


class PageClient(FlaskClient):
    """Follows what a browser follows and lints every page on the way."""

    def page(self, path: str, **more: Any) -> Page:
        response = self.get(path, follow_redirects=True, **more)
        return _linted(response)

    def send(self, path: str, form: dict[str, Any] | None = None, *, follow: bool = True, **more: Any) -> Page:
        """Post a form with the token of the page it stands on."""
        data = {"csrf_token": self.token(), **(form or {})}
        headers = {"Referer": f"http://localhost{path}", **more.pop("headers", {})}
        return _linted(self.post(path, data=data, headers=headers, follow_redirects=follow, **more))

    def token(self) -> str:
        soup = BeautifulSoup(self.get("/compte", follow_redirects=True).get_data(as_text=True), "html.parser")
        field = soup.find("input", attrs={"name": "csrf_token"})
        return str(field["value"]) if isinstance(field, Tag) else ""


def words(node: Tag | BeautifulSoup | None) -> str:
    """Text with single plain spaces, so that a test reads like the page."""
    return re.sub(r"\s+", " ", node.get_text(" ")).strip() if node else ""


def _linted(response: TestResponse) -> Page:
    page = Page(response)
    if response.mimetype == "text/html" and page.soup.html:
        faults = list(_faults(page.soup))
        assert not faults, f"{response.request.path}: {faults}"
    return page


def _faults(soup: BeautifulSoup) -> list[str]:
    ids = [str(each["id"]) for each in soup.select("[id]")]
    faults = [f"id written twice: {each}" for each in sorted({each for each in ids if ids.count(each) > 1})]
    if len(soup.find_all("h1")) != 1:
        faults.append(f"{len(soup.find_all('h1'))} h1")
    if not soup.title or not words(soup.title):
        faults.append("no title")
    faults += [f"inline style: {each.name}" for each in soup.select("[style]")]
    faults += ["inline script" for each in soup.select("script:not([src])")]
    faults += [f"handler {name}" for each in soup.find_all(True) for name in each.attrs if name.startswith("on")]
    for form in soup.select("form"):
        if str(form.get("method", "get")).lower() == "post" and not form.select("input[name=csrf_token]"):
            faults.append(f"form without token: {form.get('action')}")
    return faults + [f"field without label: {each}" for each in _unlabelled(soup)]


def _unlabelled(soup: BeautifulSoup) -> list[str]:
    labelled = {str(each["for"]) for each in soup.select("label[for]")}
    fields = soup.select("input:not([type=hidden]):not([type=submit]), select, textarea")
    return [
        str(field.get("name"))
        for field in fields
        if field.get("id") not in labelled
        and not field.get("aria-label")
        and not field.get("aria-labelledby")
        and field.find_parent("label") is None
    ]
