"""Mailboxes, as the demonstration shows them."""

import re
import time

from tests.browser.visitor import Visitor

PATIENCE_SECONDS = 20


def open_letter(visitor: Visitor, address: str, subject: str) -> None:
    """The latest one of that subject, which the worker may be about to write."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        visitor.go("/demonstration/courriels")
        rows = visitor.main.get_by_role("row").filter(has_text=address).filter(has_text=subject)
        if rows.count():
            break
        assert time.monotonic() < limit, f"no letter « {subject} » at {address}"
    rows.first.get_by_role("link").first.click()
    visitor.sees(subject)


def follow_link(visitor: Visitor, part: str) -> None:
    """The link of the open letter."""
    visitor.main.get_by_role("link").filter(has_text=part).click()
    visitor.looks()


def read_code(visitor: Visitor) -> str:
    found = re.search(r"^\d{4} \d{4}$", visitor.main.inner_text(), re.MULTILINE)
    assert found
    return found[0]


def sign_in(visitor: Visitor, address: str) -> None:
    """From the page that asks for an address, to where one was going."""
    visitor.write("Adresse électronique", address)
    visitor.main.get_by_role("button").last.click()
    visitor.sees(address)
    open_letter(visitor, address, "Votre lien de connexion")
    follow_link(visitor, "/connexion/")
    visitor.main.get_by_role("button").last.click()
    visitor.looks()
