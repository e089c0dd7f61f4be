// Package container runs mock-gpudb with testcontainers.
package container

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
	"mockgpudb"
)

const port = "9191/tcp"

// waits contains the health check of the image, and the strategy of suites for Kinetica's own image.
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
				testcontainers.WithWaitStrategy(strategy),
			)
			testcontainers.CleanupContainer(t, mock)
			if err != nil {
				t.Fatal(err)
			}
			// The URL for a client.
			url, err := mock.PortEndpoint(ctx, port, "http")
			if err != nil {
				t.Fatal(err)
			}
			scope := mockgpudb.New(t, mockgpudb.At(url), mockgpudb.Frozen)
			response, err := http.Get(scope.URL)
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
