"""Cases for the MCP server `mcp-kinetica`, called by an MCP client in the same process."""

import asyncio
import json
import os
import sys
from typing import Any

from fastmcp import Client
from fastmcp.exceptions import ToolError
from mcp_kinetica.mcp_app import create_app

sys.path.insert(0, f"{sys.path[0]}/..")
from report import equal, run

ORDERS = [{"id": 1, "note": "a"}, {"id": 2, "note": None}, {"id": 9007199254740993, "note": "c"}]


def app(url: str, mode: str = "LOCAL") -> Any:
    os.environ["KINETICA_URL"] = url
    os.environ["KINETICA_TTS_MODE"] = mode
    return create_app(8390)


def call(server: Any, tool: str, **arguments: Any) -> Any:
    async def session() -> Any:
        async with Client(server) as client:
            return (await client.call_tool(tool, arguments)).structured_content

    answer = asyncio.run(session())
    return answer["result"] if set(answer) == {"result"} else answer


def lists_tables(url: str) -> None:
    equal(call(app(url), "list_tables"), ["ki_home.stock"])


def describes_table(url: str) -> None:
    columns = call(app(url), "describe_table", table_name="orders")
    equal(columns, {"id": "bigint", "note": "varchar(16)"})


def queries(url: str) -> None:
    server = app(url)
    equal(call(server, "query_sql", sql="select * from orders"), ORDERS)
    equal(call(server, "get_records", table_name="orders", limit=2), ORDERS[:2])


def inserts(url: str) -> None:
    records = [{"id": 2, "note": "b"}, {"id": 3, "note": None}]
    equal(call(app(url), "insert_records", table_name="ki_home.stock", records=records), 2)


def reads_context(url: str) -> None:
    async def session() -> Any:
        async with Client(app(url)) as client:
            return await client.read_resource("sql-context://sales")

    context = json.loads(asyncio.run(session())[0].text)
    equal(context["tables"][0]["column_comments"], {"id": "the number"})
    equal(context["samples"], {"how many?": "select count(*) from orders"})


def generates_sql(url: str) -> None:
    server = app(url, "SERVER")
    tables = {"sales": [{"table": "ki_home.orders", "description": "the orders"}]}
    equal(call(server, "list_sql_contexts"), tables)
    sql = call(server, "generate_sql", context_name="sales", question="how many?")
    equal(sql, "select count(*) from orders")


def fails(url: str) -> None:
    try:
        call(app(url), "query_sql", sql="select * from missing")
    except ToolError as error:
        if "Table 'missing' not found" not in str(error):
            raise
    else:
        raise AssertionError("it raises no error")


CASES = {
    "lists-tables": lists_tables,
    "describes-table": describes_table,
    "queries": queries,
    "inserts": inserts,
    "reads-context": reads_context,
    "generates-sql": generates_sql,
    "fails": fails,
}
run(CASES, sys.argv)
