package mockgpudb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class MockGpudbTest {
  /** The server of the command, started by a script that stands for docker. */
  private static final String DOCKER =
      "#!/bin/sh\n"
          + "echo \"$@\" >> \"$0.log\"\n"
          + "case \"$1\" in\n"
          + "  run) echo pulling\n"
          + "    MOCK_GPUDB_PORT= $MOCK start --stop-with-stdin --host 127.0.0.1 --port 0 2>/dev/null | tee \"$0.out\" ;;\n"
          + "  port) sed 's#listening on http://##' \"$0.out\" ;;\n"
          + "esac\n";

  @BeforeEach
  void forgetUrls() {
    Cases.URLS.clear();
  }

  @Test
  void everyVerbIsACallOfTheMock() {
    assertEquals(Map.of(), failures(run(Cases.Verbs.class)));
    assertEquals(Map.of(), failures(run(Cases.Tables.class)));
  }

  @Test
  void aTestTakesItsScopeAsAParameter() {
    assertEquals(Map.of(), failures(run(Cases.Parameters.class)));
    assertEquals(3, Cases.URLS.size());
  }

  @Test
  @ExtendWith(MockGpudb.class)
  void testsAtTheSameTimeHaveScopesOfTheirOwnWhichAreRemoved(MockGpudb gpudb) {
    assertEquals(Map.of(), failures(runInParallel(Cases.Parallel.class)));
    assertEquals(3, Cases.URLS.size());
    String scopes = String.valueOf(gpudb.control("GET", "/scopes", null));
    assertTrue(scopes.contains("testsAtTheSameTime"), scopes);
    assertTrue(!scopes.contains("Parallel"), scopes);
  }

  @Test
  void aFieldThatParallelTestsShareIsRejected() {
    Map<String, String> failures = failures(runInParallel(Cases.SharedField.class));
    assertTrue(failures.containsValue(
        "Cannot use MockGpudb: tests that run at the same time share it. Make the field "
            + "non-static, or take it as a parameter of the test"), failures.toString());
  }

  @Test
  @ExtendWith(MockGpudb.class)
  void cleanFailsATestThatPassesWithFindings(MockGpudb gpudb) {
    Map<String, String> failures = failures(run(Cases.Clean.class));
    assertEquals(2, failures.size(), failures.toString());
    assertEquals("own error", failures.get("withAnErrorOfItsOwn()"));
    String message = failures.get("withFindings()");
    assertTrue(message.contains("is not clean: no requests"), message);
    assertEquals(3, Cases.URLS.size());
    String scopes = String.valueOf(gpudb.control("GET", "/scopes", null));
    assertTrue(!scopes.contains("Clean."), scopes);
  }

  @Test
  void aFailureHasTheUnmatchedRequestsOfTheTest() {
    Map<String, Throwable> failures = throwables(run(Cases.Failing.class));
    assertEquals(List.of(), List.of(failures.get("withoutRequests()").getSuppressed()));
    Throwable[] unmatched = failures.get("withUnmatchedRequests()").getSuppressed();
    assertEquals(1, unmatched.length);
    String message = unmatched[0].getMessage();
    assertTrue(message.startsWith(
        "request 1 of /has/table\n"
            + "  the nearest rule is others; request.table_name: expected \"others\", got \"orders\"\n"
            + "  {table_name=orders"), message);
    assertTrue(message.endsWith("\nand 1 more"), message);
    String problem = failures.get("withoutItsScope()").getSuppressed()[0].getMessage();
    assertTrue(problem.contains("withoutItsScope"), problem);
  }

  @Test
  void cleanIsAnOptionOfAClass() {
    Map<String, String> failures = failures(run(Cases.CleanByOption.class));
    assertEquals(Set.of("withFindings()", "withFindingsToo()"), failures.keySet());
    failures.values().forEach(message -> assertTrue(message.contains("is not clean"), message));
  }

  @Test
  void aConstructorHasNoScopeYet() {
    String message = failures(run(Cases.TooEarly.class)).get("neverRuns()");
    assertEquals(
        "Cannot pass MockGpudb: a scope exists only in tests, @BeforeEach and @AfterEach", message);
  }

  @Test
  void atUsesTheMockAtAnUrl() {
    String message = failures(run(Cases.AtAnUrl.class)).get("neverRuns()");
    assertTrue(message.startsWith("http://127.0.0.1:1/~AtAnUrl.neverRuns-"), message);
  }

  @Test
  void withoutATestThereIsNoScope() {
    IllegalStateException error =
        assertThrows(IllegalStateException.class, () -> new MockGpudb().url());
    assertEquals("Cannot use MockGpudb: no test is running", error.getMessage());
  }

  @Test
  void withoutAServerATestIsAborted(@TempDir Path folder) throws Exception {
    String output = runElsewhere(folder, Map.of());
    assertTrue(
        output.startsWith(
            "ABORTED Cannot find mock-gpudb: set MOCK_GPUDB_URL, MOCK_GPUDB_IMAGE or MOCK_GPUDB_COMMAND, as "
                + "the README of mock-gpudb-junit5 describes; tried: Cannot start"),
        output);
    assertTrue(output.contains("Cannot start a container of mock-gpudb: "), output);
    assertTrue(output.contains("Cannot start mock-gpudb: "), output);
    // Maven shows no more of an aborted test.
    String shown = Files.readString(folder.resolve("stderr"));
    assertTrue(shown.startsWith("Tests are aborted: Cannot find mock-gpudb: set MOCK_GPUDB_URL, "), shown);
  }

  @Test
  void aNamedServerThatIsMissingIsAFailure(@TempDir Path folder) throws Exception {
    String command = runElsewhere(folder, Map.of("MOCK_GPUDB_COMMAND", "no-such-command --flag"));
    assertTrue(command.startsWith("FAILED Cannot start no-such-command --flag: "), command);
    String ended = runElsewhere(folder, Map.of("MOCK_GPUDB_COMMAND", "/bin/true"));
    assertEquals("FAILED Cannot start /bin/true: it ended with exit code 0:", ended);
    String image = runElsewhere(folder, Map.of("MOCK_GPUDB_IMAGE", "no-such-image"));
    assertTrue(image.startsWith("FAILED Cannot start a container of no-such-image: "), image);
    assertEquals(
        "FAILED MOCK_GPUDB_URL: expected a URL such as http://localhost:9191, without a scope, got localhost:9191",
        runElsewhere(folder, Map.of("MOCK_GPUDB_URL", "localhost:9191")));
    String scope = runElsewhere(folder, Map.of("MOCK_GPUDB_URL", "http://localhost:9191/~a"));
    assertTrue(scope.endsWith("without a scope, got http://localhost:9191/~a"), scope);
  }

  @Test
  void aServerThatIsNoMockIsAFailure(@TempDir Path folder) throws Exception {
    HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    other.createContext(
        "/json/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(404, 2);
          exchange.getResponseBody().write("{}".getBytes());
          exchange.close();
        });
    other.start();
    String url = "http://127.0.0.1:" + other.getAddress().getPort();
    String output = runElsewhere(folder, Map.of("MOCK_GPUDB_URL", url));
    String json = runElsewhere(folder, Map.of("MOCK_GPUDB_URL", url + "/json"));
    other.stop(0);
    assertEquals(
        "FAILED No mock-gpudb answers: " + url + "/json/__mock/ready answers with 404 and application/json", json);
    assertEquals(
        "FAILED No mock-gpudb answers: " + url + "/__mock/ready answers with 404 and text/html", output);
  }

  @Test
  void theTokenOfTheMockIsSent(@TempDir Path folder) throws Exception {
    Map<String, String> variables =
        Map.of("MOCK_GPUDB_COMMAND", command(), "PATH", System.getenv("PATH"));
    Map<String, String> withToken = new TreeMap<>(variables);
    withToken.put("MOCK_GPUDB_TOKEN", "t0ken");
    assertEquals("SUCCESSFUL", runElsewhere(folder, withToken));
  }

  @Test
  void aContainerIsUsedIfItsImageIsThere(@TempDir Path folder) throws Exception {
    Path docker = Files.writeString(folder.resolve("docker"), DOCKER);
    Files.setPosixFilePermissions(docker, PosixFilePermissions.fromString("rwxr-xr-x"));
    String path = folder + ":" + System.getenv("PATH");
    Map<String, String> variables =
        Map.of("MOCK", command(), "PATH", path, "MOCK_GPUDB_CLOCK", "real", "MOCK_GPUDB_PORT", "1");
    String output = runElsewhere(folder, variables);
    assertEquals("SUCCESSFUL", output);
    List<String> calls = Files.readAllLines(folder.resolve("docker.log"));
    String container = calls.get(0).replaceFirst(".*--name (\\S+).*", "$1");
    assertEquals(
        List.of(
            "run --rm --interactive --name " + container + " --pull never --publish 127.0.0.1::9191"
                + " --env MOCK_GPUDB_CLOCK mock-gpudb start --stop-with-stdin",
            "port " + container + " 9191/tcp"),
        calls);
    String url = Files.readString(folder.resolve("docker.out")).trim().replace("listening on ", "");
    awaitEnd(url);
  }

  @Test
  void aMockEndsWithAJvmThatIsKilled(@TempDir Path folder) throws Exception {
    Map<String, String> variables =
        Map.of("MOCK_GPUDB_COMMAND", command(), "PATH", System.getenv("PATH"));
    Process jvm = startElsewhere(folder, variables, Cases.Waiting.class);
    String url =
        new BufferedReader(new InputStreamReader(jvm.getInputStream()))
            .lines()
            .filter(line -> line.startsWith("http://"))
            .findFirst()
            .orElseThrow();
    assertEquals(200, Cases.callEndpoint(url));
    // On Unix, SIGKILL: no code of the JVM runs any more.
    jvm.destroyForcibly();
    awaitEnd(url);
  }

  /** Waits until nothing listens at a URL any more. */
  private static void awaitEnd(String url) throws Exception {
    URI address = URI.create(url);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        new Socket(address.getHost(), address.getPort()).close();
      } catch (ConnectException error) {
        return;
      }
      assertTrue(System.nanoTime() < deadline, url + " still answers");
      Thread.sleep(50);
    }
  }

  /** The command of a mock: the one that this suite itself uses. */
  private static String command() {
    return System.getenv().getOrDefault("MOCK_GPUDB_COMMAND", "mock-gpudb");
  }

  private static EngineExecutionResults run(Class<?> suite) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(suite)).execute();
  }

  private static EngineExecutionResults runInParallel(Class<?> suite) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(suite))
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "3")
        .execute();
  }

  /** The messages of the tests that did not pass, by their names. Every test must have run. */
  private static Map<String, String> failures(EngineExecutionResults results) {
    Map<String, String> messages = new TreeMap<>();
    throwables(results).forEach((test, error) -> messages.put(test, String.valueOf(error.getMessage())));
    return messages;
  }

  private static Map<String, Throwable> throwables(EngineExecutionResults results) {
    Map<String, Throwable> failures = new TreeMap<>();
    assertTrue(results.testEvents().started().count() > 0, "no test ran");
    results
        .testEvents()
        .finished()
        .stream()
        .filter(event -> result(event).getThrowable().isPresent())
        .forEach(
            event ->
                failures.put(
                    event.getTestDescriptor().getDisplayName(),
                    result(event).getThrowable().orElseThrow()));
    return failures;
  }

  private static TestExecutionResult result(Event event) {
    return event.getRequiredPayload(TestExecutionResult.class);
  }

  private static String message(Event event) {
    return String.valueOf(result(event).getThrowable().orElseThrow().getMessage());
  }

  /** Runs a test in a JVM with no other variables. Returns its result and message. */
  private static String runElsewhere(Path folder, Map<String, String> variables)
      throws IOException, InterruptedException {
    Process process = startElsewhere(folder, variables, Cases.OneTest.class);
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output.trim();
  }

  private static Process startElsewhere(
      Path folder, Map<String, String> variables, Class<?> suite) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Elsewhere.class.getName(), suite.getName()));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", folder.toString());
    environment.putAll(variables);
    return builder.redirectError(folder.resolve("stderr").toFile()).start();
  }

  static final class Elsewhere {
    private Elsewhere() {}

    public static void main(String[] arguments) throws ClassNotFoundException {
      run(Class.forName(arguments[0]))
          .testEvents()
          .finished()
          .stream()
          .forEach(event -> System.out.println(describe(event)));
    }

    private static String describe(Event event) {
      String status = String.valueOf(result(event).getStatus());
      return result(event).getThrowable().isPresent() ? status + " " + message(event) : status;
    }
  }
}
