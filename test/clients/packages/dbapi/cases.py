"""Cases for the Python dbapi of `gpudb`."""

import sys
from contextlib import closing
from typing import Any

from gpudb import dbapi

sys.path.insert(0, f"{sys.path[0]}/..")
from report import equal, expect_failure, run


def connect(url: str, schema: str | None = None) -> Any:
    options = {"disable_failover": True, "max_retries": 0}
    return dbapi.connect("kinetica://", url=url, default_schema=schema, options=options)


def selects(url: str) -> None:
    with closing(connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute("select * from orders")
        equal([column[0] for column in cursor.description], ["id", "note", "total", "day", "at"])
        rows = [list(row)[:3] for row in cursor.fetchall()]
        equal(rows, [[1, "a", 12.5], [2, None, 0], [9007199254740993, "c", -1.5]])


def fetches(url: str) -> None:
    with closing(connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute("select * from orders")
        equal(list(cursor.fetchone())[0], 1)
        equal([list(row)[0] for row in cursor.fetchmany(5)], [2, 9007199254740993])


def binds(url: str) -> None:
    with closing(connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute("select id, note from orders where id = ?", [2])
        equal([list(row) for row in cursor.fetchall()], [[2, None]])


def schema(url: str) -> None:
    with closing(connect(url, "shop")) as connection:
        cursor = connection.cursor()
        cursor.execute("select * from orders")
        equal(len(cursor.fetchall()), 3)


def changes(url: str) -> None:
    with closing(connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute("create table t (id int)")
        equal(cursor.description, None)
        cursor.executemany("insert into t values (?)", [[1], [2]])
        cursor.execute("update t set id = 3")
        equal(cursor.rowcount, 2)
        connection.commit()


def fails(url: str) -> None:
    with closing(connect(url)) as connection:
        cursor = connection.cursor()
        expect_failure(lambda: cursor.execute("select * from missing"), "Table 'missing' not found")


CASES = {
    "selects": selects,
    "fetches": fetches,
    "binds": binds,
    "schema": schema,
    "changes": changes,
    "fails": fails,
}
run(CASES, sys.argv)
