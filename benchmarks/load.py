"""A bounded load on one address of this machine: so many requests, so many at once, and what they took."""

import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

AT_ONCE = 4


@dataclass(frozen=True)
class Request:
    path: str
    form: Mapping[str, str] | None = None
    cookie: str = ""


@dataclass(frozen=True)
class Measure:
    """Milliseconds and requests a second."""

    p50: float
    p95: float
    rate: float
    failures: int


def measure(port: int, requests: int, make: Callable[[int, int], Request]) -> Measure:
    """`make(thread, number)` gives each request. An answer of 400 or more is a failure."""
    times: list[float] = []
    failures: list[int] = []
    started = time.perf_counter()
    threads = [
        threading.Thread(target=_send, args=(port, requests // AT_ONCE, make, each, times, failures))
        for each in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    times.sort()
    p50, p95 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95))
    return Measure(p50, p95, len(times) / elapsed, len(failures))


def _send(
    port: int, count: int, make: Callable[[int, int], Request], thread: int, times: list[float], failures: list[int]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(count):
        request = make(thread, number)
        headers = {"Cookie": request.cookie} if request.cookie else {}
        body = urlencode(request.form) if request.form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection.request("POST" if body is not None else "GET", request.path, body, headers)
        response = connection.getresponse()
        response.read()
        times.append(time.perf_counter() - began)
        if response.status >= 400:
            failures.append(response.status)
    connection.close()
