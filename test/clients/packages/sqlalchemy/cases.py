"""Cases for SQLAlchemy with `sqlalchemy-kinetica`, and for pandas on top of it."""

import sys

import pandas
from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table
from sqlalchemy import create_engine, inspect, select, text

sys.path.insert(0, f"{sys.path[0]}/..")
from report import equal, expect_failure, run

ORDERS = Table("orders", MetaData(), Column("id", BigInteger), Column("note", String(16)))
ROWS = [(1, "a", 12.5), (2, None, 0), (9007199254740993, "c", -1.5)]


def connect(url: str) -> Connection:
    options = {"disable_failover": True, "max_retries": 0}
    return create_engine("kinetica://", connect_args={"url": url, "options": options}).connect()


def selects(url: str) -> None:
    with connect(url) as connection:
        rows = connection.execute(text("select * from orders")).all()
        equal([tuple(row) for row in rows], ROWS)


def expressions(url: str) -> None:
    with connect(url) as connection:
        query = select(ORDERS).where(ORDERS.c.id == 2)
        equal([tuple(row) for row in connection.execute(query)], [(2, None)])


def scalar(url: str) -> None:
    with connect(url) as connection:
        equal(connection.scalar(text("select 7")), 7)


def changes(url: str) -> None:
    with connect(url) as connection:
        metadata = MetaData()
        table = Table("made", metadata, Column("id", Integer))
        metadata.create_all(connection)
        connection.execute(table.insert(), [{"id": 1}, {"id": 2}])
        connection.commit()


def reflects(url: str) -> None:
    with connect(url) as connection:
        inspector = inspect(connection)
        equal(inspector.get_table_names(), ["orders", "customers"])
        equal(inspector.has_table("orders"), True)
        equal(inspector.has_table("nothing"), False)
        equal([column["name"] for column in inspector.get_columns("orders")], ["id", "note"])
        equal(inspector.get_pk_constraint("orders")["constrained_columns"], ["id"])


def read_sql(url: str) -> None:
    with connect(url) as connection:
        frame = pandas.read_sql("select * from orders", connection)
        equal(list(frame.columns), ["id", "note", "total"])
        cells = frame.astype(object).where(frame.notna(), None)
        equal([tuple(row) for row in cells.values.tolist()], ROWS)


def to_sql(url: str) -> None:
    with connect(url) as connection:
        frame = pandas.DataFrame({"id": [1, 2], "note": ["a", "b"]})
        frame.to_sql("made", connection, index=False, method="multi")


def to_sql_many(url: str) -> None:
    with connect(url) as connection:
        pandas.DataFrame({"id": [1, 2]}).to_sql("made", connection, index=False)


def fails(url: str) -> None:
    with connect(url) as connection:
        query = text("select * from missing")
        expect_failure(lambda: connection.execute(query), "Table 'missing' not found")


CASES = {
    "selects": selects,
    "expressions": expressions,
    "scalar": scalar,
    "changes": changes,
    "reflects": reflects,
    "read-sql": read_sql,
    "to-sql": to_sql,
    "to-sql-many": to_sql_many,
    "fails": fails,
}
run(CASES, sys.argv)
