"""Settings from the environment: defaults, and every bad variable told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import Settings, SettingsRefused, from_environment


def test_an_empty_environment_gives_the_defaults() -> None:
    assert from_environment({}) == Settings()
    assert from_environment({"PORT": "", "HOST": "  "}) == Settings()
    assert (Settings().policy_book / "book.yaml").is_file()


def test_every_variable_is_read(tmp_path: Path) -> None:
    given = from_environment(
        {
            "DATABASE_URL": "postgresql://quotes@db/ledger",
            "POLICY_SOURCE": "Ledger",
            "POLICY_BOOK": str(tmp_path),
            "POLICY_NAME": "agency",
            "HOST": "0.0.0.0",
            "PORT": "9000",
            "WORKERS": "4",
            "THREADS": "8",
            "MAX_BODY_BYTES": "2048",
            "MAX_BATCH_BYTES": "4096",
            "RATE_LIMIT": "5/second",
            "TRUSTED_PROXIES": "1",
            "LOG_LEVEL": "warning",
            "POLICY_POLL_SECONDS": "0.25",
            "QUOTEWRIGHT_SHARED_FOLDER": str(tmp_path),
        }
    )
    assert given == Settings(
        database_url="postgresql://quotes@db/ledger",
        policy_source="ledger",
        policy_book=tmp_path.resolve(),
        policy_name="agency",
        host="0.0.0.0",
        port=9000,
        workers=4,
        threads=8,
        max_body_bytes=2048,
        max_batch_bytes=4096,
        rate_limit="5/second",
        trusted_proxies=1,
        log_level="WARNING",
        policy_poll_seconds=0.25,
        shared_folder=tmp_path.resolve(),
    )


def test_bad_variables_are_told_together_without_a_password() -> None:
    with pytest.raises(SettingsRefused) as refused:
        from_environment(
            {"DATABASE_URL": "user:secret@host", "PORT": "http", "WORKERS": "0", "RATE_LIMIT": "many",
             "LOG_LEVEL": "loud", "POLICY_BOOK": "/nowhere", "POLICY_POLL_SECONDS": "nan", "POLICY_SOURCE": "git"}
        )  # fmt: skip
    assert {variable.name for variable in refused.value.variables} == {
        "DATABASE_URL", "PORT", "WORKERS", "RATE_LIMIT", "LOG_LEVEL", "POLICY_BOOK", "POLICY_POLL_SECONDS",
        "POLICY_SOURCE",
    }  # fmt: skip
    assert "secret" not in str(refused.value)
    assert "PORT='http' can't be used: write a whole number from 1 to 65535" in str(refused.value)
