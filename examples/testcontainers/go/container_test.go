// Package container shows how to run mock-gpudb with testcontainers.
package container

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const port = "9191/tcp"

// waits has the image's own health check, and what suites do that used Kinetica's image before.
var waits = map[string]wait.Strategy{
	"healthy":   wait.ForHealthCheck(),
	"answering": wait.ForHTTP("/").WithPort(port),
}

func TestMockAnswers(t *testing.T) {
	for name, strategy := range waits {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			mock, err := testcontainers.Run(ctx, "mock-gpudb",
				testcontainers.WithExposedPorts(port),
				testcontainers.WithEnv(map[string]string{"MOCK_GPUDB_CLOCK": "frozen"}),
				testcontainers.WithWaitStrategy(strategy),
			)
			testcontainers.CleanupContainer(t, mock)
			if err != nil {
				t.Fatal(err)
			}
			// What a client is given.
			url, err := mock.PortEndpoint(ctx, port, "http")
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil || string(body) != "Kinetica is running!" {
				t.Fatalf("%q, %v", body, err)
			}
		})
	}
}
