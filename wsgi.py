"""gunicorn's entry. Run it with `-c python:service.gunicorn_conf`, as `quotewright serve` does."""

from service.app import create_app

app = create_app()
