package mockgpudb;

import static java.util.stream.Collectors.joining;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * Gives each test a scope of mock-gpudb: a world with its own clock, jobs, rules, faults, clusters
 * and journal, which is removed after the test.
 *
 * <pre>{@code
 * @RegisterExtension
 * final MockGpudb gpudb = new MockGpudb().frozen().clean();
 * }</pre>
 *
 * <p>or {@code @ExtendWith(MockGpudb.class)}, {@link Options} and a parameter of this type.
 *
 * <p>Bodies are JSON texts, which may have comments. Answers are read into maps, lists, strings,
 * longs, doubles, booleans and null. A filter is a parameter of the query, such as
 * {@code "status=RUNNING"}. An expectation that is not met is an {@link AssertionError}, any other
 * rejection a {@link Problem}.
 */
public final class MockGpudb implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  /** What a test asks for, on the test or its class. */
  @Target({ElementType.METHOD, ElementType.TYPE})
  @Retention(RetentionPolicy.RUNTIME)
  public @interface Options {
    /** The clock stands still until the test moves it. */
    boolean frozen() default false;

    /** A test that passes fails if the report of its scope has findings. */
    boolean clean() default false;
  }

  /** A call that the mock rejected. Its code is one of docs/control.md, such as JOB_NOT_FOUND. */
  public static final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    private Problem(String code, String message) {
      super(message);
      this.code = code;
    }

    public String code() {
      return code;
    }
  }

  /** What a failed test sent that neither a rule nor the endpoint itself answered; it is suppressed. */
  private static final class Unmatched extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Unmatched(String message) {
      super(message, null, false, false);
    }
  }

  private static final int MAX_DESCRIBED = 10;
  private static final int MAX_SHOWN_CHARACTERS = 500;
  private static final int NAME_LIMIT = 55;
  private static final int NO_CONTENT = 204;
  private static final int EXPECTATION_FAILED = 417;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(60);
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  /** The name of the scope; null in an extension, which stands for that of the running test. */
  private final String name;

  private final Set<MockGpudb> running = ConcurrentHashMap.newKeySet();
  private String server;
  private boolean frozen;
  private boolean clean;

  public MockGpudb() {
    this(null, null);
  }

  private MockGpudb(String name, String server) {
    this.name = name;
    this.server = server;
  }

  /** Uses the mock at this URL, for example that of a container that the test class starts. */
  public MockGpudb at(String url) {
    server = url.replaceAll("/+$", "");
    return this;
  }

  /** Each test starts with a clock that stands still until the test moves it. */
  public MockGpudb frozen() {
    frozen = true;
    return this;
  }

  /** Each test that passes fails if the report of its scope has findings. */
  public MockGpudb clean() {
    clean = true;
    return this;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    String url = server == null ? Server.find() : server;
    MockGpudb scope = new MockGpudb(scopeName(context), url);
    if (frozen || asks(context, Options::frozen)) {
      scope.clock().set("{\"mode\": \"frozen\"}");
    } else {
      scope.createScope();
    }
    running.add(scope);
    context.getStore(namespace()).put(MockGpudb.class, scope);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    MockGpudb scope = context.getStore(namespace()).get(MockGpudb.class, MockGpudb.class);
    if (scope == null) {
      return;
    }
    try {
      Optional<Throwable> failure = context.getExecutionException();
      failure.ifPresent(scope::describeUnmatched);
      if (failure.isEmpty() && (clean || asks(context, Options::clean))) {
        scope.report("fail=true");
      }
    } finally {
      running.remove(scope);
      scope.removeScope();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == MockGpudb.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    MockGpudb scope = context.getStore(namespace()).get(MockGpudb.class, MockGpudb.class);
    if (scope == null) {
      throw new ParameterResolutionException(
          "Cannot pass MockGpudb: a scope exists only in tests, @BeforeEach and @AfterEach");
    }
    return scope;
  }

  /** The URL of the scope, for a client. */
  public String url() {
    MockGpudb scope = scope();
    return scope.server + "/~" + scope.name;
  }

  public Clock clock() {
    return new Clock();
  }

  public Jobs jobs() {
    return new Jobs();
  }

  public Rules rules() {
    return new Rules();
  }

  public Faults faults() {
    return new Faults();
  }

  public Requests requests() {
    return new Requests();
  }

  public Polls polls() {
    return new Polls();
  }

  public Clusters clusters() {
    return new Clusters();
  }

  public Timeline timeline() {
    return new Timeline();
  }

  public Tables tables() {
    return new Tables();
  }

  public Fixtures fixtures() {
    return new Fixtures();
  }

  /**
   * What the test may have forgotten. Filters: {@code fail=true}, {@code checks=unmatched}.
   *
   * <p>Operation: getReport
   */
  public Map<String, Object> report(String... filters) {
    return query("GET", "/report", filters);
  }

  /**
   * Starts the scope again from the fixtures of the server; its time goes on.
   *
   * <p>Operation: resetScope
   */
  public void reset() {
    call("POST", "/reset");
  }

  /** Calls any other route of the control API, such as {@code control("GET", "/scopes", null)}. */
  public Map<String, Object> control(String method, String path, String body) {
    return exchange(method, url() + "/__mock" + path, body);
  }

  /** Operation: createScope */
  private void createScope() {
    call("PUT", "/scopes/{name}", name);
  }

  /** Operation: removeScope */
  private void removeScope() {
    try {
      call("DELETE", "/scopes/{name}", name);
    } catch (Problem problem) {
      if (!problem.code().equals("SCOPE_NOT_FOUND")) {
        throw problem;
      }
    }
  }

  /** The clock of the scope. Durations are texts such as 500ms, 2s and 1h. */
  public final class Clock {
    private Clock() {}

    /** Operation: getClock */
    public Map<String, Object> get() {
      return call("GET", "/clock");
    }

    /** Operation: setClock */
    public Map<String, Object> set(String change) {
      return send("POST", "/clock", change);
    }

    /** Operation: advanceClock */
    public Map<String, Object> advance(String duration) {
      return send("POST", "/clock/advance", "{\"by\": \"" + duration + "\"}");
    }

    /**
     * Moves the clock to the next change.
     *
     * <p>Operation: advanceClockToNext
     */
    public Map<String, Object> next() {
      return call("POST", "/clock/next");
    }

    /**
     * Moves the clock until nothing is ahead.
     *
     * <p>Operation: runClock
     */
    public Map<String, Object> run() {
      return call("POST", "/clock/run");
    }
  }

  /** The jobs of the scope. A job is a number, or a text such as {@code tag:nightly}. */
  public final class Jobs {
    private Jobs() {}

    /** Operation: listJobs */
    public Map<String, Object> list(String... filters) {
      return query("GET", "/jobs", filters);
    }

    /** Operation: createJob */
    public Map<String, Object> create(String job) {
      return send("POST", "/jobs", job);
    }

    /** Operation: getJob */
    public Map<String, Object> get(Object job) {
      return call("GET", "/jobs/{id}", job);
    }

    /** Operation: patchJob */
    public Map<String, Object> patch(Object job, String change) {
      return send("PATCH", "/jobs/{id}", change, job);
    }

    /** Operation: removeJob */
    public void remove(Object job) {
      call("DELETE", "/jobs/{id}", job);
    }

    /**
     * Ends the hold of a job.
     *
     * <p>Operation: releaseJob
     */
    public Map<String, Object> release(Object job) {
      return call("POST", "/jobs/{id}/release", job);
    }

    /**
     * Ends a job, for example by {@code {"outcome": "ERROR", "error": "the disk is full"}}.
     *
     * <p>Operation: finishJob
     */
    public Map<String, Object> finish(Object job, String outcome) {
      return send("POST", "/jobs/{id}/finish", outcome, job);
    }

    /** Operation: cancelJob */
    public Map<String, Object> cancel(Object job) {
      return call("POST", "/jobs/{id}/cancel", job);
    }

    /**
     * Waits in real time. Filters: {@code status=DONE}, {@code timeout=5s}.
     *
     * <p>Operation: waitForJob
     */
    public Map<String, Object> waitFor(Object job, String... filters) {
      return query("GET", "/jobs/{id}/wait", filters, job);
    }
  }

  /** The rules of the scope. */
  public final class Rules {
    private Rules() {}

    /** Operation: listRules */
    public Map<String, Object> list() {
      return call("GET", "/rules");
    }

    /**
     * Adds a rule that is tried before all others.
     *
     * <p>Operation: addRule
     */
    public Map<String, Object> add(String rule) {
      return send("POST", "/rules", rule);
    }

    /** Operation: getRule */
    public Map<String, Object> get(String id) {
      return call("GET", "/rules/{id}", id);
    }

    /** Operation: replaceRule */
    public Map<String, Object> put(String id, String rule) {
      return send("PUT", "/rules/{id}", rule, id);
    }

    /** Operation: removeRule */
    public void remove(String id) {
      call("DELETE", "/rules/{id}", id);
    }

    /**
     * Removes all rules, those of the fixtures too.
     *
     * <p>Operation: clearRules
     */
    public void clear() {
      call("DELETE", "/rules");
    }
  }

  /** The faults of the scope. */
  public final class Faults {
    private Faults() {}

    /** Operation: listFaults */
    public Map<String, Object> list() {
      return call("GET", "/faults");
    }

    /**
     * Adds a fault that strikes before all others.
     *
     * <p>Operation: addFault
     */
    public Map<String, Object> add(String fault) {
      return send("POST", "/faults", fault);
    }

    /** Operation: getFault */
    public Map<String, Object> get(String id) {
      return call("GET", "/faults/{id}", id);
    }

    /** Operation: replaceFault */
    public Map<String, Object> put(String id, String fault) {
      return send("PUT", "/faults/{id}", fault, id);
    }

    /**
     * Switches a fault by {@code {"enabled": false}}.
     *
     * <p>Operation: switchFault
     */
    public Map<String, Object> patch(String id, String change) {
      return send("PATCH", "/faults/{id}", change, id);
    }

    /** Operation: removeFault */
    public void remove(String id) {
      call("DELETE", "/faults/{id}", id);
    }

    /**
     * Removes all faults, those of the fixtures too.
     *
     * <p>Operation: clearFaults
     */
    public void clear() {
      call("DELETE", "/faults");
    }
  }

  /** The requests that clients sent, and what is expected of them. */
  public final class Requests {
    private Requests() {}

    /** Operation: listRequests */
    public Map<String, Object> list(String... filters) {
      return query("GET", "/requests", filters);
    }

    /** Operation: listUnmatchedRequests */
    public Map<String, Object> unmatched() {
      return call("GET", "/requests/unmatched");
    }

    /** Operation: clearRequests */
    public void clear() {
      call("DELETE", "/requests");
    }

    /**
     * How many requests match {@code {"when": {…}}}, as {@code count}.
     *
     * <p>Operation: countRequests
     */
    public Map<String, Object> count(String search) {
      return send("POST", "/requests/count", search);
    }

    /**
     * Throws AssertionError unless {@code {"when": {…}, "times": {"exactly": 1}}} is met.
     *
     * <p>Operation: verifyRequests
     */
    public Map<String, Object> verify(String expectation) {
      return send("POST", "/requests/verify", expectation);
    }

    /**
     * Waits in real time for {@code {"when": {…}, "at_least": 1, "timeout": "5s"}}.
     *
     * <p>Operation: waitForRequests
     */
    public Map<String, Object> waitFor(String expectation) {
      return send("POST", "/requests/wait", expectation);
    }
  }

  /** The clusters of the scope; without a ring there is one, named a. */
  public final class Clusters {
    private Clusters() {}

    /** Operation: listClusters */
    public Map<String, Object> list() {
      return call("GET", "/clusters");
    }

    /** Operation: getCluster */
    public Map<String, Object> get(String cluster) {
      return call("GET", "/clusters/{name}", cluster);
    }

    /**
     * Moves a cluster, for example by {@code {"state": "down", "for": "10s"}}.
     *
     * <p>Operation: moveCluster
     */
    public Map<String, Object> patch(String cluster, String change) {
      return send("PATCH", "/clusters/{name}", change, cluster);
    }
  }

  /** What happens when, on the clock of the scope. */
  public final class Timeline {
    private Timeline() {}

    /** Operation: getTimeline */
    public Map<String, Object> list() {
      return call("GET", "/timeline");
    }

    /**
     * Replaces all entries, for example by {@code [{"at": "1m", "cluster": "a", "state": "down"}]}.
     *
     * <p>Operation: replaceTimeline
     */
    public Map<String, Object> put(String entries) {
      return send("PUT", "/timeline", entries);
    }
  }

  /** The tables of the scope. */
  public final class Tables {
    private Tables() {}

    /** Operation: listTables */
    public Map<String, Object> list() {
      return call("GET", "/tables");
    }

    /**
     * Returns a table with some of its rows. Filters: {@code limit=100}, {@code offset=0}.
     *
     * <p>Operation: getTable
     */
    public Map<String, Object> get(String table, String... filters) {
      return query("GET", "/tables/{name}", filters, table);
    }

    /** Operation: addTable */
    public Map<String, Object> add(String table) {
      return send("POST", "/tables", table);
    }

    /** Operation: removeTable */
    public void remove(String table) {
      call("DELETE", "/tables/{name}", table);
    }

    /**
     * Removes all tables, those of the fixtures too.
     *
     * <p>Operation: clearTables
     */
    public void clear() {
      call("DELETE", "/tables");
    }
  }

  /** How clients polled the jobs of the scope. */
  public final class Polls {
    private Polls() {}

    /**
     * Throws AssertionError unless {@code {"job": 7, "times": {"exactly": 3}}} is met.
     *
     * <p>Operation: verifyPolls
     */
    public Map<String, Object> verify(String expectation) {
      return send("POST", "/polls/verify", expectation);
    }
  }

  /** The scope as a fixture document. */
  public final class Fixtures {
    private Fixtures() {}

    /**
     * Adds the jobs, rules, faults, tables, ring and timeline of a fixture, all of it or nothing.
     *
     * <p>Operation: loadFixtures
     */
    public Map<String, Object> load(String fixture) {
      return send("POST", "/fixtures", fixture);
    }

    /**
     * Returns the scope as a fixture; secrets are redacted.
     *
     * <p>Operation: saveFixtures
     */
    public Map<String, Object> save() {
      return call("GET", "/fixtures");
    }
  }

  private Namespace namespace() {
    return Namespace.create(this);
  }

  private MockGpudb scope() {
    if (name != null) {
      return this;
    }
    List<MockGpudb> scopes = List.copyOf(running);
    if (scopes.size() == 1) {
      return scopes.get(0);
    }
    throw new IllegalStateException(
        scopes.isEmpty()
            ? "Cannot use MockGpudb: no test is running"
            : "Cannot use MockGpudb: tests that run at the same time share it. Make the field "
                + "non-static, or take it as a parameter of the test");
  }

  private static String scopeName(ExtensionContext context) {
    String suite = context.getRequiredTestClass().getSimpleName();
    String test = suite + "." + context.getRequiredTestMethod().getName();
    String safe = test.replaceAll("[^A-Za-z0-9_.-]", "_").replaceFirst("^[^A-Za-z0-9]+", "");
    String unique = UUID.randomUUID().toString().substring(0, 8);
    return safe.substring(0, Math.min(safe.length(), NAME_LIMIT)) + "-" + unique;
  }

  private static boolean asks(ExtensionContext context, Predicate<Options> option) {
    Class<?> suite = context.getRequiredTestClass();
    // A nested class has the options of the classes around it.
    Stream<Class<?>> classes = Stream.iterate(suite, Objects::nonNull, Class::getEnclosingClass);
    return Stream.concat(Stream.of(context.getRequiredTestMethod()), classes)
        .map(place -> AnnotationSupport.findAnnotation(place, Options.class))
        .anyMatch(options -> options.filter(option).isPresent());
  }

  /** Adds the first unmatched requests to the failure of a test. Never throws on a broken mock. */
  private void describeUnmatched(Throwable failure) {
    List<?> requests;
    try {
      requests = (List<?>) requests().unmatched().get("requests");
    } catch (Problem | UncheckedIOException error) {
      failure.addSuppressed(error);
      return;
    }
    if (!requests.isEmpty() && !(failure instanceof TestAbortedException)) {
      String shown =
          requests.stream().limit(MAX_DESCRIBED).map(MockGpudb::describe).collect(joining("\n"));
      int more = requests.size() - MAX_DESCRIBED;
      failure.addSuppressed(new Unmatched(shown + (more > 0 ? "\nand " + more + " more" : "")));
    }
  }

  private static String describe(Object item) {
    Map<?, ?> request = (Map<?, ?>) item;
    StringBuilder text = new StringBuilder("request " + request.get("id") + " of " + request.get("endpoint"));
    if (request.get("nearest") instanceof Map) {
      Map<?, ?> nearest = (Map<?, ?>) request.get("nearest");
      text.append("\n  the nearest rule is " + nearest.get("rule") + "; " + nearest.get("reason"));
    }
    if (!"".equals(request.get("error"))) {
      text.append("\n  error: " + request.get("error"));
    }
    Object sent = request.get("job") == null ? request.get("request") : request.get("job");
    String fields = String.valueOf(sent);
    boolean isLong = fields.length() > MAX_SHOWN_CHARACTERS;
    return text
        + "\n  "
        + (isLong ? fields.substring(0, MAX_SHOWN_CHARACTERS) + "…" : fields);
  }

  /** Calls a route. Values replace the names in braces of the path. */
  private Map<String, Object> call(String method, String path, Object... values) {
    return send(method, path, null, values);
  }

  private Map<String, Object> query(
      String method, String path, String[] filters, Object... values) {
    List<String> query = new ArrayList<>();
    for (String filter : filters) {
      String[] parts = filter.split("=", 2);
      query.add(encode(parts[0]) + "=" + encode(parts.length > 1 ? parts[1] : ""));
    }
    String url = url() + "/__mock" + fill(path, values);
    return exchange(method, query.isEmpty() ? url : url + "?" + String.join("&", query), null);
  }

  private Map<String, Object> send(String method, String path, String body, Object... values) {
    return control(method, fill(path, values), body);
  }

  private static String fill(String path, Object... values) {
    String filled = path;
    for (Object value : values) {
      String encoded = Matcher.quoteReplacement(encode(String.valueOf(value)));
      filled = filled.replaceFirst("\\{\\w+\\}", encoded);
    }
    return filled;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Map<String, Object> exchange(String method, String url, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("Content-Type", "application/json");
    if (!URI.create(url).getPath().endsWith("/wait")) {
      request.timeout(CALL_LIMIT);
    }
    HttpResponse<String> response = fetch(request);
    Map<String, Object> answer = read(response);
    if (response.statusCode() / 100 == 2) {
      return answer;
    }
    String message = answer.get("detail") + " (" + method + " " + url + ")";
    if (response.statusCode() == EXPECTATION_FAILED) {
      throw new AssertionError(message);
    }
    throw new Problem(String.valueOf(answer.get("code")), message);
  }

  /** Throws Problem with the code NOT_A_MOCK if the answer is not one of mock-gpudb. */
  private static Map<String, Object> read(HttpResponse<String> response) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (response.statusCode() == NO_CONTENT) {
      return Map.of();
    }
    if (type.matches("application/(problem\\+)?json\\b.*") && response.body().startsWith("{")) {
      Map<String, Object> answer = new Json(response.body()).object();
      if (response.statusCode() / 100 == 2 || answer.get("code") instanceof String) {
        return answer;
      }
    }
    throw new Problem(
        "NOT_A_MOCK", response.uri() + " answers with " + response.statusCode() + " and " + type);
  }

  private static HttpResponse<String> fetch(HttpRequest.Builder request) {
    String token = Server.setting("MOCK_GPUDB_TOKEN");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException error) {
      throw new UncheckedIOException(request.build().uri() + ": " + error, error);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", error);
    }
  }

  /** The server of all tests of this JVM: a running one, a container, or a process. */
  private static final class Server {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final String LISTENING = "listening on ";
    private static final String STOP_WITH_STDIN = "--stop-with-stdin";

    /** Variables for this class, of which the mock would warn. */
    private static final Set<String> OWN_VARIABLES =
        Set.of("MOCK_GPUDB_URL", "MOCK_GPUDB_IMAGE", "MOCK_GPUDB_COMMAND");

    /** Variables about the address and the files of a mock, which are others in a container. */
    private static final Set<String> PLACE_VARIABLES =
        Set.of("MOCK_GPUDB_HOST", "MOCK_GPUDB_PORT", "MOCK_GPUDB_FIXTURES");

    private static String url;
    private static RuntimeException missing;

    private Server() {}

    /** The URL. Throws TestAbortedException if there is no server, and nothing names one. */
    static synchronized String find() {
      if (url == null && missing == null) {
        try {
          url = start();
        } catch (RuntimeException error) {
          missing = error;
        }
      }
      if (missing != null) {
        throw missing;
      }
      return url;
    }

    static String setting(String variable) {
      String value = System.getenv(variable);
      return value == null || value.isEmpty() ? null : value;
    }

    private static String start() {
      String running = setting("MOCK_GPUDB_URL");
      if (running != null) {
        if (!running.matches("https?://[^/~][^~]*")) {
          throw new IllegalStateException(
              "MOCK_GPUDB_URL: expected a URL such as http://localhost:9191, without a scope, got "
                  + running);
        }
        return untilReady(running.replaceAll("/+$", ""));
      }
      String image = setting("MOCK_GPUDB_IMAGE");
      if (image != null) {
        return startContainer(image, "missing");
      }
      String command = setting("MOCK_GPUDB_COMMAND");
      if (command != null) {
        return startCommand(command);
      }
      String noContainer;
      try {
        return startContainer("mock-gpudb", "never");
      } catch (IllegalStateException error) {
        noContainer = error.getMessage();
      }
      try {
        return startCommand("mock-gpudb");
      } catch (IllegalStateException error) {
        String reason =
            "Cannot find mock-gpudb: set MOCK_GPUDB_URL, MOCK_GPUDB_IMAGE or MOCK_GPUDB_COMMAND, as the "
                + "README of mock-gpudb-junit5 describes; tried: "
                + noContainer + "; " + error.getMessage();
        // Maven shows no reason of an aborted test.
        System.err.println("Tests are aborted: " + reason);
        throw new TestAbortedException(reason);
      }
    }

    private static String startCommand(String command) {
      List<String> words = new ArrayList<>(List.of(command.trim().split("\\s+")));
      words.addAll(List.of("start", STOP_WITH_STDIN, "--host", "127.0.0.1", "--port", "0"));
      if (setting("MOCK_GPUDB_FIXTURES") == null) {
        // By default, the mock reads the folder ./fixtures, which may be of another tool.
        words.addAll(List.of("--fixtures", ""));
      }
      return startProcess(command, words);
    }

    private static String startContainer(String image, String pull) {
      String container = "mock-gpudb-junit5-" + UUID.randomUUID();
      List<String> words =
          new ArrayList<>(
              List.of("docker", "run", "--rm", "--interactive", "--name", container, "--pull", pull));
      words.addAll(List.of("--publish", "127.0.0.1::9191"));
      for (String variable : new TreeSet<>(System.getenv().keySet())) {
        if (variable.startsWith("MOCK_GPUDB_")
            && !OWN_VARIABLES.contains(variable)
            && !PLACE_VARIABLES.contains(variable)) {
          words.addAll(List.of("--env", variable));
        }
      }
      words.addAll(List.of(image, "start", STOP_WITH_STDIN));
      startProcess("a container of " + image, words);
      return untilReady("http://" + docker("port", container, "9191/tcp"));
    }

    /** Starts a mock whose input ends with this JVM, however that ends. Returns the URL that it prints. */
    private static String startProcess(String name, List<String> words) {
      ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
      builder.environment().keySet().removeAll(OWN_VARIABLES);
      Process process;
      try {
        process = builder.start();
      } catch (IOException error) {
        throw new IllegalStateException("Cannot start " + name + ": " + error.getMessage(), error);
      }
      // Refers to the process for as long as the JVM runs: its input must not be closed before.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process)));
      CompletableFuture<String> listening = new CompletableFuture<>();
      Thread reader = new Thread(() -> readOutput(process, listening));
      reader.setDaemon(true);
      reader.start();
      try {
        return listening.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException error) {
        String reason = error.getCause().getMessage();
        throw new IllegalStateException("Cannot start " + name + ": " + reason, error);
      } catch (TimeoutException | InterruptedException error) {
        end(process);
        throw new IllegalStateException("Cannot start " + name + ": it does not listen in time", error);
      }
    }

    private static void end(Process process) {
      // A command such as npx does not forward signals.
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }

    /** Reads to the end, so that the process never waits for its reader. Shows the log of one that listens. */
    private static void readOutput(Process process, CompletableFuture<String> listening) {
      List<String> before = new ArrayList<>();
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      lines
          .lines()
          .forEach(
              line -> {
                if (line.startsWith(LISTENING)) {
                  before.forEach(System.err::println);
                  listening.complete(line.substring(LISTENING.length()));
                } else if (listening.isDone()) {
                  System.err.println(line);
                } else {
                  before.add(line);
                }
              });
      String last = String.join(" ", before.subList(Math.max(before.size() - 3, 0), before.size()));
      listening.completeExceptionally(
          new IOException("it ended with exit code " + process.onExit().join().exitValue() + ": " + last));
    }

    /** The last line of the output. Throws IllegalStateException if the command fails. */
    private static String docker(String... arguments) {
      List<String> words = new ArrayList<>(List.of("docker"));
      words.addAll(List.of(arguments));
      try {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String text = output.trim();
        if (process.waitFor() != 0) {
          String reason = text.lines().findFirst().orElse("");
          throw new IllegalStateException("Cannot call docker: " + reason);
        }
        return text.substring(text.lastIndexOf('\n') + 1);
      } catch (IOException | InterruptedException error) {
        throw new IllegalStateException("Cannot call docker: " + error.getMessage(), error);
      }
    }

    private static String untilReady(String url) {
      long deadline = System.nanoTime() + START_LIMIT.toNanos();
      while (true) {
        try {
          exchange("GET", url + "/__mock/ready", null);
          return url;
        } catch (UncheckedIOException | Problem error) {
          boolean starts =
              !(error instanceof Problem) || ((Problem) error).code().equals("NOT_READY");
          if (!starts || System.nanoTime() > deadline) {
            throw new IllegalStateException("No mock-gpudb answers: " + error.getMessage(), error);
          }
        }
        sleep();
      }
    }

    private static void sleep() {
      try {
        Thread.sleep(100);
      } catch (InterruptedException error) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", error);
      }
    }
  }

  /** Reads the answers of the mock, which are valid JSON. */
  private static final class Json {
    private static final String ESCAPES = "bfnrt";
    private static final String ESCAPED = "\b\f\n\r\t";

    private final String text;
    private int at;

    private Json(String text) {
      this.text = text;
    }

    private Object value() {
      switch (peek()) {
        case '{':
          return object();
        case '[':
          return list();
        case '"':
          return string();
        default:
          return scalar();
      }
    }

    private Map<String, Object> object() {
      Map<String, Object> map = new LinkedHashMap<>();
      for (at += 1; peek() != '}'; ) {
        String key = string();
        peek();
        at += 1;
        map.put(key, value());
        skipComma();
      }
      at += 1;
      return map;
    }

    private List<Object> list() {
      List<Object> list = new ArrayList<>();
      for (at += 1; peek() != ']'; ) {
        list.add(value());
        skipComma();
      }
      at += 1;
      return list;
    }

    private String string() {
      StringBuilder read = new StringBuilder();
      for (at += 1; text.charAt(at) != '"'; at += 1) {
        read.append(text.charAt(at) == '\\' ? escape() : text.charAt(at));
      }
      at += 1;
      return read.toString();
    }

    private char escape() {
      char code = text.charAt(++at);
      if (code == 'u') {
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
      }
      int control = ESCAPES.indexOf(code);
      return control < 0 ? code : ESCAPED.charAt(control);
    }

    private Object scalar() {
      int start = at;
      while ("{}[]\",: \t\r\n".indexOf(text.charAt(at)) < 0) {
        at += 1;
      }
      String word = text.substring(start, at);
      switch (word) {
        case "null":
          return null;
        case "true":
        case "false":
          return Boolean.valueOf(word);
        default:
          return number(word);
      }
    }

    private static Number number(String word) {
      BigDecimal exact = new BigDecimal(word);
      try {
        return exact.longValueExact();
      } catch (ArithmeticException error) {
        return exact.doubleValue();
      }
    }

    /** The next character that is no white space. */
    private char peek() {
      while (Character.isWhitespace(text.charAt(at))) {
        at += 1;
      }
      return text.charAt(at);
    }

    private void skipComma() {
      if (peek() == ',') {
        at += 1;
      }
    }
  }
}
