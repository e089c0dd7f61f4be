package jobs

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"mockgpudb"
)

func TestAJobFails(t *testing.T) {
	t.Parallel()
	mock := mockgpudb.New(t, mockgpudb.Frozen, mockgpudb.Clean)
	mock.Rules.Add(`{
		"when": { "endpoint": "/alter/table" },
		"then": { "lifecycle": { "duration": "2h", "outcome": "ERROR", "error": "the disk is full" } }
	}`)

	post(t, mock.URL+"/create/job", `{
		"endpoint": "/alter/table",
		"request_encoding": "json",
		"data_str": "{\"table_name\": \"orders\", \"action\": \"ttl\", \"value\": \"120\"}"
	}`)
	mock.Clock.Advance("2h")
	if job := post(t, mock.URL+"/get/job", `{ "job_id": 1 }`); !strings.Contains(job, "the disk is full") {
		t.Error(job)
	}
}

// post stands for the client of the application.
func post(t *testing.T, url, request string) string {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}
