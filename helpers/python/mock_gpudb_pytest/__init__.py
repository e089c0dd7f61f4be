"""A pytest plugin for mock-gpudb, a test double of GPUdb (the Kinetica database).

The fixture `gpudb_mock` is the URL of a running mock, and `gpudb` a scope of it for one test. The
methods of a scope are the routes of the control API, with its names and documents: docs/control.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shlex
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any, Literal, NoReturn, Optional, TypedDict, Union
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

__all__ = [
    "BriefJob",
    "Clock",
    "ClockMode",
    "Cluster",
    "ClusterState",
    "Document",
    "Duration",
    "Fault",
    "Gpudb",
    "Job",
    "JobList",
    "JobReference",
    "JobStatus",
    "LoadedFixtures",
    "MockGpudbError",
    "Polls",
    "Problem",
    "ReceivedRequest",
    "Report",
    "RequestCount",
    "RequestList",
    "Rule",
    "Scope",
    "Table",
    "TableWithRows",
    "TimelineEntry",
]

# A rejected call is shown at the line of the test, without the frames of this module. Fixtures and hooks
# show theirs: without any frame, pytest adds a line about hidden ones.
__tracebackhide__ = True

Document = Mapping[str, Any]
"""A document of the control API: a rule, a fault, a `when`, …"""

Duration = Union[str, int, float]
"""A duration such as `"250ms"`, `"2s"` or `"1.5h"`, or a number of milliseconds."""

JobReference = Union[int, str]
"""The id of a job, or `tag:NAME`."""

JobStatus = Literal["RUNNING", "DONE", "ERROR", "CANCELLED"]
ClockMode = Literal["real", "scaled", "frozen", "auto"]
ClusterState = Literal["up", "draining", "stopping", "offline", "down", "proxy_down"]
Order = Literal["oldest", "newest"]
Origin = Literal["fixture", "control"]


class _ClockScale(TypedDict, total=False):
    scale: float


class Clock(_ClockScale):
    """The clock of a scope. Times are epoch milliseconds."""

    mode: ClockMode
    now_ms: int
    next_change_at_ms: Optional[int]
    poll_advance_ms: int


class BriefJob(TypedDict):
    """A job without its lifecycle, request and result. Times are epoch milliseconds."""

    job_id: int
    tag: str
    endpoint: str
    encoding: Literal["json", "binary"]
    status: JobStatus
    progress: int
    step: int
    polls: int
    created_at_ms: int
    changed_at_ms: int
    next_change_at_ms: Optional[int]
    user: str
    source_ip: str
    cluster: str
    error: str


class _JobResult(TypedDict, total=False):
    response: dict[str, Any]
    columns: list[Any]
    rows: list[list[Any]]
    total_rows: int
    response_text: str
    response_base64: str


class Job(BriefJob, _JobResult):
    """A job, with its result in one of its forms. A brief list has only the keys of BriefJob."""

    lifecycle: dict[str, Any]
    request: dict[str, Any]


class JobList(TypedDict):
    """A page of jobs. `total` counts all that match."""

    jobs: list[Job]
    total: int


class Rule(TypedDict):
    """A rule, and how many requests it has answered."""

    id: str
    origin: Origin
    answered: int
    rule: dict[str, Any]


class Fault(TypedDict):
    """A fault, and how many requests it has seen and struck. `left` is None without `times`."""

    id: str
    name: str
    origin: Origin
    enabled: bool
    seen: int
    hits: int
    left: Optional[int]
    fault: dict[str, Any]


class Cluster(TypedDict):
    """A cluster of a ring. `host` is None if it is a name of the machine of the mock."""

    name: str
    host: Optional[str]
    path: str
    state: ClusterState
    changed_at_ms: int
    next_change_at_ms: Optional[int]
    jobs: int


class TimelineEntry(TypedDict):
    """An entry of a timeline. `error` is why it could not be applied."""

    at_ms: int
    applied: bool
    error: Optional[str]
    entry: dict[str, Any]


class Table(TypedDict):
    """A table, without its rows. `count` is their number."""

    name: str
    type_id: str
    columns: list[Any]
    count: int


class TableWithRows(Table):
    """A table, with a page of its rows."""

    rows: list[list[Any]]


class Nearest(TypedDict):
    """The rule that nearly matched a request, and why it did not."""

    rule: str
    reason: str


class ReceivedRequest(TypedDict):
    """A request in the journal. A brief list has no headers, request, job and body_base64.

    Large lists have none of the last three for later requests.
    """

    id: int
    at_ms: int
    duration_ms: float
    delay_ms: int
    endpoint: str
    encoding: Optional[Literal["json", "binary", "snappy"]]
    user: str
    source_ip: str
    cluster: str
    status: int
    sent_bytes: int
    error: str
    rule: Optional[str]
    fault: list[str]
    unmatched: bool
    nearest: Optional[Nearest]
    decoded: bool
    interrupted: bool
    job_id: Optional[int]
    job_endpoint: Optional[str]
    job_status: Optional[JobStatus]
    headers: dict[str, Any]
    request: Optional[dict[str, Any]]
    job: Optional[dict[str, Any]]
    body_base64: Optional[str]


class RequestList(TypedDict):
    """A page of requests. `total` counts all that match; `dropped` those that are gone."""

    requests: list[ReceivedRequest]
    total: int
    dropped: int


class RequestCount(TypedDict):
    """How many requests match, and how many are gone from the journal."""

    count: int
    dropped: int


class WaitedRequests(TypedDict):
    """How many requests match, and those that are in the journal."""

    count: int
    requests: list[ReceivedRequest]


class Polls(TypedDict):
    """How clients polled a job. `after_end` counts polls after the one that reported the end."""

    polls: int
    gaps_ms: list[int]
    after_end: int
    dropped: int


class LoadedFixtures(TypedDict):
    """What a fixture document added to a scope."""

    jobs: list[Job]
    rules: list[Rule]
    faults: list[Fault]
    tables: list[Table]


class Report(TypedDict):
    """The findings of a scope. `counts` has the number of each check, also of those not listed."""

    clean: bool
    requests: int
    dropped: int
    counts: dict[str, int]
    unmatched: list[ReceivedRequest]
    undecodable: list[ReceivedRequest]
    unused_rules: list[Rule]
    unused_faults: list[Fault]
    unfinished_jobs: list[Job]
    unpolled_jobs: list[Job]
    missed_entries: list[TimelineEntry]


class Scope(TypedDict):
    """A scope, as the mock lists it."""

    name: str
    jobs: int
    rules: int
    faults: int
    requests: int
    unmatched: int
    waited_in: bool


class _ProblemParts(TypedDict, total=False):
    problems: list[dict[str, str]]


class Problem(_ProblemParts):
    """A problem as in RFC 9457. Some codes have more keys, such as `job` or `count`."""

    type: str
    title: str
    status: int
    code: str
    detail: str


class MockGpudbError(Exception):
    """A call of the control API that was rejected.

    `code` is the code of the problem: the meaning of a code never changes. It is `UNREACHABLE` if no
    answer came, and `NOT_A_MOCK` if the answer is not one of mock-gpudb; `problem` is then None.
    """

    def __init__(self, code: str, detail: str, problem: Optional[Problem] = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.problem = problem


# A mock is never behind a proxy for the internet.
_OPENER = build_opener(ProxyHandler({}))
_CALL_TIMEOUT_S = 10.0
_MS_BY_UNIT = {"": 1, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


def _send(method: str, url: str, *, body: Any = None, timeout_s: float = _CALL_TIMEOUT_S) -> Any:
    """Sends a request with a JSON body; None sends no body. An empty answer returns None."""
    request = Request(url, method=method)
    if body is not None:
        request.data = json.dumps(body, allow_nan=False).encode()
        request.add_header("Content-Type", "application/json")
    if token := os.environ.get("MOCK_GPUDB_TOKEN"):
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with _OPENER.open(request, timeout=timeout_s) as answer:
            return _parse(answer.read())
    except HTTPError as error:
        with error:
            _reject(f"{method} {url}", error)
    except (OSError, HTTPException) as error:
        detail = f"Cannot {method} {url}: {error}"
        raise MockGpudbError("UNREACHABLE", detail) from error
    except ValueError as error:
        detail = f"{method} {url} was answered by something that is not mock-gpudb: {error}"
        raise MockGpudbError("NOT_A_MOCK", detail) from error


def _parse(text: bytes) -> Any:
    return json.loads(text) if text else None


def _reject(call: str, error: HTTPError) -> NoReturn:
    try:
        problem = _parse(error.read())
        code, detail = problem["code"], problem["detail"]
    except (ValueError, TypeError, KeyError, OSError, HTTPException):
        detail = f"{call} was answered by something that is not mock-gpudb, with {error.code}"
        # A gateway says so while the mock behind it starts.
        code = "UNREACHABLE" if error.code in (502, 503, 504) else "NOT_A_MOCK"
        raise MockGpudbError(code, detail) from None
    raise MockGpudbError(code, detail, problem) from None


def _given(**values: Any) -> dict[str, Any]:
    """The arguments that are not None, as a body or a query."""
    return {name.rstrip("_"): value for name, value in values.items() if value is not None}


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return str(value)


def _seconds(duration: Duration) -> float:
    """A duration in seconds; 0 for one that the mock rejects."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", str(duration))
    return float(match[1]) * _MS_BY_UNIT[match[2] or ""] / 1000 if match else 0.0


