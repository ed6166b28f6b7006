"""Says whether the tests will find a PostgreSQL server, and fails where REQUIRE_POSTGRES asks for one."""

import os
import sys

import psycopg

host, port = os.environ.get("PGHOST", "127.0.0.1"), os.environ.get("PGPORT", "5432")
user = os.environ.get("PGUSER", "postgres")
try:
    with psycopg.connect(host=host, port=port, user=user, dbname="postgres", connect_timeout=3) as connection:
        version = connection.info.server_version // 10_000
except psycopg.OperationalError as refused:
    reason = str(refused).splitlines()[-1].strip()
    print(f"==> PostgreSQL: none on {host}:{port} as {user} ({reason})")
    if os.environ.get("REQUIRE_POSTGRES"):
        sys.exit("    REQUIRE_POSTGRES is set, so this is a failure.")
    print("    Its tests are skipped; the ledger is tested on SQLite alone.")
else:
    print(f"==> PostgreSQL {version} found on {host}:{port} as {user}: its tests run")
