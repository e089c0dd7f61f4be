package mockgpudb

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const startLimit = 30 * time.Second

var errNoServer = errors.New("MOCK_GPUDB_URL is not set, and mock-gpudb cannot be run")

// Variables for this package, of which the mock would warn.
var ownVariables = []string{"MOCK_GPUDB_URL", "MOCK_GPUDB_IMAGE", "MOCK_GPUDB_COMMAND"}

// Variables about the address and the files of a mock, which are others in a container.
var placeVariables = []string{"MOCK_GPUDB_HOST", "MOCK_GPUDB_PORT", "MOCK_GPUDB_FIXTURES"}

// findServer is the URL of the server of all tests of this process: a running one, a container, or a
// process. Its error is errNoServer if no way works, and no variable names a mock.
var findServer = sync.OnceValues(func() (string, error) {
	if running := os.Getenv("MOCK_GPUDB_URL"); running != "" {
		return useServer(strings.TrimRight(running, "/"))
	}
	if !isUnix {
		return "", fmt.Errorf("%w without a Unix shell", errNoServer)
	}
	if image := os.Getenv("MOCK_GPUDB_IMAGE"); image != "" {
		return startContainer(image, "missing")
	}
	if command := os.Getenv("MOCK_GPUDB_COMMAND"); command != "" {
		return startProcess(command)
	}
	url, noContainer := startContainer("mock-gpudb", "never")
	if noContainer == nil {
		return url, nil
	}
	url, noProcess := startProcess("mock-gpudb")
	if noProcess != nil {
		return "", fmt.Errorf("%w: %w; %w", errNoServer, noContainer, noProcess)
	}
	return url, nil
})

var isURL = regexp.MustCompile(`^https?://[^/~][^~]*$`)

func useServer(url string) (string, error) {
	if !isURL.MatchString(url) {
		return "", fmt.Errorf("MOCK_GPUDB_URL: expected a URL such as http://localhost:9191, without a scope, got %s", url)
	}
	return untilReady(url)
}

func startProcess(command string) (string, error) {
	words := append(strings.Fields(command), "start", "--host", "127.0.0.1", "--port", "0")
	if os.Getenv("MOCK_GPUDB_FIXTURES") == "" {
		// By default, the mock reads the folder ./fixtures, which may be of another tool.
		words = append(words, "--fixtures", "")
	}
	mock := exec.Command(words[0], words[1:]...)
	mock.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(ownVariables, name)
	})
	mock.Stderr = os.Stderr
	ownGroup(mock)
	out, err := mock.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := mock.Start(); err != nil {
		return "", fmt.Errorf("cannot start %s: %w", command, err)
	}
	if err := atExit("kill", "-s", "TERM", "--", fmt.Sprintf("-%d", mock.Process.Pid)); err != nil {
		return "", err
	}
	listening := make(chan string, 1)
	go readOutput(out, listening)
	select {
	case url, ok := <-listening:
		if ok {
			return url, nil
		}
	case <-time.After(startLimit):
	}
	return "", fmt.Errorf("cannot start %s: it does not say that it listens", command)
}

// readOutput reads to the end, so that the process never waits for its reader.
func readOutput(out io.Reader, listening chan<- string) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			listening <- url
		}
	}
	close(listening)
}

func startContainer(image, pull string) (string, error) {
	run := []string{"run", "--rm", "--detach", "--pull", pull, "--publish", "127.0.0.1::9191"}
	variables := os.Environ()
	slices.Sort(variables)
	for _, variable := range variables {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "MOCK_GPUDB_") && !slices.Contains(ownVariables, name) &&
			!slices.Contains(placeVariables, name) {
			run = append(run, "--env", name)
		}
	}
	id, err := docker(append(run, image)...)
	if err != nil {
		return "", err
	}
	if err := atExit("docker", "rm", "--force", id); err != nil {
		return "", err
	}
	address, err := docker("port", id, "9191/tcp")
	if err != nil {
		return "", err
	}
	return untilReady("http://" + address)
}

// docker returns the last line of the output.
func docker(arguments ...string) (string, error) {
	output, err := exec.Command("docker", arguments...).CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if err != nil {
		return "", fmt.Errorf("cannot start a container: %w: %s", err, lines[0])
	}
	return lines[len(lines)-1], nil
}

// shells keeps the inputs of the shells of atExit open.
var shells []*exec.Cmd

// atExit runs a command when this process has ended, however it ends: then the input of a shell ends.
func atExit(command ...string) error {
	script := append([]string{"-c", `cat; "$@"`, "sh"}, command...)
	shell := exec.Command("sh", script...)
	ownGroup(shell)
	if _, err := shell.StdinPipe(); err != nil {
		return err
	}
	shells = append(shells, shell)
	return shell.Start()
}

func untilReady(url string) (string, error) {
	deadline := time.Now().Add(startLimit)
	for {
		_, err := exchange("GET", url+"/__mock/ready", nil)
		if err == nil {
			return url, nil
		}
		var problem *Problem
		starts := !errors.As(err, &problem) || problem.Code == "NOT_READY"
		if !starts || time.Now().After(deadline) {
			return "", fmt.Errorf("no mock-gpudb answers: %w", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
