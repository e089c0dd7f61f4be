"""Runs the cases of a package, and prints one line of JSON for each.

A module of cases calls `run(cases, sys.argv)`. The arguments are an encoding and the path of the
context.
"""

import json
from typing import Any, Callable

Case = Callable[[str], None]


def run(cases: dict[str, Case], arguments: list[str], scope: str | None = None) -> None:
    """Runs the listed cases, each with the URL of `scope`, or of a scope of its own."""
    with open(arguments[2], encoding="utf-8") as text:
        context = json.load(text)
    for listed in context["cases"]:
        name = listed["id"]
        url = f"{context['servers']['open']}/~{scope or name}"
        print(json.dumps({"case": name, **judge(cases[name], url)}), flush=True)


def judge(case: Case, url: str) -> dict[str, Any]:
    try:
        case(url)
    except Exception as error:
        return {"ok": False, "detail": f"{type(error).__name__}: {error}"}
    return {"ok": True, "detail": ""}


def expect_failure(action: Callable[[], Any], text: str) -> None:
    """Raises AssertionError unless the action raises an error that contains the text."""
    try:
        action()
    except Exception as error:
        if text not in str(error):
            raise
    else:
        raise AssertionError("it raises no error")


def equal(actual: Any, wanted: Any) -> None:
    """Raises AssertionError if the values differ."""
    if actual != wanted:
        raise AssertionError(f"got {actual!r} instead of {wanted!r}")
