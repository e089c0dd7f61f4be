package example;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The mock at MOCK_GPUDB_URL, or a process that runs until close(). */
final class MockGpudb implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(10);

  private final String url;
  private final Process process;

  private MockGpudb(String url, Process process) {
    this.url = url;
    this.process = process;
  }

  static MockGpudb start() throws IOException {
    String url = System.getenv("MOCK_GPUDB_URL");
    if (url != null) {
      return new MockGpudb(url, null);
    }
    String command = System.getenv().getOrDefault("MOCK_GPUDB", "npx mock-gpudb");
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(List.of("start", "--host", "127.0.0.1", "--port", "0", "--clock", "frozen"));
    Process process = new ProcessBuilder(words)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    if (line == null || !line.startsWith("listening on ")) {
      process.destroy();
      throw new IOException("The mock does not start: " + line);
    }
    return new MockGpudb(line.substring("listening on ".length()), process);
  }

  /** Creates an isolated scope of the mock, with a frozen clock. */
  Scope newScope() throws IOException, InterruptedException {
    Scope scope = new Scope("junit-" + UUID.randomUUID());
    scope.control("/clock", "{\"mode\": \"frozen\"}");
    return scope;
  }

  @Override
  public void close() throws InterruptedException {
    if (process != null) {
      // npx does not forward signals.
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      process.waitFor();
    }
  }

  final class Scope implements AutoCloseable {
    private final String name;

    private Scope(String name) {
      this.name = name;
    }

    /** The URL of this scope for a client. */
    String url() {
      return url + "/~" + name;
    }

    /** Posts to the control API. Throws IOException for a status other than 2xx. */
    String control(String path, String json) throws IOException, InterruptedException {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + "/__mock" + path))
          .header("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(json));
      return send(request);
    }

    @Override
    public void close() throws IOException, InterruptedException {
      URI uri = URI.create(url + "/__mock/scopes/" + name);
      send(HttpRequest.newBuilder(uri).DELETE());
    }
  }

  private static String send(HttpRequest.Builder builder) throws IOException, InterruptedException {
    HttpRequest request = builder.timeout(CONTROL_TIMEOUT).build();
    var response = HTTP.send(request, BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          request.method() + " " + request.uri() + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }
}