class _Resource:
    """A resource of the control API in one scope."""

    def __init__(self, url: str) -> None:
        self._url = url

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Optional[Mapping[str, Any]] = None,
        wait: Duration = 0,
        **names: Any,
    ) -> Any:
        """Calls a route below `/__mock`; `names` are the parts of its path in braces."""
        filled = path.format(**{key: quote(str(name), safe=":") for key, name in names.items()})
        texts = {key: _query_text(value) for key, value in (query or {}).items()}
        url = f"{self._url}/__mock{filled}" + (f"?{urlencode(texts)}" if texts else "")
        return _send(method, url, body=body, timeout_s=_CALL_TIMEOUT_S + _seconds(wait))


class ClockControl(_Resource):
    """The clock of a scope."""

    def get(self) -> Clock:
        """Returns the clock.

        Operation: getClock
        """
        clock: Clock = self._call("GET", "/clock")
        return clock

    def set(
        self,
        mode: ClockMode,
        *,
        scale: Optional[float] = None,
        now_ms: Optional[int] = None,
        poll_advance: Optional[Duration] = None,
    ) -> Clock:
        """Changes how time passes; `scale` is for the mode scaled, `poll_advance` for auto.

        Operation: setClock
        """
        body = _given(mode=mode, scale=scale, now_ms=now_ms, poll_advance=poll_advance)
        clock: Clock = self._call("POST", "/clock", body)
        return clock

    def advance(self, by: Duration) -> Clock:
        """Moves the clock by a duration.

        Operation: advanceClock
        """
        clock: Clock = self._call("POST", "/clock/advance", {"by": by})
        return clock

    def next(self) -> Clock:
        """Moves the clock to the next change of a job, or event of the timeline.

        Operation: advanceClockToNext
        """
        clock: Clock = self._call("POST", "/clock/next")
        return clock

    def run(self) -> Clock:
        """Moves the clock until no job changes by time alone and the timeline is over.

        Operation: runClock
        """
        clock: Clock = self._call("POST", "/clock/run")
        return clock


