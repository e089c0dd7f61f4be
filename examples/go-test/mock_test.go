// Package jobs is a suite that uses mock-gpudb with the standard library only.
package jobs

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mockURL is the URL of the mock for all tests.
var mockURL string

var client = &http.Client{Timeout: 10 * time.Second}

func TestMain(m *testing.M) {
	url, stop, err := startMock()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	mockURL = url
	code := m.Run()
	stop()
	os.Exit(code)
}

// startMock returns the URL of the mock: MOCK_GPUDB_URL, or a new process that runs until stop is called.
func startMock() (url string, stop func(), err error) {
	if url := os.Getenv("MOCK_GPUDB_URL"); url != "" {
		return url, func() {}, nil
	}
	command := os.Getenv("MOCK_GPUDB")
	if command == "" {
		command = "npx mock-gpudb"
	}
	words := append(strings.Fields(command),
		"start", "--host", "127.0.0.1", "--port", "0", "--clock", "frozen")
	mock := exec.Command(words[0], words[1:]...)
	mock.Stderr = os.Stderr
	// A process group of its own: npx does not forward signals.
	mock.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := mock.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := mock.Start(); err != nil {
		return "", nil, err
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		return "", nil, fmt.Errorf("the mock does not start: %q", line)
	}
	stop = func() {
		_ = syscall.Kill(-mock.Process.Pid, syscall.SIGTERM)
		_ = mock.Wait()
	}
	return url, stop, nil
}

// scope is an isolated scope of the mock, with its own clock, jobs, rules and journal.
type scope struct {
	t   *testing.T
	url string
}

// newScope creates a scope with a frozen clock. It is removed when the test ends.
func newScope(t *testing.T) scope {
	t.Helper()
	name := fmt.Sprintf("go-%s-%d", t.Name(), time.Now().UnixNano())
	s := scope{t: t, url: mockURL + "/~" + name}
	t.Cleanup(func() { call(t, "DELETE", mockURL+"/__mock/scopes/"+name, nil) })
	s.control("/clock", map[string]any{"mode": "frozen"})
	return s
}

// control posts to the control API. A status other than 2xx ends the test.
func (s scope) control(path string, body any) {
	s.t.Helper()
	call(s.t, "POST", s.url+"/__mock"+path, body)
}

// gpudb calls an endpoint in JSON and reads its response record.
func (s scope) gpudb(endpoint string, request, response any) {
	s.t.Helper()
	var wrapper struct {
		DataStr string `json:"data_str"`
	}
	decode(s.t, call(s.t, "POST", s.url+endpoint, request), &wrapper)
	decode(s.t, []byte(wrapper.DataStr), response)
}

func call(t *testing.T, method, url string, body any) []byte {
	t.Helper()
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequest(method, url, &sent)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s\n%s", method, url, response.Status, text.String())
	}
	return text.Bytes()
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}
