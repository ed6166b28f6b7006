"""`make run`: starts the service, shows what it answers to a sample request, and keeps it serving until Ctrl-C.

It knows the service only by its command and its HTTP interface. RUN_ONCE=1 stops it after the sample.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from service.domain.money import text

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
SAMPLE = ROOT / "examples" / "website.json"
SIGN_IN = os.environ.get("SIGN_IN", "").lower() == "on"
TOKEN = os.environ.get("QUOTEWRIGHT_TOKEN", "")
LONGEST_START = 60
"""Seconds; a start takes two or three, a laptop that was asleep some more."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Start the service and post a sample request.")
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default 8000)")
    port: int = parser.parse_args().port
    if _taken(port):
        print(f"Port {port} is taken. Choose another one: make run PORT={port + 1}", file=sys.stderr)
        return 1
    address = f"http://127.0.0.1:{port}"
    VAR.mkdir(exist_ok=True)
    database = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'quotewright.db'}"
    print(f"==> starting the service on {address}, its log goes to var/service.log", flush=True)
    with (VAR / "service.log").open("ab") as log:
        service = subprocess.Popen(
            [Path(sys.executable).parent / "quotewright", "serve", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        return _show(address, service)
    except KeyboardInterrupt:
        print("\n==> stopping")
        return 0
    finally:
        service.terminate()
        service.wait()


def _show(address: str, service: subprocess.Popen[bytes]) -> int:
    if not _ready(address, service):
        last = (VAR / "service.log").read_text(errors="replace").splitlines()[-15:]
        print("The service did not start. The end of var/service.log:", *last, sep="\n    ", file=sys.stderr)
        return 1
    sample = SAMPLE.relative_to(ROOT)
    if SIGN_IN and not TOKEN:
        print(f"==> it is ready, and sign-in is on: {address}/sign-in")
        print("    With a token in QUOTEWRIGHT_TOKEN, a sample request would be posted here.")
        return _serving(service)
    print(f"==> it is ready. Posting {sample} to {address}/evaluate\n")
    try:
        decision = _post(f"{address}/evaluate", SAMPLE.read_bytes())
    except HTTPError as refused:
        print(f"The sample was refused with {refused.code}: {refused.read().decode()}", file=sys.stderr)
        return 1
    print(*(f"    {line}" for line in _told(decision)), sep="\n")
    print(f"\n==> preview a price in the browser: {address}/preview")
    print(f"==> documentation and a form to try requests: {address}/docs")
    print("    the same from a terminal:")
    print(f"    curl -s {address}/evaluate -H 'Content-Type: application/json' -d @{sample}")
    if not SIGN_IN:
        print("==> sign-in is off: everyone on this machine may ask, and nobody elsewhere. To switch it on:")
        print("    .venv/bin/quotewright init")
        print("    SIGN_IN=on make run")
    return _serving(service)


def _serving(service: subprocess.Popen[bytes]) -> int:
    if os.environ.get("RUN_ONCE"):
        print("==> RUN_ONCE is set: stopping")
        return 0
    print("==> serving until Ctrl-C", flush=True)
    return service.wait()


def _told(decision: dict[str, Any]) -> Iterator[str]:
    """The lines that a reader of the decision looks for first."""
    yield f"outcome: {decision['outcome']}   ({decision['policy']['book']}, decision {decision['decision_id']})"
    price = decision["price"]
    if price:
        low, target, high = (text(price[end], price["currency"]) for end in ("low", "target", "high"))
        yield f"price: {low} to {high}, target {target}"
    for reason in decision["reasons"]:
        yield f"because [{reason['practice']}] {reason['text']}"
    for approval in decision["approvals"]:
        yield f"needs the agreement of: {approval['role']} ({'; '.join(approval['why'])})"
    yield f"answer by {decision['follow_up']['respond_by']}"
    letter = decision["to_client"]
    if letter:
        yield ""
        yield "what the client may be told:"
        for part in ("greeting", "summary", "breakdown", "options", "terms", "notes", "next_step"):
            for line in [letter[part]] if isinstance(letter[part], str) else letter[part]:
                yield f"  {line}"


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _ready(address: str, service: subprocess.Popen[bytes]) -> bool:
    latest = time.monotonic() + LONGEST_START
    while time.monotonic() < latest and service.poll() is None:
        try:
            with urlopen(f"{address}/readyz", timeout=5):
                return True
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    return False


def _post(url: str, body: bytes) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if SIGN_IN:
        headers["Authorization"] = f"Bearer {TOKEN}"
    request = Request(url, body, headers)
    with urlopen(request, timeout=30) as answer:
        decision: dict[str, Any] = json.load(answer)
        return decision


if __name__ == "__main__":
    sys.exit(main())