class JobControl(_Resource):
    """The jobs of a scope."""

    def list(
        self,
        *,
        status: Optional[JobStatus] = None,
        endpoint: Optional[str] = None,
        tag: Optional[str] = None,
        cluster: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        order: Optional[Order] = None,
        brief: Optional[bool] = None,
    ) -> JobList:
        """Returns at most 100 jobs, or `limit`, the oldest first.

        Operation: listJobs
        """
        page = _given(limit=limit, offset=offset, order=order, brief=brief)
        query = _given(status=status, endpoint=endpoint, tag=tag, cluster=cluster)
        jobs: JobList = self._call("GET", "/jobs", query={**query, **page})
        return jobs

    def get(self, job: JobReference) -> Job:
        """Returns a job; this is no poll.

        Operation: getJob
        """
        found: Job = self._call("GET", "/jobs/{id}", id=job)
        return found

    def create(self, job: Document) -> Job:
        """Creates a job, in the form of fixtures.

        Operation: createJob
        """
        created: Job = self._call("POST", "/jobs", job)
        return created

    def patch(
        self,
        job: JobReference,
        *,
        progress: Optional[int] = None,
        response: Optional[Document] = None,
        lifecycle: Optional[Document] = None,
    ) -> Job:
        """Changes a running job; with a lifecycle, it starts again.

        Operation: patchJob
        """
        body = _given(progress=progress, response=response, lifecycle=lifecycle)
        patched: Job = self._call("PATCH", "/jobs/{id}", body, id=job)
        return patched

    def release(self, job: JobReference) -> Job:
        """Ends a hold.

        Operation: releaseJob
        """
        released: Job = self._call("POST", "/jobs/{id}/release", id=job)
        return released

    def finish(
        self,
        job: JobReference,
        outcome: Literal["DONE", "ERROR", "CANCELLED"],
        *,
        error: Optional[str] = None,
        response: Optional[Document] = None,
    ) -> Job:
        """Ends a running job now; `error` is for ERROR, `response` for DONE.

        Operation: finishJob
        """
        body = _given(outcome=outcome, error=error, response=response)
        finished: Job = self._call("POST", "/jobs/{id}/finish", body, id=job)
        return finished

    def cancel(self, job: JobReference) -> Job:
        """Requests a job to stop, which its lifecycle can refuse.

        Operation: cancelJob
        """
        cancelled: Job = self._call("POST", "/jobs/{id}/cancel", id=job)
        return cancelled

    def remove(self, job: JobReference) -> None:
        """Removes a job, running or not.

        Operation: removeJob
        """
        self._call("DELETE", "/jobs/{id}", id=job)

    def wait(
        self, job: JobReference, status: JobStatus = "DONE", *, timeout: Duration = "5s"
    ) -> Job:
        """Returns a job as soon as it has a status; the timeout is in real time.

        Operation: waitForJob
        """
        query = {"status": status, "timeout": timeout}
        found: Job = self._call("GET", "/jobs/{id}/wait", query=query, wait=timeout, id=job)
        return found


