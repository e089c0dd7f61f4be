"""Cases for dbt with `dbt-kinetica`: its commands on the project beside this file."""

import os
import sys
from typing import Any
from urllib.request import urlopen

from dbt.cli.main import dbtRunner

sys.path.insert(0, f"{sys.path[0]}/..")
from report import equal, run

PROJECT = os.path.join(os.path.dirname(__file__), "project")
TARGET = ".clients/dbt-target"


def invoke(url: str, *command: str) -> Any:
    os.environ["MOCK_URL"] = url
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    os.environ["DBT_TARGET_PATH"] = os.environ["DBT_LOG_PATH"] = TARGET
    places = ["--project-dir", PROJECT, "--profiles-dir", PROJECT]
    answer = dbtRunner().invoke(["--no-use-colors", *command, *places])
    if answer.exception:
        raise answer.exception
    return answer


def succeed(url: str, *command: str) -> Any:
    answer = invoke(url, *command)
    if not answer.success:
        results = getattr(answer.result, "results", [])
        raise AssertionError([result.message for result in results if result.message])
    return answer.result


def sent(url: str) -> str:
    with urlopen(f"{url}/__mock/requests?endpoint=/execute/sql", timeout=20) as answer:
        return answer.read().decode()


def debug(url: str) -> None:
    equal(succeed(url, "debug"), True)


def seed(url: str) -> None:
    [result] = succeed(url, "seed").results
    equal(result.status, "success")
    if 'insert into \\"shop\\".\\"orders\\"' not in sent(url):
        raise AssertionError("no row was inserted")


def models(url: str) -> None:
    results = succeed(url, "run").results
    verdicts = {result.node.name: str(result.status) for result in results}
    equal(verdicts, {"customers": "success", "totals": "success"})


def tests(url: str) -> None:
    results = invoke(url, "test").result.results
    verdicts = {result.node.name: (str(result.status), result.failures) for result in results}
    wanted = {"not_null_customers_customer": ("pass", 0), "unique_totals_customer": ("fail", 2)}
    equal(verdicts, wanted)


def show(url: str) -> None:
    results = succeed(url, "show", "--select", "totals").results
    [result] = [result for result in results if result.node.name == "totals"]
    equal([tuple(row) for row in result.agate_table.rows], [("ann", 19.75), ("bob", None)])


CASES = {
    "debug": debug,
    "seed": seed,
    "run": models,
    "test": tests,
    "show": show,
}
# One scope for all: dbt reads the whole project again when the URL changes.
run(CASES, sys.argv, scope="dbt")
