"""GET /docs in a real browser: the document is rendered, every operation with it."""

from __future__ import annotations

from pathlib import Path

from tests.browser import rendered


def test_the_document_is_rendered(live_service: str, tmp_path: Path) -> None:
    page = rendered(f"{live_service}/docs", tmp_path)
    assert "Unable to render" not in page
    for operation in ("post-/evaluate", "post-/preview", "get-/decisions/{decision_id}", "post-/policies"):
        assert f'data-path="{operation.partition("-")[2]}"' in page, operation