class RuleControl(_Resource):
    """The rules of a scope."""

    def list(self) -> Sequence[Rule]:
        """Returns all rules, in the order in which they are tried.

        Operation: listRules
        """
        rules: Sequence[Rule] = self._call("GET", "/rules")["rules"]
        return rules

    def get(self, id: str) -> Rule:
        """Returns a rule.

        Operation: getRule
        """
        rule: Rule = self._call("GET", "/rules/{id}", id=id)
        return rule

    def add(self, rule: Document) -> Rule:
        """Adds a rule before all others.

        Operation: addRule
        """
        added: Rule = self._call("POST", "/rules", rule)
        return added

    def put(self, id: str, rule: Document) -> Rule:
        """Replaces a rule, which counts from 0 again.

        Operation: replaceRule
        """
        replaced: Rule = self._call("PUT", "/rules/{id}", rule, id=id)
        return replaced

    def remove(self, id: str) -> None:
        """Removes a rule.

        Operation: removeRule
        """
        self._call("DELETE", "/rules/{id}", id=id)

    def clear(self) -> None:
        """Removes all rules, those of the fixtures too.

        Operation: clearRules
        """
        self._call("DELETE", "/rules")


class FaultControl(_Resource):
    """The faults of a scope."""

    def list(self) -> Sequence[Fault]:
        """Returns all faults, in the order in which they strike.

        Operation: listFaults
        """
        faults: Sequence[Fault] = self._call("GET", "/faults")["faults"]
        return faults

    def get(self, id: str) -> Fault:
        """Returns a fault.

        Operation: getFault
        """
        fault: Fault = self._call("GET", "/faults/{id}", id=id)
        return fault

    def add(self, fault: Document) -> Fault:
        """Adds a fault before all others.

        Operation: addFault
        """
        added: Fault = self._call("POST", "/faults", fault)
        return added

    def put(self, id: str, fault: Document) -> Fault:
        """Replaces a fault, whose counters and time start anew.

        Operation: replaceFault
        """
        replaced: Fault = self._call("PUT", "/faults/{id}", fault, id=id)
        return replaced

    def patch(self, id: str, *, enabled: bool) -> Fault:
        """Switches a fault on or off.

        Operation: switchFault
        """
        patched: Fault = self._call("PATCH", "/faults/{id}", {"enabled": enabled}, id=id)
        return patched

    def remove(self, id: str) -> None:
        """Removes a fault.

        Operation: removeFault
        """
        self._call("DELETE", "/faults/{id}", id=id)

    def clear(self) -> None:
        """Removes all faults, those of the fixtures too.

        Operation: clearFaults
        """
        self._call("DELETE", "/faults")


class ClusterControl(_Resource):
    """The clusters of a scope; without a ring it has one, named `a`."""

    def list(self) -> Sequence[Cluster]:
        """Returns all clusters, in the order of the ring.

        Operation: listClusters
        """
        clusters: Sequence[Cluster] = self._call("GET", "/clusters")["clusters"]
        return clusters

    def get(self, name: str) -> Cluster:
        """Returns a cluster.

        Operation: getCluster
        """
        cluster: Cluster = self._call("GET", "/clusters/{name}", name=name)
        return cluster

    def patch(
        self,
        name: str,
        state: ClusterState,
        *,
        for_: Optional[Duration] = None,
        drain: Optional[Duration] = None,
        jobs: Optional[Literal["keep", "lose"]] = None,
    ) -> Cluster:
        """Moves a cluster to another state, `for_` a time, after it was draining for `drain`.

        Operation: moveCluster
        """
        body = _given(state=state, for_=for_, drain=drain, jobs=jobs)
        moved: Cluster = self._call("PATCH", "/clusters/{name}", body, name=name)
        return moved


class TimelineControl(_Resource):
    """What happens in a scope at set times."""

    def list(self) -> Sequence[TimelineEntry]:
        """Returns all entries of the timeline.

        Operation: getTimeline
        """
        entries: Sequence[TimelineEntry] = self._call("GET", "/timeline")["entries"]
        return entries

    def put(self, entries: Sequence[Document]) -> Sequence[TimelineEntry]:
        """Replaces the timeline by one that starts now.

        Operation: replaceTimeline
        """
        put: Sequence[TimelineEntry] = self._call("PUT", "/timeline", entries)["entries"]
        return put


class TableControl(_Resource):
    """The tables of a scope."""

    def list(self) -> Sequence[Table]:
        """Returns all tables, without their rows.

        Operation: listTables
        """
        tables: Sequence[Table] = self._call("GET", "/tables")["tables"]
        return tables

    def get(
        self, name: str, *, limit: Optional[int] = None, offset: Optional[int] = None
    ) -> TableWithRows:
        """Returns a table, with at most 100 rows, or `limit`.

        Operation: getTable
        """
        query = _given(limit=limit, offset=offset)
        table: TableWithRows = self._call("GET", "/tables/{name}", query=query, name=name)
        return table

    def add(self, table: Document) -> Table:
        """Adds a table, in the form of fixtures.

        Operation: addTable
        """
        added: Table = self._call("POST", "/tables", table)
        return added

    def remove(self, name: str) -> None:
        """Removes a table.

        Operation: removeTable
        """
        self._call("DELETE", "/tables/{name}", name=name)

    def clear(self) -> None:
        """Removes all tables, those of the fixtures too.

        Operation: clearTables
        """
        self._call("DELETE", "/tables")


