// Package mockgpudb gives each test a scope of mock-gpudb: a world with its own clock, jobs, rules,
// faults, clusters and journal, which is removed after the test.
//
//	mock := mockgpudb.New(t, mockgpudb.Frozen, mockgpudb.Clean)
//
// A body is a JSON text as string, or a value for [encoding/json]. Answers are maps whose numbers are
// of the type [json.Number]. A filter is a parameter of the query, such as "status=RUNNING". A call
// that the mock rejects, also an expectation that is not met, ends the test.
package mockgpudb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	nameLimit     = 55
	callLimit     = 60 * time.Second
	maxDescribed  = 10
	maxShownBytes = 500
)

// Document is an answer of the mock. docs/control.md describes the documents.
type Document = map[string]any

// Problem is a call that the mock rejected. Its code is one of docs/control.md, such as JOB_NOT_FOUND.
type Problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (p *Problem) Error() string { return p.Detail }

// Option is what a test asks for.
type Option func(*Scope)

// Frozen is a clock that stands still until the test moves it.
func Frozen(s *Scope) { s.frozen = true }

// Clean fails a test that passes if the report of its scope has findings.
func Clean(s *Scope) { s.clean = true }

// At uses the mock at a URL, for example that of a container that the test starts.
func At(url string) Option {
	return func(s *Scope) { s.server = strings.TrimRight(url, "/") }
}

