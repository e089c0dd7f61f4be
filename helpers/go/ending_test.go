package mockgpudb

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// command is the command of a mock: the one that this suite itself uses, which may be relative.
func command(t *testing.T) string {
	named := os.Getenv("MOCK_GPUDB_COMMAND")
	if named == "" {
		named = "mock-gpudb"
	}
	words := strings.Fields(named)
	program, err := exec.LookPath(words[0])
	if err != nil {
		t.Skip(err)
	}
	if words[0], err = filepath.Abs(program); err != nil {
		t.Fatal(err)
	}
	return strings.Join(words, " ")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func until(t *testing.T, what string, isMet func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !isMet() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not met in time", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func answers(url string) bool {
	response, err := http.Get(url + "/__mock/health")
	if err == nil {
		response.Body.Close()
	}
	return err == nil
}

// untilServerIsGone waits until the server of a case has ended. The case has ended already.
func untilServerIsGone(t *testing.T, output string) {
	t.Helper()
	matches(t, output, `--- PASS: TestCase`)
	_, rest, _ := strings.Cut(output, "server ")
	url, _, _ := strings.Cut(rest, ".\n")
	matches(t, url, `^http://127\.0\.0\.1:\d+$`)
	until(t, url+" has ended", func() bool { return !answers(url) })
}

func TestAProcessEndsWithTheTest(t *testing.T) {
	variables := []string{"MOCK_GPUDB_COMMAND=" + command(t), "MOCK_GPUDB_TOKEN=t0ken", "PATH=" + os.Getenv("PATH")}
	untilServerIsGone(t, runCase(t, "clock", variables...))
}

// dockerScript is a script that stands for docker.
const dockerScript = `#!/bin/sh
echo "$@" >> "$0.log"
case "$1" in
  run) case "$*" in *--interactive*) ;; *) exec </dev/null ;; esac
    echo pulling
    MOCK_GPUDB_PORT= $MOCK start --stop-with-stdin --host 127.0.0.1 --port 0 2>/dev/null | tee "$0.out" ;;
  port) sed 's#listening on http://##' "$0.out" ;;
esac
`

func TestAContainerIsUsedIfItsImageIsThere(t *testing.T) {
	docker := filepath.Join(t.TempDir(), "docker")
	write(t, docker, dockerScript)
	path := "PATH=" + filepath.Dir(docker) + ":" + os.Getenv("PATH")
	output := runCase(t, "clock", "MOCK="+command(t), path, "MOCK_GPUDB_CLOCK=real", "MOCK_GPUDB_PORT=1")
	untilServerIsGone(t, output)
	log, _ := os.ReadFile(docker + ".log")
	matches(t, string(log), `^run --rm --interactive --name (mock-gpudb-go-\w+) --pull never `+
		`--publish 127.0.0.1::9191 --env MOCK_GPUDB_CLOCK mock-gpudb start --stop-with-stdin\n`+
		`port mock-gpudb-go-\w+ 9191/tcp\n$`)
}

// waitingTest is a test that runs until it is killed.
const waitingTest = `package waiting

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"mockgpudb"
)

func TestWaits(t *testing.T) {
	url := mockgpudb.New(t).URL
	runtime.GC()
	for name, text := range map[string]string{"pid": strconv.Itoa(os.Getpid()), "url": url} {
		if os.WriteFile(name+".new", []byte(text), 0o644) != nil || os.Rename(name+".new", name) != nil {
			t.Fatal("cannot write")
		}
	}
	time.Sleep(10 * time.Minute)
}
`

// setUp makes a module in the two ways of README.md.
const setUp = `set -e
go mod init example.com/app
go mod edit -require mockgpudb@v0.0.0 -replace "mockgpudb=$HELPER"
mkdir -p internal/mockgpudb
cp "$HELPER/mockgpudb.go" "$HELPER/server.go" internal/mockgpudb
`

// Two packages of a module elsewhere, whose processes are killed while their tests run.
func TestAKilledRunLeavesNoMock(t *testing.T) {
	helper, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name, redirection := range map[string]string{"closed": "<&-", "null": "</dev/null"} {
		t.Run(name, func(t *testing.T) {
			module := t.TempDir()
			in := func(script string) *exec.Cmd {
				shell := exec.Command("sh", "-c", script)
				shell.Dir = module
				shell.Env = append(os.Environ(), "MOCK_GPUDB_URL=", "MOCK_GPUDB_COMMAND="+command(t), "HELPER="+helper)
				return shell
			}
			if output, err := in(setUp).CombinedOutput(); err != nil {
				t.Fatal(string(output))
			}
			packages := []string{filepath.Join(module, "one"), filepath.Join(module, "two")}
			write(t, filepath.Join(packages[0], "waiting_test.go"), waitingTest)
			ofCopy := strings.Replace(waitingTest, `"mockgpudb"`, `"example.com/app/internal/mockgpudb"`, 1)
			write(t, filepath.Join(packages[1], "waiting_test.go"), ofCopy)
			run := in("exec go test ./... " + redirection)
			if err := run.Start(); err != nil {
				t.Fatal(err)
			}
			defer run.Process.Kill()
			urls := map[string]bool{}
			for _, folder := range packages {
				until(t, folder+" has written its files", func() bool {
					_, noPid := os.Stat(filepath.Join(folder, "pid"))
					_, noURL := os.Stat(filepath.Join(folder, "url"))
					return noPid == nil && noURL == nil
				})
				url, _ := os.ReadFile(filepath.Join(folder, "url"))
				urls[string(url)] = true
				equal(t, answers(string(url)), true)
			}
			equal(t, len(urls), 2)
			run.Process.Kill()
			for _, folder := range packages {
				pid, _ := os.ReadFile(filepath.Join(folder, "pid"))
				equal(t, exec.Command("kill", "-s", "KILL", string(pid)).Run(), nil)
			}
			run.Wait()
			for url := range urls {
				until(t, url+" has ended", func() bool { return !answers(url) })
			}
		})
	}
}