class RequestControl(_Resource):
    """The journal: what a scope has received."""

    def list(
        self,
        *,
        endpoint: Optional[str] = None,
        status: Optional[int] = None,
        rule: Optional[str] = None,
        fault: Optional[str] = None,
        job: Optional[int] = None,
        cluster: Optional[str] = None,
        user: Optional[str] = None,
        unmatched: Optional[bool] = None,
        after: Optional[int] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        order: Optional[Order] = None,
        brief: Optional[bool] = None,
    ) -> RequestList:
        """Returns at most 100 requests, or `limit`, the oldest first.

        Operation: listRequests
        """
        page = _given(after=after, limit=limit, offset=offset, order=order, brief=brief)
        origin = _given(endpoint=endpoint, job=job, cluster=cluster, user=user)
        answer = _given(status=status, rule=rule, fault=fault, unmatched=unmatched)
        query = {**origin, **answer, **page}
        requests: RequestList = self._call("GET", "/requests", query=query)
        return requests

    def unmatched(self) -> Sequence[ReceivedRequest]:
        """Returns the requests that neither a rule nor the endpoint itself answered.

        Operation: listUnmatchedRequests
        """
        found: Sequence[ReceivedRequest] = self._call("GET", "/requests/unmatched")["requests"]
        return found

    def clear(self) -> None:
        """Removes all requests.

        Operation: clearRequests
        """
        self._call("DELETE", "/requests")

    def count(self, when: Document) -> RequestCount:
        """Counts requests.

        Operation: countRequests
        """
        count: RequestCount = self._call("POST", "/requests/count", {"when": when})
        return count

    def verify(
        self,
        when: Document,
        *,
        exactly: Optional[int] = None,
        at_least: Optional[int] = None,
        at_most: Optional[int] = None,
    ) -> RequestCount:
        """Asserts how many requests came; raises NOT_VERIFIED, which describes the nearest one.

        Operation: verifyRequests
        """
        times = _given(exactly=exactly, at_least=at_least, at_most=at_most)
        body = {"when": when, "times": times}
        count: RequestCount = self._call("POST", "/requests/verify", body)
        return count

    def wait(
        self, when: Document, *, at_least: int = 1, timeout: Duration = "5s"
    ) -> WaitedRequests:
        """Returns as soon as requests match, also earlier ones; the timeout is in real time.

        Operation: waitForRequests
        """
        body = {"when": when, "at_least": at_least, "timeout": timeout}
        found: WaitedRequests = self._call("POST", "/requests/wait", body, wait=timeout)
        return found


class PollControl(_Resource):
    """How clients polled the jobs of a scope."""

    def verify(
        self,
        job: JobReference,
        *,
        times: Optional[Document] = None,
        gaps: Optional[Document] = None,
        growing: Optional[bool] = None,
        stops: Optional[bool] = None,
    ) -> Polls:
        """Asserts how clients polled a job, such as `times={"exactly": 3}`, `gaps={"at_least": "1s"}`.

        Operation: verifyPolls
        """
        body = _given(job=job, times=times, gaps=gaps, growing=growing, stops=stops)
        polls: Polls = self._call("POST", "/polls/verify", body)
        return polls


class FixtureControl(_Resource):
    """A whole scope as a fixture document."""

    def load(self, fixture: Document) -> LoadedFixtures:
        """Adds the jobs, rules, faults, tables and the ring of a fixture: all of it, or nothing.

        Operation: loadFixtures
        """
        loaded: LoadedFixtures = self._call("POST", "/fixtures", fixture)
        return loaded

    def save(self) -> dict[str, Any]:
        """Returns the scope as a fixture; secrets are redacted.

        Operation: saveFixtures
        """
        saved: dict[str, Any] = self._call("GET", "/fixtures")
        return saved


