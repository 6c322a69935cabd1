"""Someone before a browser, who looks at each page they come to as closely as a reviewer would."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, WebError, expect

AXE = {
    "runOnly": {"type": "tag", "values": ["RGAAv4", "wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
WIDTH = "document.documentElement.scrollWidth"
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling"


@dataclass
class Watch:
    """What no page may do, heard from the browser itself. `refusals`: statuses that a test asks for; `elsewhere`: the
    other site that it leads to."""

    origin: str
    refusals: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    elsewhere: str = "data:"

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def start_anew(self) -> None:
        self.refusals, self.faults = set(), []

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium says again there each refused page, whose status is checked below.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", self.elsewhere)):
            self.faults.append(f"leaves the site: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.refusals:
            self.faults.append(f"{response.status}: {response.url}")


@dataclass
class Visitor:
    page: Page
    watch: Watch
    scripts: bool

    def go(self, path: str) -> None:
        self.page.goto(path)

    def press(self, name: str) -> None:
        self.main.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.main.get_by_role("link", name=name, exact=True).first.click()

    def write(self, label: str, text: str) -> None:
        self.main.get_by_label(label).fill(text)

    def choose(self, label: str) -> None:
        """The label is what people click: the design system's box hides behind it."""
        self.main.get_by_text(label, exact=True).click()

    def sees(self, *texts: str) -> None:
        """Waits for them, then looks the page over."""
        for text in texts:
            expect(self.main).to_contain_text(text, use_inner_text=True, ignore_case=True)  # as shown
        self.looks()

    def looks(self) -> None:
        self.page.wait_for_load_state()
        # A paragraph within a paragraph is put right by the browser, and leaves an empty one.
        expect(self.page.locator("p:empty")).to_have_count(0)
        if self.scripts:
            expect(self.page.locator(BUSY)).to_have_count(0)
            assert not (found := self._found_by_axe()), f"{self.page.url}: {found}"
        assert self._width_on_a_phone() <= PHONE["width"], f"{self.page.url} scrolls sideways"
        assert not self.watch.faults, f"{self.page.url}: {self.watch.faults}"

    def text(self) -> str:
        """What the page says, on one line."""
        return " ".join(self.main.inner_text().split())

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def _found_by_axe(self) -> list[str]:
        found = Axe().run(self.page, options=AXE).response["violations"]
        return [f"{each['id']}: {json.dumps(list(_targets(each['nodes'])))}" for each in found]

    def _width_on_a_phone(self) -> int:
        self.page.bring_to_front()  # a page behind another one is laid out when the browser pleases
        own = self.page.viewport_size
        assert own
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        limit = time.monotonic() + 1  # the style sheets answer to the new width a frame later
        while (width := int(self.page.evaluate(WIDTH))) > PHONE["width"] and time.monotonic() < limit:
            pass
        self.page.set_viewport_size(own)
        return width


def _targets(nodes: Iterable[dict[str, list[str]]]) -> Iterable[str]:
    return (" ".join(map(str, node["target"])) for node in nodes)
