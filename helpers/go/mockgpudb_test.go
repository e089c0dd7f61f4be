package mockgpudb

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const hasTable = `"when": {"endpoint": "/has/table"}`

func callEndpoint(t *testing.T, url string) {
	t.Helper()
	body := strings.NewReader(`{"table_name": "orders"}`)
	response, err := http.Post(url+"/has/table", "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	equal(t, response.StatusCode, 200)
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if number, ok := got.(json.Number); ok {
		got = number.String()
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %#v, expected %#v", got, want)
	}
}

func matches(t *testing.T, text, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(text) {
		t.Fatalf("expected %s in\n%s", pattern, text)
	}
}

func TestByDefaultTheClockRuns(t *testing.T) {
	equal(t, New(t).Clock.Get()["mode"], "real")
}

func TestClock(t *testing.T) {
	mock := New(t, Frozen)
	equal(t, mock.Clock.Get()["mode"], "frozen")
	mock.Clock.Set(Document{"mode": "frozen", "now_ms": 4102444800000})
	mock.Jobs.Create(`{"endpoint": "/alter/table", "lifecycle": {"duration": "10s"}}`)
	equal(t, mock.Clock.Advance("500ms")["now_ms"], "4102444800500")
	equal(t, mock.Clock.Next()["now_ms"], "4102444810000")
	equal(t, mock.Clock.Run()["next_change_at_ms"], nil)
}

func TestJobs(t *testing.T) {
	mock := New(t, Frozen)
	id := mock.Jobs.Create(Document{
		"tag": "nightly", "endpoint": "/alter/table",
		"lifecycle": Document{"steps": []Document{{"hold": true}}},
	})["job_id"]
	equal(t, mock.Jobs.Get(id)["status"], "RUNNING")
	equal(t, mock.Jobs.Get("tag:nightly")["job_id"].(json.Number), id.(json.Number).String())
	equal(t, mock.Jobs.Patch(id, `{"progress": 70}`)["progress"], "70")
	equal(t, mock.Jobs.Release(id)["status"], "DONE")
	equal(t, mock.Jobs.Wait(id, "status=DONE", "timeout=1s")["status"], "DONE")
	mock.Jobs.Remove(id)
	_, err := mock.Control("GET", "/jobs/tag:nightly", nil)
	var problem *Problem
	equal(t, errors.As(err, &problem), true)
	equal(t, problem.Code, "JOB_NOT_FOUND")

	running := `{"endpoint": "/alter/table", "lifecycle": {"duration": "1h"}}`
	failing := mock.Jobs.Create(running)["job_id"]
	equal(t, mock.Jobs.Finish(failing, `{"outcome": "ERROR", "error": "disk full"}`)["error"], "disk full")
	cancelled := mock.Jobs.Create(running)["job_id"]
	equal(t, mock.Jobs.Cancel(cancelled)["status"], "CANCELLED")
	equal(t, mock.Jobs.List("status=ERROR", "endpoint=/alter/*")["total"], "1")
}

func TestRules(t *testing.T) {
	mock := New(t)
	mock.Rules.Clear()
	rule := `{` + hasTable + `, "then": {"error": "no"}}`
	id := mock.Rules.Add(rule)["id"]
	equal(t, mock.Rules.Get(id)["id"], id)
	equal(t, mock.Rules.Put(id, rule)["answered"], "0")
	equal(t, len(mock.Rules.List()["rules"].([]any)), 1)
	mock.Rules.Remove(id)
	equal(t, len(mock.Rules.List()["rules"].([]any)), 0)
}

func TestFaults(t *testing.T) {
	mock := New(t)
	id := mock.Faults.Add(`{"delay": "250ms"}`)["id"]
	equal(t, mock.Faults.Patch(id, Document{"enabled": false})["enabled"], false)
	equal(t, mock.Faults.Get(id)["left"], nil)
	equal(t, mock.Faults.Put(id, `{"times": 1, "delay": "1s"}`)["left"], "1")
	mock.Faults.Remove(id)
	mock.Faults.Add(`{"delay": "250ms"}`)
	mock.Faults.Clear()
	equal(t, len(mock.Faults.List()["faults"].([]any)), 0)
}

func TestRequests(t *testing.T) {
	mock := New(t)
	callEndpoint(t, mock.URL)
	equal(t, mock.Requests.Count(`{` + hasTable + `}`)["count"], "1")
	equal(t, mock.Requests.Verify(`{` + hasTable + `, "times": {"exactly": 1}}`)["count"], "1")
	equal(t, mock.Requests.Wait(`{` + hasTable + `}`)["count"], "1")
	equal(t, mock.Requests.List("endpoint=/has/*")["total"], "1")
	equal(t, len(mock.Requests.Unmatched()["requests"].([]any)), 1)
	job := mock.Jobs.Create(`{"endpoint": "/alter/table"}`)["job_id"]
	polls := Document{"job": job, "times": Document{"exactly": 0}}
	equal(t, mock.Polls.Verify(polls)["polls"], "0")
	mock.Requests.Clear()
	equal(t, mock.Requests.List()["total"], "0")
}

func TestClustersAndTheRest(t *testing.T) {
	mock := New(t)
	mock.Fixtures.Load(`{"ring": {"clusters": [{"name": "a"}, {"name": "b"}]}}`)
	equal(t, len(mock.Clusters.List()["clusters"].([]any)), 2)
	equal(t, mock.Clusters.Patch("b", `{"state": "down"}`)["state"], "down")
	equal(t, mock.Clusters.Get("b")["state"], "down")
	equal(t, mock.Fixtures.Save()["ring"] == nil, false)
	mock.Timeline.Put([]Document{{"at": "1m", "cluster": "a", "state": "down"}})
	equal(t, len(mock.Timeline.List()["entries"].([]any)), 1)
	equal(t, mock.Report()["clean"], false)
	mock.Reset()
	equal(t, mock.Clusters.Get("a")["state"], "up")
}

func TestTables(t *testing.T) {
	mock := New(t)
	mock.Tables.Add(`{"name": "a/b c", "columns": ["id long"], "rows": [[1], [2]]}`)
	rows := mock.Tables.Get("a/b c", "offset=1", "limit=10")["rows"]
	equal(t, rows, []any{[]any{json.Number("2")}})
	mock.Tables.Remove("a/b c")
	mock.Tables.Add(`{"name": "orders", "columns": ["id long"]}`)
	mock.Tables.Clear()
	equal(t, len(mock.Tables.List()["tables"].([]any)), 0)
}

// Two tests that are in their bodies at the same time, with names that no scope may have.
func TestParallelScopes(t *testing.T) {
	urls := sync.Map{}
	together := sync.WaitGroup{}
	together.Add(2)
	t.Run("group", func(t *testing.T) {
		for range 2 {
			t.Run("ünd/"+strings.Repeat("long", 20), func(t *testing.T) {
				t.Parallel()
				mock := New(t, Clean)
				urls.Store(mock.URL, mock)
				together.Done()
				together.Wait()
				mock.Rules.Add(`{` + hasTable + `, "then": {"response": {"table_exists": true}}}`)
				callEndpoint(t, mock.URL)
				mock.Requests.Verify(`{` + hasTable + `, "times": {"exactly": 1}}`)
			})
		}
	})
	urls.Range(func(url, mock any) bool {
		_, err := mock.(*Scope).Control("GET", "/report", nil)
		var problem *Problem
		equal(t, errors.As(err, &problem), true)
		equal(t, problem.Code, "SCOPE_NOT_FOUND")
		urls.Delete(url)
		together.Add(1)
		return true
	})
}

// cases are tests that fail, are skipped, or need other variables: they run in another process.
var cases = map[string]func(t *testing.T){
	"clean":     func(t *testing.T) { New(t, Clean) },
	"own error": func(t *testing.T) { New(t, Clean); t.Fatal("own error") },
	"unmatched": func(t *testing.T) {
		mock := New(t)
		mock.Rules.Add(`{
			"name": "others",
			"when": {"endpoint": "/has/table", "request": {"table_name": "others"}},
			"then": {"error": "no"}
		}`)
		for range 11 {
			callEndpoint(t, mock.URL)
		}
		t.Fatal("own error")
	},
	"removed": func(t *testing.T) {
		mock := New(t)
		mock.removeScope()
		t.Log("removed")
	},
	"rejected": func(t *testing.T) {
		New(t).Requests.Verify(`{` + hasTable + `, "times": {"exactly": 1}}`)
	},
	"at": func(t *testing.T) { New(t, At("http://127.0.0.1:1/")) },
	"clock": func(t *testing.T) {
		mock := New(t)
		equal(t, mock.Clock.Get()["mode"], "real")
		t.Log("server " + mock.server + ".")
	},
}

func TestCase(t *testing.T) {
	if run := cases[os.Getenv("TEST_CASE")]; run != nil {
		run(t)
	}
}

// runCase returns the output of a case that runs with these variables only.
func runCase(t *testing.T, name string, variables ...string) string {
	t.Helper()
	test := exec.Command(os.Args[0], "-test.run=^TestCase$", "-test.v", "-test.timeout=60s")
	// What outlives the process must not hold its output.
	test.WaitDelay = 10 * time.Second
	test.Env = append([]string{"TEST_CASE=" + name}, variables...)
	output, _ := test.CombinedOutput()
	return string(output)
}

// sharedServer is the variable that makes a case use the server of this test.
func sharedServer(t *testing.T) string {
	t.Helper()
	url, err := findServer()
	if err != nil {
		t.Skip(err)
	}
	return "MOCK_GPUDB_URL=" + url
}

func TestCleanFailsATestWithFindings(t *testing.T) {
	output := runCase(t, "clean", sharedServer(t))
	matches(t, output, `mockgpudb_test.go:\d+: The scope TestCase-\w+ is not clean: no requests`)
	matches(t, output, `--- FAIL: TestCase`)
}

func TestCleanLeavesATestThatFailsAlone(t *testing.T) {
	output := runCase(t, "own error", sharedServer(t))
	matches(t, output, `own error\n--- FAIL`)
}

func TestAFailedTestShowsItsUnmatchedRequests(t *testing.T) {
	output := runCase(t, "unmatched", sharedServer(t))
	matches(t, output, `(?s)own error\n.*unmatched requests of the test:\n +request 1 of /has/table\n`+
		` +the nearest rule is others; request.table_name: expected "others", got "orders"\n`+
		` +\{.*"table_name":"orders"\}\n.*and 1 more\n--- FAIL`)
}

func TestATestCanRemoveItsScope(t *testing.T) {
	matches(t, runCase(t, "removed", sharedServer(t)), `removed\n--- PASS`)
}

func TestACallThatIsRejectedEndsTheTest(t *testing.T) {
	output := runCase(t, "rejected", sharedServer(t))
	matches(t, output, `mockgpudb_test.go:\d+: Expected exactly 1 matching request, got 0`)
}

func TestAtUsesTheMockAtAURL(t *testing.T) {
	matches(t, runCase(t, "at"), `connection refused \(PUT http://127.0.0.1:1/~TestCase-`)
}

func TestWithoutAServerATestIsSkipped(t *testing.T) {
	output := runCase(t, "clock", "PATH="+t.TempDir())
	matches(t, output, `cannot find mock-gpudb: set MOCK_GPUDB_URL, MOCK_GPUDB_IMAGE or `+
		`MOCK_GPUDB_COMMAND, as the README of mockgpudb describes; tried: cannot start a container of mock-gpudb: .*docker.*; cannot start mock-gpudb: .*mock-gpudb.*`)
	matches(t, output, `--- SKIP: TestCase`)
}

func TestANamedServerThatIsMissingIsAFailure(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	inJSON := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		w.Write([]byte("{}"))
	}))
	defer inJSON.Close()
	path := "PATH=" + t.TempDir()
	for variable, reason := range map[string]string{
		"MOCK_GPUDB_COMMAND=no-such-command --flag": `cannot start no-such-command --flag: `,
		"MOCK_GPUDB_COMMAND=echo no":                `cannot start echo no: it ended with exit code 0: no start --stop-with-stdin`,
		"MOCK_GPUDB_IMAGE=no-such-image":            `cannot start a container of no-such-image: .*docker`,
		"MOCK_GPUDB_URL=localhost:9191":             `expected a URL such as http://localhost:9191, without a scope, got localhost:9191`,
		"MOCK_GPUDB_URL=http://localhost:9191/~a":   `without a scope, got http://localhost:9191/~a`,
		"MOCK_GPUDB_URL=" + other.URL:               `no mock-gpudb answers: http://\S+/__mock/ready answers with 404`,
		"MOCK_GPUDB_URL=" + inJSON.URL:              `no mock-gpudb answers: http://\S+/__mock/ready answers with 404`,
	} {
		if strings.Contains(variable, "echo") {
			path = "PATH=" + os.Getenv("PATH")
		}
		output := runCase(t, "clock", variable, path)
		matches(t, output, reason)
		matches(t, output, `--- FAIL: TestCase`)
	}
}