class Gpudb(_Resource):
    """A scope of a mock: an isolated world with its own clock, jobs, rules, faults and requests."""

    def __init__(self, mock_url: str, name: str) -> None:
        self.name = name
        self.url = f"{mock_url}/~{name}"
        """The URL for a client."""
        super().__init__(self.url)
        self._mock = _Resource(mock_url)
        self.clock = ClockControl(self.url)
        self.jobs = JobControl(self.url)
        self.rules = RuleControl(self.url)
        self.faults = FaultControl(self.url)
        self.clusters = ClusterControl(self.url)
        self.timeline = TimelineControl(self.url)
        self.tables = TableControl(self.url)
        self.requests = RequestControl(self.url)
        self.polls = PollControl(self.url)
        self.fixtures = FixtureControl(self.url)

    def create(self) -> Scope:
        """Creates the scope from the fixtures, if it is missing.

        Operation: createScope
        """
        scope: Scope = self._mock._call("PUT", "/scopes/{name}", name=self.name)
        return scope

    def report(
        self, *, checks: Optional[Sequence[str]] = None, fail: Optional[bool] = None
    ) -> Report:
        """Returns the findings of the scope; with `fail`, a finding raises FINDINGS.

        Operation: getReport
        """
        query = _given(checks=None if checks is None else tuple(checks), fail=fail)
        report: Report = self._call("GET", "/report", query=query)
        return report

    def reset(self) -> None:
        """Starts the scope again, from the fixtures.

        Operation: resetScope
        """
        self._call("POST", "/reset")

    def remove(self) -> None:
        """Removes the scope.

        Operation: removeScope
        """
        self._mock._call("DELETE", "/scopes/{name}", name=self.name)


class _NotStartedError(Exception):
    """Why a way to run a mock does not work."""


_STOP_TIMEOUT_S = 20.0
_LOOK_AGAIN_S = 0.05
# Its input is a pipe of this process, which the system closes however this process ends.
_START = ("start", "--stop-with-stdin")
_CONTAINER_PORT = "9191/tcp"
_DEFAULT_IMAGE = "mock-gpudb"
_DEFAULT_COMMANDS = ("mock-gpudb", "npx --no-install mock-gpudb")
_NOT_FOUND = (
    "Cannot find mock-gpudb: set MOCK_GPUDB_URL, MOCK_GPUDB_IMAGE or MOCK_GPUDB_COMMAND, as the README "
    "of mock-gpudb-pytest describes"
)
# Variables for this plugin, or about the address and files of a mock: not for a container.
_OWN_VARIABLES = ("MOCK_GPUDB_URL", "MOCK_GPUDB_IMAGE", "MOCK_GPUDB_COMMAND")
_PLACE_VARIABLES = ("MOCK_GPUDB_HOST", "MOCK_GPUDB_PORT", "MOCK_GPUDB_FIXTURES")


