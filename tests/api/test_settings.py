"""Settings from the environment: defaults, and every bad variable told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.domain.people import Role
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
            "SIGN_IN": "on",
            "SESSION_KEY": "0123456789abcdef0123456789abcdef",
            "PUBLIC_URL": "https://quotes.firm.example/",
            "OIDC_ISSUER": "https://id.firm.example/realms/firm",
            "OIDC_CLIENT_ID": "quotewright",
            "OIDC_CLIENT_SECRET": "told by the provider",
            "OIDC_ROLE_CLAIM": "roles",
            "OIDC_ROLES": "quotes-finance:finance, urn:firm:boss:admin",
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
        sign_in=True,
        session_key="0123456789abcdef0123456789abcdef",
        public_url="https://quotes.firm.example",
        oidc_issuer="https://id.firm.example/realms/firm",
        oidc_client_id="quotewright",
        oidc_client_secret="told by the provider",
        oidc_role_claim="roles",
        oidc_roles=(("quotes-finance", Role.FINANCE), ("urn:firm:boss", Role.ADMIN)),
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


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "quotes.firm.example", "::ffff:10.0.0.1"])
def test_with_sign_in_off_nobody_else_may_ask(host: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        from_environment({"HOST": host})
    assert "set SIGN_IN=on and make the first admin with `quotewright init`" in str(refused.value)
    assert from_environment({"HOST": host, "SIGN_IN": "on"}).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost"])
def test_this_machine_may_always_ask(host: str) -> None:
    assert from_environment({"HOST": host}).loopback


def test_a_provider_of_identities_needs_all_its_settings() -> None:
    with pytest.raises(SettingsRefused) as refused:
        from_environment({"OIDC_ISSUER": "https://id.firm.example"})
    assert {variable.name for variable in refused.value.variables} == {
        "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES", "PUBLIC_URL",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGN_IN", "yes"),
        ("SESSION_KEY", "short-and-secret"),
        ("PUBLIC_URL", "http://quotes.firm.example"),
        ("OIDC_ISSUER", "http://id.firm.example"),
        ("OIDC_ISSUER", "id.firm.example"),
        ("OIDC_ROLES", "finance"),
        ("OIDC_ROLES", "quotes-finance:boss"),
        ("OIDC_ROLES", ":finance"),
    ],
)
def test_a_value_that_would_let_the_wrong_people_in_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        from_environment({name: value})
    assert name in {variable.name for variable in refused.value.variables}
    assert "secret" not in str(refused.value)


def test_settings_show_no_secret() -> None:
    shown = repr(Settings(session_key="the key of cookies", oidc_client_secret="the secret of the client"))
    assert "the key" not in shown
    assert "the secret" not in shown
