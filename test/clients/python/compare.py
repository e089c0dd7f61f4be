"""Expectations and names that stand for values, as the case file has them."""

import re
from typing import Any

LONG = "long:"


def resolve(value: Any, saved: dict[str, Any]) -> Any:
    """Puts in what was saved for each `$name`, and integers for `long:…`."""
    if isinstance(value, dict):
        return {key: resolve(one, saved) for key, one in value.items()}
    if isinstance(value, list):
        return [resolve(one, saved) for one in value]
    if not isinstance(value, str):
        return value
    if value.startswith(LONG):
        return int(value.removeprefix(LONG))
    if value.startswith("$") and value[1:] in saved:
        return saved[value[1:]]
    return re.sub(r"\$(\w+)", lambda name: str(saved.get(name[1], name[0])), value)


def plain(value: Any) -> Any:
    """The client's records as dicts; bytes as text with one character for each."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if hasattr(value, "items"):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def expect(actual: Any, wanted: Any, path: str = "answer") -> None:
    """Raises AssertionError where `wanted` is no subset of `actual`."""
    if isinstance(wanted, dict) and "$contains" in wanted:
        if wanted["$contains"] not in actual:
            fail(path, actual, wanted)
    elif isinstance(wanted, dict) and "$present" in wanted:
        return
    elif isinstance(wanted, dict):
        if not isinstance(actual, dict):
            fail(path, actual, wanted)
        for key, one in wanted.items():
            if key not in actual:
                raise AssertionError(f"{path} has no {key}")
            expect(actual[key], one, f"{path}.{key}")
    elif isinstance(wanted, list):
        if not isinstance(actual, list) or len(actual) != len(wanted):
            fail(path, actual, wanted)
        for index, one in enumerate(wanted):
            expect(actual[index], one, f"{path}[{index}]")
    # True is 1 in Python.
    elif actual != wanted or isinstance(actual, bool) != isinstance(wanted, bool):
        fail(path, actual, wanted)


def fail(path: str, actual: Any, wanted: Any) -> None:
    raise AssertionError(f"{path} is {actual!r} instead of {wanted!r}")