class _Way:
    """A way to run a mock: a command that prints `listening on URL`, and stops when its input ends."""

    def __init__(self, name: str, command: Sequence[str], *, container: str = "") -> None:
        self.name = name
        self._command = command
        self._container = container

    @contextmanager
    def running(self, deadline: float) -> Generator[str, None, None]:
        """Yields the URL of a mock that is ready. Raises _NotStartedError if it is not in time."""
        environment = {k: v for k, v in os.environ.items() if k not in _OWN_VARIABLES}
        with tempfile.NamedTemporaryFile(prefix="mock-gpudb-", suffix=".log") as file:
            try:
                process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    # Ctrl-C is for the test run, which then ends the mock.
                    start_new_session=True,
                )
            except FileNotFoundError as error:
                raise _NotStartedError(f"there is no command {self._command[0]}") from error
            except OSError as error:
                raise _NotStartedError(str(error)) from error
            if process.stdin is not None:
                # A fork of the test run may outlive it, and must not hold the input open.
                os.register_at_fork(after_in_child=process.stdin.close)
            log = Path(file.name)
            try:
                url = _wait_for_url(process, log, deadline)
                if self._container:
                    url = f"http://{_published_address(self._container)}"
                _wait_until_ready(url, deadline, lambda: _fail_if_ended(process, log))
                yield url
            finally:
                _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a mock, also if its command ignores the end of its input."""
    if process.stdin is not None:
        process.stdin.close()
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        # The group: a command such as npx does not forward signals. macOS denies it when all have
        # just ended.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_TIMEOUT_S)


def _fail_if_ended(process: subprocess.Popen[bytes], log: Path) -> None:
    if (code := process.poll()) is not None:
        raise _NotStartedError(f"it ended with exit code {code}: {_last_lines(log)}")


def _last_lines(log: Path) -> str:
    return " ".join(log.read_text(errors="replace").strip().splitlines()[-3:])


def _wait_for_url(process: subprocess.Popen[bytes], log: Path, deadline: float) -> str:
    while True:
        _fail_if_ended(process, log)
        text = log.read_text(errors="replace")
        if listening := re.search(r"^listening on (\S+)$", text, re.MULTILINE):
            return listening[1]
        if time.monotonic() > deadline:
            raise _NotStartedError(f"it does not listen in time: {_last_lines(log)}")
        time.sleep(_LOOK_AGAIN_S)


def _published_address(container: str) -> str:
    command = ["docker", "port", container, _CONTAINER_PORT]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, timeout=_CALL_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise _NotStartedError(str(error)) from error
    if shown.returncode != 0 or not shown.stdout.strip():
        raise _NotStartedError(f"{shlex.join(command)}: {shown.stderr.strip() or 'no port'}")
    return shown.stdout.splitlines()[0].strip()


def _wait_until_ready(
    url: str, deadline: float, fail_if_ended: Callable[[], None] = lambda: None
) -> None:
    """Waits until a mock answers. Something else that answers is an error at once."""
    while True:
        fail_if_ended()
        try:
            _send("GET", f"{url}/__mock/ready", timeout_s=_CALL_TIMEOUT_S)
            return
        except MockGpudbError as error:
            if error.code == "NOT_A_MOCK" or time.monotonic() > deadline:
                raise _NotStartedError(error.detail) from error
        time.sleep(_LOOK_AGAIN_S)


def _container_way(image: str, fixtures: Sequence[Path], *, pull: str) -> _Way:
    name = f"mock-gpudb-pytest-{secrets.token_hex(6)}"
    # Its input ends when the program docker ends, however that ends.
    options = ["--rm", "--interactive", "--name", name, "--pull", pull]
    options += ["--publish", "127.0.0.1::9191"]
    start = [*_START]
    for index, path in enumerate(fixtures):
        inside = f"/fixtures/{index}/{path.name}"
        options += ["--volume", f"{path}:{inside}:ro"]
        start += ["--fixtures", inside]
    for variable in sorted(os.environ):
        if variable.startswith("MOCK_GPUDB_") and variable not in _OWN_VARIABLES + _PLACE_VARIABLES:
            options += ["--env", variable]
    return _Way(f"docker run {image}", ["docker", "run", *options, image, *start], container=name)


def _command_way(command: str, fixtures: Sequence[Path]) -> _Way:
    options = ["--host", "127.0.0.1", "--port", "0"]
    for path in fixtures:
        options += ["--fixtures", str(path)]
    if not fixtures and not os.environ.get("MOCK_GPUDB_FIXTURES"):
        # By default, the mock reads the folder ./fixtures, which may be of another tool.
        options += ["--fixtures", ""]
    return _Way(command, [*shlex.split(command), *_START, *options])


def _ways(fixtures: Sequence[Path]) -> tuple[Sequence[_Way], bool]:
    """The ways to run a mock, and whether a variable names the only one."""
    if image := os.environ.get("MOCK_GPUDB_IMAGE"):
        return [_container_way(image, fixtures, pull="missing")], True
    if command := os.environ.get("MOCK_GPUDB_COMMAND"):
        return [_command_way(command, fixtures)], True
    # The default image is one that was built here: never another one of this name, from a registry.
    container = _container_way(_DEFAULT_IMAGE, fixtures, pull="never")
    return [container, *(_command_way(command, fixtures) for command in _DEFAULT_COMMANDS)], False


def _fixture_paths(config: pytest.Config) -> Sequence[Path]:
    folder = config.inipath.parent if config.inipath else config.invocation_params.dir
    paths = [(folder / path).resolve() for path in config.getini("gpudb_fixtures")]
    for path in paths:
        if not path.exists():
            pytest.fail(f"gpudb_fixtures: there is no file or folder {path}", pytrace=False)
    return paths


def _use_server(url: str, timeout_s: float) -> str:
    """Returns the URL of a mock that runs already, once it is ready."""
    if not re.match(r"https?://[^/~][^~]*$", url):
        example = "http://localhost:9191, without a scope"
        message = f"MOCK_GPUDB_URL: expected a URL such as {example}, got {url!r}"
        pytest.fail(message, pytrace=False)
    try:
        _wait_until_ready(url, time.monotonic() + timeout_s)
    except _NotStartedError as error:
        raise pytest.fail.Exception(f"MOCK_GPUDB_URL: {error}", pytrace=False) from None
    return url


def _start(stack: ExitStack, fixtures: Sequence[Path], timeout_s: float) -> str:
    """Runs a mock in the first way that works, until the stack is closed. Returns its URL."""
    ways, is_named = _ways(fixtures)
    tried = []
    for way in ways:
        try:
            return stack.enter_context(way.running(time.monotonic() + timeout_s))
        except _NotStartedError as error:
            tried.append(f"{way.name}: {error}")
    if is_named:
        pytest.fail(f"Cannot run mock-gpudb: {tried[0]}", pytrace=False)
    pytest.skip(f"{_NOT_FOUND}; tried {'; '.join(tried)}")


@pytest.fixture(scope="session")
def gpudb_mock(pytestconfig: pytest.Config) -> Iterator[str]:
    """The URL of a running mock-gpudb: MOCK_GPUDB_URL, or one that runs until the session ends.

    Skips the tests if there is no way to run one; fails them if the way that a variable names does
    not work.
    """
    __tracebackhide__ = False
    timeout_s = float(pytestconfig.getini("gpudb_start_timeout"))
    fixtures = _fixture_paths(pytestconfig)
    if url := os.environ.get("MOCK_GPUDB_URL", "").strip().rstrip("/"):
        if fixtures:
            message = "gpudb_fixtures is not used: the mock at MOCK_GPUDB_URL has its own fixtures"
            warnings.warn(pytest.PytestWarning(message), stacklevel=1)
        yield _use_server(url, timeout_s)
        return
    with ExitStack() as stack:
        yield _start(stack, fixtures, timeout_s)


class _Options:
    """What the markers `gpudb` of a test ask for; the one nearest to the test wins."""

    def __init__(self, item: pytest.Item) -> None:
        given: dict[str, Any] = {}
        for mark in reversed(list(item.iter_markers("gpudb"))):
            if mark.args or not set(mark.kwargs) <= {"clock", "clean"}:
                message = f"{item.nodeid}: the marker gpudb takes clock=… and clean=…, got {mark}"
                pytest.fail(message, pytrace=False)
            given.update(mark.kwargs)
        self.clock: Union[None, ClockMode, Mapping[str, Any]] = given.get("clock")
        clean: Union[bool, Sequence[str]] = given.get("clean", False)
        self.is_clean = clean is not False
        self.checks = None if isinstance(clean, bool) else clean


_SCOPE = pytest.StashKey[Gpudb]()
# Several runs may use one mock at the same time.
_RUN = secrets.token_hex(4)


def _scope_name(item: pytest.Item) -> str:
    """A name of at most 64 characters: the test, the worker of xdist, the run and the node id."""
    test = re.sub(r"[^A-Za-z0-9_]+", "-", item.name).strip("-_")[:32] or "test"
    worker = re.sub(r"[^A-Za-z0-9]", "", os.environ.get("PYTEST_XDIST_WORKER", "main"))[:8]
    digest = hashlib.sha256(item.nodeid.encode(errors="replace")).hexdigest()[:8]
    return f"{test}-{worker}-{_RUN}-{digest}"


@pytest.fixture
def gpudb(request: pytest.FixtureRequest, gpudb_mock: str) -> Iterator[Gpudb]:
    """A scope for one test, removed at its end. `@pytest.mark.gpudb(clock="frozen")` freezes it."""
    __tracebackhide__ = False
    item = request.node
    options = _Options(item)
    scope = Gpudb(gpudb_mock, _scope_name(item))
    scope.create()
    item.stash[_SCOPE] = scope
    try:
        if options.clock is not None:
            scope.clock.set(
                **({"mode": options.clock} if isinstance(options.clock, str) else options.clock)
            )
        yield scope
    finally:
        del item.stash[_SCOPE]
        try:
            scope.remove()
        except MockGpudbError as error:
            # The test has removed it.
            if error.code != "SCOPE_NOT_FOUND":
                raise


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "gpudb_fixtures",
        "fixture files or folders for the mock-gpudb that the session starts",
        # Not paths: in pytest 8, they need an ini file.
        type="args",
        default=[],
    )
    parser.addini(
        "gpudb_start_timeout",
        "how long a mock-gpudb may take until it is ready, in seconds",
        default="30",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "gpudb(clock=…, clean=…): clock is the mode of the clock of the fixture gpudb, such as "
        "'frozen'; clean=True fails the test if the report of its scope has findings, and a list "
        "of checks makes only those",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    __tracebackhide__ = False
    result = yield
    scope = item.stash.get(_SCOPE, None)
    if scope is not None and (options := _Options(item)).is_clean:
        try:
            scope.report(checks=options.checks, fail=True)
        except MockGpudbError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    scope = item.stash.get(_SCOPE, None)
    if report.failed and scope is not None and (text := _describe_unmatched(scope)):
        report.sections.append((f"mock-gpudb: unmatched requests in {scope.url}", text))
    return report


_MAX_DESCRIBED = 10
_MAX_SHOWN_CHARACTERS = 500


def _describe_unmatched(scope: Gpudb) -> str:
    """The first unmatched requests; empty if there are none. Never raises on a broken mock."""
    try:
        requests = scope.requests.unmatched()
    except MockGpudbError as error:
        return str(error)
    lines = [line for request in requests[:_MAX_DESCRIBED] for line in _describe(request)]
    if len(requests) > _MAX_DESCRIBED:
        lines.append(f"and {len(requests) - _MAX_DESCRIBED} more")
    return "\n".join(lines)


def _describe(request: ReceivedRequest) -> Iterator[str]:
    yield f"request {request['id']} of {request['endpoint']}"
    if nearest := request["nearest"]:
        yield f"  the nearest rule is {nearest['rule']}; {nearest['reason']}"
    if request["error"]:
        yield f"  error: {request['error']}"
    if fields := request.get("job") or request.get("request"):
        text = json.dumps(fields, ensure_ascii=False)
        shown = text[:_MAX_SHOWN_CHARACTERS]
        yield f"  {shown}…" if len(text) > len(shown) else f"  {shown}"
