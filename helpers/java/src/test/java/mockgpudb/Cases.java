package mockgpudb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Suites as users write them, run by {@link MockGpudbTest}. */
final class Cases {
  /** The URLs of the scopes that tests got. */
  static final Set<String> URLS = ConcurrentHashMap.newKeySet();

  private static final String TABLE_EXISTS =
      "{\"when\": {\"endpoint\": \"/has/table\"}, \"then\": {\"response\": {\"table_exists\": true}}}";

  private Cases() {}

  static int callEndpoint(String url) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/has/table"))
            .POST(BodyPublishers.ofString("{\"table_name\": \"orders\"}"))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
  }

  /** Every verb once, on a field. */
  static class Verbs {
    @RegisterExtension final MockGpudb gpudb = new MockGpudb().frozen();

    @Test
    void theClock() {
      Object before = gpudb.clock().get().get("now_ms");
      assertEquals("frozen", gpudb.clock().get().get("mode"));
      gpudb.jobs().create("{\"endpoint\": \"/alter/table\", \"lifecycle\": {\"duration\": \"10s\"}}");
      assertEquals((long) before + 500, gpudb.clock().advance("500ms").get("now_ms"));
      assertTrue((long) gpudb.clock().next().get("now_ms") > (long) before + 500);
      assertTrue(gpudb.clock().run().containsKey("next_change_at_ms"));
      assertEquals(10.5, gpudb.clock().set("{\"mode\": \"scaled\", \"scale\": 10.5}").get("scale"));
    }

    @Test
    void jobs() {
      String held =
          "{\"tag\": \"nightly\", \"endpoint\": \"/alter/table\", \"lifecycle\": {\"steps\": [{\"hold\": true}]}}";
      Object id = gpudb.jobs().create(held).get("job_id");
      assertEquals("RUNNING", gpudb.jobs().get(id).get("status"));
      assertEquals(id, gpudb.jobs().get("tag:nightly").get("job_id"));
      assertEquals(70L, gpudb.jobs().patch(id, "{\"progress\": 70}").get("progress"));
      assertEquals("DONE", gpudb.jobs().release(id).get("status"));
      assertEquals("DONE", gpudb.jobs().waitFor(id, "status=DONE", "timeout=1s").get("status"));
      gpudb.jobs().remove(id);
      String running = "{\"endpoint\": \"/alter/table\", \"lifecycle\": {\"duration\": \"1h\"}}";
      Object failing = gpudb.jobs().create(running).get("job_id");
      String error = "{\"outcome\": \"ERROR\", \"error\": \"the disk is full\"}";
      assertEquals("the disk is full", gpudb.jobs().finish(failing, error).get("error"));
      Object cancelled = gpudb.jobs().create(running).get("job_id");
      assertEquals("CANCELLED", gpudb.jobs().cancel(cancelled).get("status"));
      Map<String, Object> list = gpudb.jobs().list("status=ERROR", "endpoint=/alter/*");
      assertEquals(1L, list.get("total"));
      assertEquals(
          "JOB_NOT_FOUND",
          assertThrows(MockGpudb.Problem.class, () -> gpudb.jobs().get(id)).code());
    }

    @Test
    void rules() {
      gpudb.rules().clear();
      String rule =
          "{\"name\": \"a \\\"b\\\" \\\\ \\n \\u00fc\\ud83d\\ude00\", \"when\": {\"endpoint\": \"/has/table\"}, "
              + "\"then\": {\"error\": \"no\"}}";
      String id = (String) gpudb.rules().add(rule).get("id");
      Map<?, ?> shown = (Map<?, ?>) gpudb.rules().get(id).get("rule");
      assertEquals("a \"b\" \\ \n ü😀", shown.get("name"));
      assertEquals(0L, gpudb.rules().put(id, rule).get("answered"));
      assertEquals(1, ((List<?>) gpudb.rules().list().get("rules")).size());
      gpudb.rules().remove(id);
      assertEquals(List.of(), gpudb.rules().list().get("rules"));
    }

    @Test
    void faults() {
      String id = (String) gpudb.faults().add("{\"delay\": \"250ms\"}").get("id");
      assertEquals(false, gpudb.faults().patch(id, "{\"enabled\": false}").get("enabled"));
      assertEquals(null, gpudb.faults().get(id).get("left"));
      assertEquals(1L, gpudb.faults().put(id, "{\"times\": 1, \"delay\": \"1s\"}").get("left"));
      gpudb.faults().remove(id);
      gpudb.faults().add("{\"delay\": \"250ms\"}");
      gpudb.faults().clear();
      assertEquals(List.of(), gpudb.faults().list().get("faults"));
    }

    @Test
    void requests() throws Exception {
      assertEquals(200, callEndpoint(gpudb.url()));
      String when = "\"when\": {\"endpoint\": \"/has/table\"}";
      assertEquals(1L, gpudb.requests().count("{" + when + "}").get("count"));
      assertEquals(
          1L, gpudb.requests().verify("{" + when + ", \"times\": {\"exactly\": 1}}").get("count"));
      assertEquals(1L, gpudb.requests().waitFor("{" + when + "}").get("count"));
      assertEquals(1L, gpudb.requests().list("endpoint=/has/*").get("total"));
      assertEquals(1, ((List<?>) gpudb.requests().unmatched().get("requests")).size());
      AssertionError error =
          assertThrows(
              AssertionError.class,
              () -> gpudb.requests().verify("{" + when + ", \"times\": {\"exactly\": 2}}"));
      assertTrue(error.getMessage().startsWith("Expected exactly 2"), error.getMessage());
      Object job = gpudb.jobs().create("{\"endpoint\": \"/alter/table\"}").get("job_id");
      String polls = "{\"job\": " + job + ", \"times\": {\"exactly\": 0}}";
      assertEquals(0L, gpudb.polls().verify(polls).get("polls"));
      gpudb.requests().clear();
      assertEquals(0L, gpudb.requests().list().get("total"));
    }

    @Test
    void clustersAndTheRest() {
      gpudb.fixtures().load("{\"ring\": {\"clusters\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}}");
      assertEquals(2, ((List<?>) gpudb.clusters().list().get("clusters")).size());
      assertEquals("down", gpudb.clusters().patch("b", "{\"state\": \"down\"}").get("state"));
      assertEquals("down", gpudb.clusters().get("b").get("state"));
      assertEquals(false, gpudb.report().get("clean"));
      assertTrue(gpudb.fixtures().save().containsKey("ring"));
      String entries = "[{\"at\": \"1m\", \"cluster\": \"a\", \"state\": \"down\"}]";
      gpudb.timeline().put(entries);
      assertEquals(1, ((List<?>) gpudb.timeline().list().get("entries")).size());
      gpudb.reset();
      assertEquals("up", gpudb.clusters().get("a").get("state"));
    }
  }

  static class Tables {
    @RegisterExtension final MockGpudb gpudb = new MockGpudb();

    @Test
    void tables() {
      gpudb.tables().add("{\"name\": \"a/b c\", \"columns\": [\"id long\"], \"rows\": [[1], [2]]}");
      assertEquals(
          List.of(List.of(2L)), gpudb.tables().get("a/b c", "offset=1", "limit=10").get("rows"));
      gpudb.tables().remove("a/b c");
      gpudb.tables().add("{\"name\": \"orders\", \"columns\": [\"id long\"]}");
      gpudb.tables().clear();
      assertEquals(List.of(), gpudb.tables().list().get("tables"));
    }
  }

  /** The scope of the test as a parameter, also of the methods around it. */
  @ExtendWith(MockGpudb.class)
  static class Parameters {
    private String url;

    @BeforeEach
    void connect(MockGpudb gpudb) {
      url = gpudb.url();
      URLS.add(url);
    }

    @AfterEach
    void compare(MockGpudb gpudb) {
      assertEquals(url, gpudb.url());
    }

    @Test
    void byDefaultTheClockRuns(MockGpudb gpudb) {
      assertEquals("real", gpudb.clock().get().get("mode"));
      assertEquals(url, gpudb.url());
    }

    @Test
    @MockGpudb.Options(frozen = true)
    void theClockStandsStillOnRequest(MockGpudb gpudb) {
      assertEquals("frozen", gpudb.clock().get().get("mode"));
    }

    @Test
    void aVeryLongNameThatHasMoreCharactersThanTheNameOfAScopeMayHaveInAnyCase(MockGpudb gpudb) {
      assertTrue(gpudb.url().contains("/~Parameters.aVeryLongName"), gpudb.url());
    }
  }

  /** Three tests that are in their bodies at the same time. */
  @ExtendWith(MockGpudb.class)
  static class Parallel {
    static final CountDownLatch ALL = new CountDownLatch(3);

    private static void meet(MockGpudb gpudb) throws Exception {
      URLS.add(gpudb.url());
      ALL.countDown();
      assertTrue(ALL.await(30, TimeUnit.SECONDS), "the tests do not run at the same time");
      gpudb.rules().add(TABLE_EXISTS);
      assertEquals(200, callEndpoint(gpudb.url()));
      gpudb.requests().verify("{\"when\": {\"endpoint\": \"/has/table\"}, \"times\": {\"exactly\": 1}}");
    }

    @Test
    void first(MockGpudb gpudb) throws Exception {
      meet(gpudb);
    }

    @Test
    void second(MockGpudb gpudb) throws Exception {
      meet(gpudb);
    }

    @Test
    void third(MockGpudb gpudb) throws Exception {
      meet(gpudb);
    }
  }

  /** Tests that share a field and run at the same time. */
  static class SharedField {
    @RegisterExtension static final MockGpudb GPUDB = new MockGpudb();

    static final CountDownLatch BOTH = new CountDownLatch(2);

    private static void use() throws Exception {
      BOTH.countDown();
      BOTH.await(30, TimeUnit.SECONDS);
      GPUDB.url();
    }

    @Test
    void first() throws Exception {
      use();
    }

    @Test
    void second() throws Exception {
      use();
    }
  }

  static class Clean {
    @RegisterExtension final MockGpudb gpudb = new MockGpudb().clean();

    @Test
    void withFindings() {
      URLS.add(gpudb.url());
    }

    @Test
    void withAnErrorOfItsOwn() {
      URLS.add(gpudb.url());
      throw new IllegalStateException("own error");
    }

    @Test
    void withoutFindings() throws Exception {
      URLS.add(gpudb.url());
      gpudb.rules().add(TABLE_EXISTS);
      callEndpoint(gpudb.url());
    }
  }

  @ExtendWith(MockGpudb.class)
  @MockGpudb.Options(clean = true)
  static class CleanByOption {
    @Test
    void withFindings() {}

    @Nested
    class Inside {
      @Test
      void withFindingsToo() {}
    }
  }

  @ExtendWith(MockGpudb.class)
  static class TooEarly {
    TooEarly(MockGpudb gpudb) {}

    @Test
    void neverRuns() {}
  }

  static class AtAnUrl {
    @RegisterExtension final MockGpudb gpudb = new MockGpudb().at("http://127.0.0.1:1/");

    @Test
    void neverRuns() {}
  }

  static class Failing {
    @RegisterExtension final MockGpudb gpudb = new MockGpudb();

    @Test
    void withUnmatchedRequests() throws Exception {
      gpudb.rules().add(
          "{\"name\": \"others\", \"when\": {\"endpoint\": \"/has/table\", \"request\": {\"table_name\": \"others\"}}, "
              + "\"then\": {\"error\": \"no\"}}");
      for (int call = 1; call <= 11; call += 1) {
        callEndpoint(gpudb.url());
      }
      throw new IllegalStateException("own error");
    }

    @Test
    void withoutRequests() {
      throw new IllegalStateException("own error");
    }

    @Test
    void withoutItsScope() {
      gpudb.control("DELETE", "/scopes/" + gpudb.url().replaceFirst(".*~", ""), null);
      throw new IllegalStateException("own error");
    }
  }

  /** A test that prints its URL, and then waits until the JVM ends. */
  static class Waiting {
    @RegisterExtension final MockGpudb gpudb = new MockGpudb();

    @Test
    void waits() throws Exception {
      System.out.println(gpudb.url());
      new CountDownLatch(1).await();
    }
  }

  static class OneTest {
    @RegisterExtension final MockGpudb gpudb = new MockGpudb();

    @Test
    void readsTheClock() {
      assertEquals("real", gpudb.clock().get().get("mode"));
    }
  }
}
