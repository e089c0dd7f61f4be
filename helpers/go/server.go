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

const (
	startLimit    = 30 * time.Second
	stopWithStdin = "--stop-with-stdin"
)

var errNoServer = errors.New("cannot find mock-gpudb: set MOCK_GPUDB_URL, MOCK_GPUDB_IMAGE or MOCK_GPUDB_COMMAND, " +
	"as the README of mockgpudb describes")

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
	if image := os.Getenv("MOCK_GPUDB_IMAGE"); image != "" {
		return startContainer(image, "missing")
	}
	if command := os.Getenv("MOCK_GPUDB_COMMAND"); command != "" {
		return startCommand(command)
	}
	url, noContainer := startContainer("mock-gpudb", "never")
	if noContainer == nil {
		return url, nil
	}
	url, noProcess := startCommand("mock-gpudb")
	if noProcess != nil {
		return "", fmt.Errorf("%w; tried: %w; %w", errNoServer, noContainer, noProcess)
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

func startCommand(command string) (string, error) {
	words := append(strings.Fields(command), "start", stopWithStdin, "--host", "127.0.0.1", "--port", "0")
	if os.Getenv("MOCK_GPUDB_FIXTURES") == "" {
		// By default, the mock reads the folder ./fixtures, which may be of another tool.
		words = append(words, "--fixtures", "")
	}
	return startProcess(command, words)
}

func startContainer(image, pull string) (string, error) {
	container := unique("mock-gpudb-go")
	// Its input ends when the program docker ends, however that ends.
	words := []string{"docker", "run", "--rm", "--interactive", "--name", container, "--pull", pull}
	words = append(words, "--publish", "127.0.0.1::9191")
	variables := os.Environ()
	slices.Sort(variables)
	for _, variable := range variables {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "MOCK_GPUDB_") && !slices.Contains(ownVariables, name) &&
			!slices.Contains(placeVariables, name) {
			words = append(words, "--env", name)
		}
	}
	words = append(words, image, "start", stopWithStdin)
	if _, err := startProcess("a container of "+image, words); err != nil {
		return "", err
	}
	address, err := docker("port", container, "9191/tcp")
	if err != nil {
		return "", err
	}
	return untilReady("http://" + address)
}

// startProcess returns the URL that the mock prints. The mock stops when its input ends: the system closes
// that when this process ends, however it ends.
func startProcess(name string, words []string) (string, error) {
	mock := exec.Command(words[0], words[1:]...)
	mock.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(ownVariables, name)
	})
	input, err := mock.StdinPipe()
	if err != nil {
		return "", err
	}
	output, err := mock.StdoutPipe()
	if err != nil {
		return "", err
	}
	mock.Stderr = mock.Stdout
	if err := mock.Start(); err != nil {
		return "", fmt.Errorf("cannot start %s: %w", name, err)
	}
	listening := make(chan string, 1)
	ended := make(chan string, 1)
	go func() {
		// This refers to the mock: the garbage collector must not close its input before.
		last := readOutput(output, listening)
		mock.Wait()
		ended <- fmt.Sprintf("it ended with exit code %d: %s", mock.ProcessState.ExitCode(), last)
	}()
	reason := "it does not listen in time"
	select {
	case url := <-listening:
		return url, nil
	case reason = <-ended:
	case <-time.After(startLimit):
		mock.Process.Kill()
	}
	input.Close()
	return "", fmt.Errorf("cannot start %s: %s", name, reason)
}

// readOutput reads to the end, so that the process never waits for its reader. It shows the log of a mock
// that listens, and returns the last lines of another one.
func readOutput(output io.Reader, listening chan<- string) string {
	lines := bufio.NewScanner(output)
	var before []string
	listens := false
	for lines.Scan() {
		line := lines.Text()
		url, isURL := strings.CutPrefix(line, "listening on ")
		switch {
		case listens:
			fmt.Fprintln(os.Stderr, line)
		case isURL:
			for _, earlier := range before {
				fmt.Fprintln(os.Stderr, earlier)
			}
			listens = true
			listening <- url
		default:
			before = append(before, line)
		}
	}
	return strings.Join(before[max(len(before)-3, 0):], " ")
}

// docker returns the last line of the output.
func docker(arguments ...string) (string, error) {
	output, err := exec.Command("docker", arguments...).CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if err != nil {
		return "", fmt.Errorf("cannot call docker: %w: %s", err, lines[0])
	}
	return lines[len(lines)-1], nil
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
