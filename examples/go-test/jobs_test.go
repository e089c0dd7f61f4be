// Package jobs is a suite that uses mock-gpudb with its helper and the standard library.
package jobs

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"mockgpudb"
)

type job struct {
	Status         string            `json:"job_status"`
	Progress       int               `json:"progress"`
	JobResponseStr string            `json:"job_response_str"`
	StatusMap      map[string]string `json:"status_map"`
}

// call calls an endpoint in JSON and reads its response record.
func call(t *testing.T, mock *mockgpudb.Scope, endpoint, request string, response any) {
	t.Helper()
	answer, err := http.Post(mock.URL+endpoint, "application/json", strings.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var wrapper struct {
		Status  string `json:"status"`
		Message string `json:"message"`
		DataStr string `json:"data_str"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&wrapper); err != nil {
		t.Fatal(err)
	}
	if wrapper.Status != "OK" {
		t.Fatalf("%s: %s", endpoint, wrapper.Message)
	}
	if err := json.Unmarshal([]byte(wrapper.DataStr), response); err != nil {
		t.Fatal(err)
	}
}

func createJob(t *testing.T, mock *mockgpudb.Scope) json.Number {
	t.Helper()
	var created struct {
		JobID json.Number `json:"job_id"`
	}
	call(t, mock, "/create/job", `{
		"endpoint": "/alter/table",
		"request_encoding": "json",
		"data_str": "{\"table_name\": \"orders\", \"action\": \"ttl\", \"value\": \"120\"}"
	}`, &created)
	return created.JobID
}

func getJob(t *testing.T, mock *mockgpudb.Scope, id json.Number) job {
	t.Helper()
	var answer job
	call(t, mock, "/get/job", `{"job_id": `+id.String()+`}`, &answer)
	return answer
}

func TestJobRunsUntilItIsDone(t *testing.T) {
	t.Parallel()
	mock := mockgpudb.New(t, mockgpudb.Frozen)
	id := createJob(t, mock)
	if got := getJob(t, mock, id).Status; got != "RUNNING" {
		t.Fatalf("a new job is %s", got)
	}

	mock.Clock.Advance("500ms")
	if got := getJob(t, mock, id).Progress; got != 50 {
		t.Fatalf("after half its time the job is at %d percent", got)
	}

	mock.Clock.Run()
	done := getJob(t, mock, id)
	if done.Status != "DONE" || done.Progress != 100 {
		t.Fatalf("in the end the job is %s at %d percent", done.Status, done.Progress)
	}
	var result struct {
		TableName string `json:"table_name"`
	}
	if err := json.Unmarshal([]byte(done.JobResponseStr), &result); err != nil {
		t.Fatal(err)
	}
	if result.TableName != "orders" {
		t.Fatalf("the result is of the table %s", result.TableName)
	}

	mock.Requests.Verify(`{
		"when": { "endpoint": "/alter/table", "as": "job", "request": { "action": "ttl" } },
		"times": { "exactly": 1 }
	}`)
}

func TestJobFailsByARule(t *testing.T) {
	t.Parallel()
	mock := mockgpudb.New(t, mockgpudb.Frozen, mockgpudb.Clean)
	mock.Rules.Add(`{
		"when": { "endpoint": "/alter/table", "request": { "table_name": "orders" } },
		"then": {
			"lifecycle": { "duration": "2s", "outcome": "ERROR", "error": "the disk is full" }
		}
	}`)
	id := createJob(t, mock)

	mock.Clock.Advance("1s")
	if got := getJob(t, mock, id).Status; got != "RUNNING" {
		t.Fatalf("after half its time the job is %s", got)
	}

	mock.Clock.Advance("1s")
	failed := getJob(t, mock, id)
	if failed.Status != "ERROR" || failed.StatusMap["error_message"] != "the disk is full" {
		t.Fatalf("in the end the job is %s: %v", failed.Status, failed.StatusMap)
	}
}
