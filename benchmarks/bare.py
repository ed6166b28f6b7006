"""The yardstick: a Flask route that takes a body and answers a constant one, as large as a decision is."""

from __future__ import annotations

import os

from flask import Flask, Response, request


def create_app() -> Flask:
    """`BARE_ANSWER_BYTES` says how large the answer is."""
    app = Flask(__name__)
    answer = b'{"filler":"' + b"x" * max(0, int(os.environ["BARE_ANSWER_BYTES"]) - 13) + b'"}'

    @app.post("/evaluate")
    def evaluate() -> Response:
        request.get_data()
        return Response(answer, mimetype="application/json")

    return app
