package jobs

import "testing"

type job struct {
	Status         string            `json:"job_status"`
	Progress       int               `json:"progress"`
	JobResponseStr string            `json:"job_response_str"`
	StatusMap      map[string]string `json:"status_map"`
}

func createJob(s scope) int64 {
	s.t.Helper()
	var created struct {
		JobID int64 `json:"job_id"`
	}
	s.gpudb("/create/job", map[string]any{
		"endpoint":         "/alter/table",
		"request_encoding": "json",
		"data_str":         `{"table_name": "orders", "action": "ttl", "value": "120"}`,
	}, &created)
	return created.JobID
}

func getJob(s scope, id int64) job {
	s.t.Helper()
	var answer job
	s.gpudb("/get/job", map[string]any{"job_id": id}, &answer)
	return answer
}

func TestJobRunsUntilItIsDone(t *testing.T) {
	s := newScope(t)
	id := createJob(s)
	if got := getJob(s, id).Status; got != "RUNNING" {
		t.Fatalf("a new job is %s", got)
	}

	s.control("/clock/advance", map[string]any{"by": "500ms"})
	if got := getJob(s, id).Progress; got != 50 {
		t.Fatalf("after half its time the job is at %d percent", got)
	}

	s.control("/clock/run", nil)
	done := getJob(s, id)
	if done.Status != "DONE" || done.Progress != 100 {
		t.Fatalf("in the end the job is %s at %d percent", done.Status, done.Progress)
	}
	var result struct {
		TableName string `json:"table_name"`
	}
	decode(t, []byte(done.JobResponseStr), &result)
	if result.TableName != "orders" {
		t.Fatalf("the result is of the table %s", result.TableName)
	}

	s.control("/requests/verify", map[string]any{
		"when": map[string]any{
			"endpoint": "/alter/table", "as": "job", "request": map[string]any{"action": "ttl"},
		},
		"times": map[string]any{"exactly": 1},
	})
}

func TestJobFailsByARule(t *testing.T) {
	s := newScope(t)
	s.control("/rules", map[string]any{
		"when": map[string]any{
			"endpoint": "/alter/table", "request": map[string]any{"table_name": "orders"},
		},
		"then": map[string]any{"lifecycle": map[string]any{
			"duration": "2s", "outcome": "ERROR", "error": "the disk is full",
		}},
	})
	id := createJob(s)

	s.control("/clock/advance", map[string]any{"by": "1s"})
	if got := getJob(s, id).Status; got != "RUNNING" {
		t.Fatalf("after half its time the job is %s", got)
	}

	s.control("/clock/advance", map[string]any{"by": "1s"})
	failed := getJob(s, id)
	if failed.Status != "ERROR" || failed.StatusMap["error_message"] != "the disk is full" {
		t.Fatalf("in the end the job is %s: %v", failed.Status, failed.StatusMap)
	}
}