// Scope is the scope of one test.
type Scope struct {
	// URL is for a client.
	URL      string
	Clock    Clock
	Jobs     Jobs
	Rules    Rules
	Faults   Faults
	Requests Requests
	Polls    Polls
	Clusters Clusters
	Timeline Timeline
	Tables   Tables
	Fixtures Fixtures

	t      testing.TB
	name   string
	server string
	frozen bool
	clean  bool
	// accepted is the code of a problem that does not end the test.
	accepted string
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// New creates a scope, named after the test, and removes it when the test ends. Without a server the
// test is skipped; if the server that a variable names is missing, it fails.
func New(t testing.TB, options ...Option) *Scope {
	t.Helper()
	s := &Scope{t: t, name: scopeName(t)}
	s.Clock, s.Jobs, s.Rules, s.Faults = Clock{s}, Jobs{s}, Rules{s}, Faults{s}
	s.Requests, s.Polls, s.Clusters = Requests{s}, Polls{s}, Clusters{s}
	s.Timeline, s.Tables, s.Fixtures = Timeline{s}, Tables{s}, Fixtures{s}
	for _, option := range options {
		option(s)
	}
	if s.server == "" {
		s.server = serverOf(t)
	}
	s.URL = s.server + "/~" + s.name
	if s.frozen {
		s.Clock.Set(`{"mode": "frozen"}`)
	} else {
		s.createScope()
	}
	t.Cleanup(s.end)
	return s
}

func serverOf(t testing.TB) string {
	t.Helper()
	server, err := findServer()
	if errors.Is(err, errNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func scopeName(t testing.TB) string {
	name := notInName.ReplaceAllString(t.Name(), "_")
	return unique(name[:min(len(name), nameLimit)])
}

// unique adds a random end to a name.
func unique(name string) string { return fmt.Sprintf("%s-%08x", name, rand.Uint32()) }

func (s *Scope) end() {
	s.t.Helper()
	defer s.removeScope()
	if s.t.Failed() {
		s.logUnmatched()
	} else if s.clean && !s.t.Skipped() {
		s.Report("fail=true")
	}
}

// logUnmatched shows what a failed test sent that neither a rule nor the endpoint itself answered.
func (s *Scope) logUnmatched() {
	s.t.Helper()
	answer, err := s.Control("GET", "/requests/unmatched", nil)
	if err != nil {
		s.t.Logf("Cannot list the unmatched requests: %v", err)
		return
	}
	requests, _ := answer["requests"].([]any)
	lines := []string{"unmatched requests of the test:"}
	for _, request := range requests[:min(len(requests), maxDescribed)] {
		lines = append(lines, describe(request.(Document))...)
	}
	if more := len(requests) - maxDescribed; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	if len(lines) > 1 {
		s.t.Log(strings.Join(lines, "\n"))
	}
}

func describe(request Document) []string {
	lines := []string{fmt.Sprintf("request %v of %v", request["id"], request["endpoint"])}
	if nearest, ok := request["nearest"].(Document); ok {
		lines = append(lines, fmt.Sprintf("  the nearest rule is %v; %v", nearest["rule"], nearest["reason"]))
	}
	if request["error"] != "" {
		lines = append(lines, fmt.Sprintf("  error: %v", request["error"]))
	}
	fields := request["job"]
	if fields == nil {
		fields = request["request"]
	}
	// What was read as JSON can be written as JSON.
	text, _ := json.Marshal(fields)
	shown := text[:min(len(text), maxShownBytes)]
	return append(lines, "  "+strings.ToValidUTF8(string(shown), ""))
}

// Report is what the test may have forgotten. Filters: fail=true, checks=unmatched,undecodable.
//
// Operation: getReport
func (s *Scope) Report(filters ...string) Document {
	s.t.Helper()
	return s.query("GET", "/report", filters)
}

// Reset starts the scope again from the fixtures of the server; its time goes on.
//
// Operation: resetScope
func (s *Scope) Reset() {
	s.t.Helper()
	s.call("POST", "/reset")
}

// Operation: createScope
func (s *Scope) createScope() {
	s.t.Helper()
	s.call("PUT", "/scopes/{name}", s.name)
}

// Operation: removeScope
func (s *Scope) removeScope() {
	s.t.Helper()
	// The test may have removed it.
	s.accepted = "SCOPE_NOT_FOUND"
	s.call("DELETE", "/scopes/{name}", s.name)
}

// Control calls any other route of the control API, such as Control("GET", "/scopes", nil). The
// error of a call that the mock rejects is a [Problem].
func (s *Scope) Control(method, path string, body any) (Document, error) {
	return exchange(method, s.URL+"/__mock"+path, body)
}

// Clock is the clock of a scope. Durations are texts such as 500ms, 2s and 1h.
type Clock struct{ scope *Scope }

// Operation: getClock
func (c Clock) Get() Document {
	c.scope.t.Helper()
	return c.scope.call("GET", "/clock")
}

// Operation: setClock
func (c Clock) Set(change any) Document {
	c.scope.t.Helper()
	return c.scope.send("POST", "/clock", change)
}

// Operation: advanceClock
func (c Clock) Advance(duration string) Document {
	c.scope.t.Helper()
	return c.scope.send("POST", "/clock/advance", Document{"by": duration})
}

// Next moves the clock to the next change.
//
// Operation: advanceClockToNext
func (c Clock) Next() Document {
	c.scope.t.Helper()
	return c.scope.call("POST", "/clock/next")
}

// Run moves the clock until nothing is ahead.
//
// Operation: runClock
func (c Clock) Run() Document {
	c.scope.t.Helper()
	return c.scope.call("POST", "/clock/run")
}

// Jobs are the jobs of a scope. A job is a number, or a text such as tag:nightly.
type Jobs struct{ scope *Scope }

// Operation: listJobs
func (j Jobs) List(filters ...string) Document {
	j.scope.t.Helper()
	return j.scope.query("GET", "/jobs", filters)
}

// Operation: createJob
func (j Jobs) Create(job any) Document {
	j.scope.t.Helper()
	return j.scope.send("POST", "/jobs", job)
}

// Operation: getJob
func (j Jobs) Get(job any) Document {
	j.scope.t.Helper()
	return j.scope.call("GET", "/jobs/{id}", job)
}

// Operation: patchJob
func (j Jobs) Patch(job, change any) Document {
	j.scope.t.Helper()
	return j.scope.send("PATCH", "/jobs/{id}", change, job)
}

// Operation: removeJob
func (j Jobs) Remove(job any) {
	j.scope.t.Helper()
	j.scope.call("DELETE", "/jobs/{id}", job)
}

// Release ends the hold of a job.
//
// Operation: releaseJob
func (j Jobs) Release(job any) Document {
	j.scope.t.Helper()
	return j.scope.call("POST", "/jobs/{id}/release", job)
}

// Finish ends a job, for example by {"outcome": "ERROR", "error": "the disk is full"}.
//
// Operation: finishJob
func (j Jobs) Finish(job, outcome any) Document {
	j.scope.t.Helper()
	return j.scope.send("POST", "/jobs/{id}/finish", outcome, job)
}

// Operation: cancelJob
func (j Jobs) Cancel(job any) Document {
	j.scope.t.Helper()
	return j.scope.call("POST", "/jobs/{id}/cancel", job)
}

// Wait waits in real time. Filters: status=DONE, timeout=5s.
//
// Operation: waitForJob
func (j Jobs) Wait(job any, filters ...string) Document {
	j.scope.t.Helper()
	return j.scope.query("GET", "/jobs/{id}/wait", filters, job)
}

// Rules are the rules of a scope.
type Rules struct{ scope *Scope }

// Operation: listRules
func (r Rules) List() Document {
	r.scope.t.Helper()
	return r.scope.call("GET", "/rules")
}

// Add adds a rule that is tried before all others.
//
// Operation: addRule
func (r Rules) Add(rule any) Document {
	r.scope.t.Helper()
	return r.scope.send("POST", "/rules", rule)
}

// Operation: getRule
func (r Rules) Get(id any) Document {
	r.scope.t.Helper()
	return r.scope.call("GET", "/rules/{id}", id)
}

// Operation: replaceRule
func (r Rules) Put(id, rule any) Document {
	r.scope.t.Helper()
	return r.scope.send("PUT", "/rules/{id}", rule, id)
}

// Operation: removeRule
func (r Rules) Remove(id any) {
	r.scope.t.Helper()
	r.scope.call("DELETE", "/rules/{id}", id)
}

// Clear removes all rules, those of the fixtures too.
//
// Operation: clearRules
func (r Rules) Clear() {
	r.scope.t.Helper()
	r.scope.call("DELETE", "/rules")
}

// Faults are the faults of a scope.
type Faults struct{ scope *Scope }

// Operation: listFaults
func (f Faults) List() Document {
	f.scope.t.Helper()
	return f.scope.call("GET", "/faults")
}

// Add adds a fault that strikes before all others.
//
// Operation: addFault
func (f Faults) Add(fault any) Document {
	f.scope.t.Helper()
	return f.scope.send("POST", "/faults", fault)
}

// Operation: getFault
func (f Faults) Get(id any) Document {
	f.scope.t.Helper()
	return f.scope.call("GET", "/faults/{id}", id)
}

// Operation: replaceFault
func (f Faults) Put(id, fault any) Document {
	f.scope.t.Helper()
	return f.scope.send("PUT", "/faults/{id}", fault, id)
}

// Patch switches a fault by {"enabled": false}.
//
// Operation: switchFault
func (f Faults) Patch(id, change any) Document {
	f.scope.t.Helper()
	return f.scope.send("PATCH", "/faults/{id}", change, id)
}

// Operation: removeFault
func (f Faults) Remove(id any) {
	f.scope.t.Helper()
	f.scope.call("DELETE", "/faults/{id}", id)
}

// Clear removes all faults, those of the fixtures too.
//
// Operation: clearFaults
func (f Faults) Clear() {
	f.scope.t.Helper()
	f.scope.call("DELETE", "/faults")
}

// Requests are the requests that clients sent, and what is expected of them.
type Requests struct{ scope *Scope }

// Operation: listRequests
func (r Requests) List(filters ...string) Document {
	r.scope.t.Helper()
	return r.scope.query("GET", "/requests", filters)
}

// Operation: listUnmatchedRequests
func (r Requests) Unmatched() Document {
	r.scope.t.Helper()
	return r.scope.call("GET", "/requests/unmatched")
}

// Operation: clearRequests
func (r Requests) Clear() {
	r.scope.t.Helper()
	r.scope.call("DELETE", "/requests")
}

// Count is how many requests match {"when": {…}}, as count.
//
// Operation: countRequests
func (r Requests) Count(search any) Document {
	r.scope.t.Helper()
	return r.scope.send("POST", "/requests/count", search)
}

// Verify ends the test unless {"when": {…}, "times": {"exactly": 1}} is met.
//
// Operation: verifyRequests
func (r Requests) Verify(expectation any) Document {
	r.scope.t.Helper()
	return r.scope.send("POST", "/requests/verify", expectation)
}

// Wait waits in real time for {"when": {…}, "at_least": 1, "timeout": "5s"}.
//
// Operation: waitForRequests
func (r Requests) Wait(expectation any) Document {
	r.scope.t.Helper()
	return r.scope.send("POST", "/requests/wait", expectation)
}

// Clusters are the clusters of a scope; without a ring there is one, named a.
type Clusters struct{ scope *Scope }

// Operation: listClusters
func (c Clusters) List() Document {
	c.scope.t.Helper()
	return c.scope.call("GET", "/clusters")
}

// Operation: getCluster
func (c Clusters) Get(cluster string) Document {
	c.scope.t.Helper()
	return c.scope.call("GET", "/clusters/{name}", cluster)
}

// Patch moves a cluster, for example by {"state": "down", "for": "10s"}.
//
// Operation: moveCluster
func (c Clusters) Patch(cluster string, change any) Document {
	c.scope.t.Helper()
	return c.scope.send("PATCH", "/clusters/{name}", change, cluster)
}

// Timeline is what happens when, on the clock of a scope.
type Timeline struct{ scope *Scope }

// Operation: getTimeline
func (t Timeline) List() Document {
	t.scope.t.Helper()
	return t.scope.call("GET", "/timeline")
}

// Put replaces all entries, by a list such as [{"at": "1m", "cluster": "a", "state": "down"}].
//
// Operation: replaceTimeline
func (t Timeline) Put(entries any) Document {
	t.scope.t.Helper()
	return t.scope.send("PUT", "/timeline", entries)
}

// Tables are the tables of a scope.
type Tables struct{ scope *Scope }

// Operation: listTables
func (t Tables) List() Document {
	t.scope.t.Helper()
	return t.scope.call("GET", "/tables")
}

// Get returns a table with some of its rows. Filters: limit=100, offset=0.
//
// Operation: getTable
func (t Tables) Get(table string, filters ...string) Document {
	t.scope.t.Helper()
	return t.scope.query("GET", "/tables/{name}", filters, table)
}

// Operation: addTable
func (t Tables) Add(table any) Document {
	t.scope.t.Helper()
	return t.scope.send("POST", "/tables", table)
}

// Operation: removeTable
func (t Tables) Remove(table string) {
	t.scope.t.Helper()
	t.scope.call("DELETE", "/tables/{name}", table)
}

// Clear removes all tables, those of the fixtures too.
//
// Operation: clearTables
func (t Tables) Clear() {
	t.scope.t.Helper()
	t.scope.call("DELETE", "/tables")
}

// Polls are how clients polled the jobs of a scope.
type Polls struct{ scope *Scope }

// Verify ends the test unless {"job": 7, "times": {"exactly": 3}, "stops": true} is met.
//
// Operation: verifyPolls
func (p Polls) Verify(expectation any) Document {
	p.scope.t.Helper()
	return p.scope.send("POST", "/polls/verify", expectation)
}

// Fixtures are a scope as a fixture document.
type Fixtures struct{ scope *Scope }

// Load adds the jobs, rules, faults, tables, ring and timeline of a fixture, all of it or nothing.
//
// Operation: loadFixtures
func (f Fixtures) Load(fixture any) Document {
	f.scope.t.Helper()
	return f.scope.send("POST", "/fixtures", fixture)
}

// Save returns the scope as a fixture; secrets are redacted.
//
// Operation: saveFixtures
func (f Fixtures) Save() Document {
	f.scope.t.Helper()
	return f.scope.call("GET", "/fixtures")
}

// call calls a route. Values replace the names in braces of the path.
func (s *Scope) call(method, path string, values ...any) Document {
	s.t.Helper()
	return s.send(method, path, nil, values...)
}

func (s *Scope) query(method, path string, filters []string, values ...any) Document {
	s.t.Helper()
	query := url.Values{}
	for _, filter := range filters {
		key, value, _ := strings.Cut(filter, "=")
		query.Add(key, value)
	}
	return s.must(method, fill(path, values)+"?"+query.Encode(), nil)
}

func (s *Scope) send(method, path string, body any, values ...any) Document {
	s.t.Helper()
	return s.must(method, fill(path, values), body)
}

func (s *Scope) must(method, path string, body any) Document {
	s.t.Helper()
	answer, err := s.Control(method, path, body)
	var problem *Problem
	if s.accepted != "" && errors.As(err, &problem) && problem.Code == s.accepted {
		return nil
	}
	if err != nil {
		s.t.Fatalf("%v (%s %s/__mock%s)", err, method, s.URL, path)
	}
	return answer
}

var inBraces = regexp.MustCompile(`\{\w+\}`)

func fill(path string, values []any) string {
	for _, value := range values {
		place := inBraces.FindString(path)
		path = strings.Replace(path, place, url.PathEscape(fmt.Sprint(value)), 1)
	}
	return path
}

func exchange(method, address string, body any) (Document, error) {
	text, err := encode(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(method, address, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if token := os.Getenv("MOCK_GPUDB_TOKEN"); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{Timeout: callLimit}
	if strings.HasSuffix(request.URL.Path, "/wait") {
		client.Timeout = 0
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return read(response, answer)
}

func encode(body any) ([]byte, error) {
	switch text := body.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(text), nil
	default:
		return json.Marshal(body)
	}
}

var isJSON = regexp.MustCompile(`^application/(problem\+)?json\b`)

// read returns an error that is a Problem, with the code NOT_A_MOCK if something else answers.
func read(response *http.Response, text []byte) (Document, error) {
	if response.StatusCode == http.StatusNoContent {
		return nil, nil
	}
	contentType := response.Header.Get("Content-Type")
	problem := &Problem{}
	isProblem := response.StatusCode/100 != 2
	if isProblem && json.Unmarshal(text, problem) == nil && problem.Code != "" {
		return nil, problem
	}
	if isProblem || !isJSON.MatchString(contentType) {
		detail := fmt.Sprintf("%s answers with %s and %q", response.Request.URL, response.Status, contentType)
		return nil, &Problem{Code: "NOT_A_MOCK", Detail: detail}
	}
	var answer Document
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err := decoder.Decode(&answer)
	return answer, err
}
