"""The questions about all clients put to Apache Spark, which reads the files of the mirror: the same SQL, for more rows
than one machine is to hold. Whoever starts it has pyspark installed and Java; nobody else pays for it.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Any

from service.clients.mirror import COLUMNS, Mirror


def installed() -> bool:
    return find_spec("pyspark") is not None


class Spark:
    """`master`: as Spark names it, such as `local[2]` or `spark://host:7077`; its workers must see the files."""

    def __init__(self, master: str) -> None:
        self._master = master

    @contextmanager
    def opened(self, mirror: Mirror, currency: str) -> Iterator[Any]:
        """What asks SQL of the mirror as the database is now. Raises LedgerUnavailable, OSError."""
        with mirror.fresh():
            session = _session(self._master).newSession()
            for kind, columns in COLUMNS.items():
                files = [str(path) for path in mirror.files(kind)]
                # An empty list of files has no columns to read.
                empty = ", ".join(f"{name} {_TYPES[type]}" for name, type in columns.items())
                rows = session.read.parquet(*files) if files else session.createDataFrame([], empty)
                rows.createOrReplaceTempView(f"mirrored_{kind}")
                session.sql(
                    f"CREATE OR REPLACE TEMP VIEW {kind} AS SELECT *, unix_date(day) AS day_number "
                    f"FROM mirrored_{kind} WHERE currency = '{currency}' AND client_id IS NOT NULL"
                )
            yield lambda sql: [tuple(row) for row in session.sql(sql).collect()]


_TYPES = {"BIGINT": "BIGINT", "VARCHAR": "STRING", "DATE": "DATE"}


@cache
def _session(master: str) -> Any:
    """One for the life of the process: starting it takes seconds. Raises OSError."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    settings = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "8"}
    builder = SparkSession.builder.master(master).appName("quotewright")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except PySparkException as fault:
        # Spark's own words, on standard error, tell which of the two it is.
        raise OSError(
            errno.ENOEXEC,
            "Spark can't be started: install Java 17 or name it in JAVA_HOME, and check the master",
            master,
        ) from fault
    session.sparkContext.setLogLevel("ERROR")
    return session
