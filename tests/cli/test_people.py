"""`quotewright init`, `user` and `token`: on the database alone, as the person of a token."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from service.cli.acting import acting
from service.cli.command import quotewright
from service.cli.refusals import Refusal
from service.domain.people import Role
from service.ledger import Database, People, migrate
from service.people.passwords import Passwords

PASSWORD = "seven small grey stones"
TOKEN = re.compile(r"qw_[0-9a-f]{16}_[A-Za-z0-9_-]{43}")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    return f"sqlite:///{tmp_path}/people.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def run(url, monkeypatch):
    """Runs a command; `token`: of whom."""
    monkeypatch.delenv("QUOTEWRIGHT_TOKEN", raising=False)

    def ran(*arguments, token=None, typed=None):
        environment = {"DATABASE_URL": url, "QUOTEWRIGHT_TOKEN": token}
        result = CliRunner().invoke(quotewright, list(arguments), input=typed, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return ran


@pytest.fixture
def boss(run):
    """A token of the first admin."""
    made = run("init", "--name", "boss", "--password-stdin", typed=PASSWORD + "\n")
    assert made.exit_code == 0, made.output
    return made.stdout.strip()


def created(run, token, *arguments):
    made = run("token", "create", *arguments, token=token)
    assert made.exit_code == 0, made.output
    return made.stdout.strip()


class TestInit:
    def test_prints_a_token_alone_on_standard_output(self, run):
        made = run("init", "--name", "Ann", "--password-stdin", typed=PASSWORD)
        assert made.exit_code == 0
        assert TOKEN.fullmatch(made.stdout.strip())
        assert "ann is the first admin" in made.stderr

    def test_asks_for_what_is_not_given(self, run):
        made = run("init", typed=f"ann\n{PASSWORD}\n{PASSWORD}\n")
        assert TOKEN.fullmatch(made.stdout.strip())
        assert PASSWORD not in made.output

    def test_is_refused_once_there_is_an_admin(self, run, boss):
        again = run("init", "--name", "eve", "--password-stdin", typed=PASSWORD)
        assert (again.exit_code, again.stdout) == (1, "")
        assert "There is an admin already" in again.stderr

    @pytest.mark.parametrize(("name", "password", "why"), [
        ("ann", "short", "12 to 200 characters"), ("ann", "annannann 123 annannann", "holds the user's name"),
        ("a b", PASSWORD, "A name takes"),
    ])  # fmt: skip
    def test_what_is_no_name_or_password(self, run, name, password, why):
        refused = run("init", "--name", name, "--password-stdin", typed=password)
        assert refused.exit_code == 1
        assert why in refused.stderr
        assert password not in refused.output


class TestActing:
    def test_before_init(self, url, run):
        migrate(url)
        refused = run("user", "list", token="qw_x")
        assert refused.exit_code == 1
        assert "run `quotewright init` first" in refused.stderr

    def test_without_a_token(self, run, boss):
        refused = run("user", "list")
        assert refused.exit_code == 1
        assert "set QUOTEWRIGHT_TOKEN to your token" in refused.stderr

    def test_with_one_that_is_none(self, run, boss):
        refused = run("user", "list", token=boss[:-1])
        assert refused.exit_code == 1
        assert "is no token of this database" in refused.stderr
        assert boss[:-1] not in refused.output

    def test_a_database_that_is_not_there_or_not_migrated(self, run, url):
        refused = run("user", "list", token="x")
        assert refused.exit_code == 1
        assert re.search("can't be used|is no file", refused.stderr)

    def test_names_the_person(self, url, boss, monkeypatch):
        monkeypatch.setenv("QUOTEWRIGHT_TOKEN", boss)
        database = Database(url)
        caller = acting(database)
        assert (caller.name, caller.role, caller.known) == ("boss", Role.ADMIN, True)
        monkeypatch.setenv("QUOTEWRIGHT_TOKEN", "")
        with pytest.raises(Refusal):
            acting(database)
        database.close()


class TestUser:
    def test_from_first_to_last(self, run, boss, url):
        assert run(
            "user", "add", "Ann", "--role", "manager", "--password-stdin", token=boss, typed=PASSWORD
        ).stdout == ("ann added as manager.\n")
        assert run("user", "role", "ann", "finance", token=boss).stdout == "ann is finance now.\n"
        ann = created(run, boss, "--user", "ann", "--label", "laptop")
        listed = run("user", "list", token=boss).stdout
        assert re.search(r"ann +finance +password", listed)
        assert run("user", "disable", "ann", token=boss).stdout == "ann is disabled.\n"
        assert re.search(r"ann +finance +nothing: disabled", run("user", "list", token=boss).stdout)
        assert "was revoked, or its user disabled" in run("token", "list", token=ann).stderr
        assert run("user", "enable", "ann", token=boss).stdout == "ann is enabled.\n"

    def test_needs_an_admin(self, run, boss):
        run("user", "add", "ann", "--role", "finance", "--no-password", token=boss)
        ann = created(run, boss, "--user", "ann", "--label", "x")
        for arguments in (
            ("list",), ("add", "eve", "--role", "admin", "--no-password"), ("role", "ann", "admin"),
            ("disable", "boss"), ("enable", "boss"), ("password", "boss"),
        ):  # fmt: skip
            refused = run("user", *arguments, token=ann, typed=f"{PASSWORD}\n{PASSWORD}\n")
            assert refused.exit_code == 1, arguments
            assert "admin" in refused.stderr

    def test_refusals(self, run, boss):
        assert "last active admin" in run("user", "role", "boss", "quoter", token=boss).stderr
        assert "There is no user eve" in run("user", "disable", "eve", token=boss).stderr
        assert run("user", "add", "boss", "--role", "quoter", "--no-password", token=boss).exit_code == 1

    def test_a_password_anew(self, run, boss, url):
        run("user", "add", "ann", "--role", "quoter", "--password-stdin", token=boss, typed=PASSWORD)
        ann = created(run, boss, "--user", "ann", "--label", "x")
        for token, new in ((ann, "a kettle on the roof"), (boss, "two kettles on the roof")):
            assert run("user", "password", "ann", "--password-stdin", token=token, typed=new).exit_code == 0
            with People(Database(url)).reading() as roster:
                assert Passwords().fit(roster.user_named("ann").password, new)


class TestToken:
    def test_create_list_revoke(self, run, boss):
        mine = created(run, boss, "--label", "quoting tool", "--role", "quoter", "--days", "30")
        listed = run("token", "list", token=boss).stdout
        assert re.search(r"quoter +quoting tool +until \d{4}-\d{2}-\d{2} +never", listed)
        assert mine not in listed
        token_id = mine.split("_")[1]
        assert run("token", "revoke", token_id, token=boss).stdout == f"{token_id} is revoked.\n"
        assert re.search(r"quoter +quoting tool +revoked", run("token", "list", token=boss).stdout)
        assert run("token", "list", token=mine).exit_code == 1

    def test_for_others_only_as_an_admin(self, run, boss):
        run("user", "add", "ann", "--role", "finance", "--no-password", token=boss)
        ann = created(run, boss, "--user", "ann", "--label", "x")
        assert run("token", "create", "--label", "x", "--user", "boss", token=ann).exit_code == 1
        assert run("token", "list", "--user", "boss", token=ann).exit_code == 1
        assert run("token", "revoke", boss.split("_")[1], token=ann).exit_code == 1
        assert "may do no more" in run("token", "create", "--label", "x", "--role", "admin", token=ann).stderr

    @pytest.mark.parametrize("days", ["0", "366", "x"])
    def test_days(self, run, boss, days):
        assert run("token", "create", "--label", "x", "--days", days, token=boss).exit_code == 2
        assert run("token", "create", "--label", "two\nlines", token=boss).exit_code == 2
