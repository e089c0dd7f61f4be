package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.gpudb.GPUdb;
import com.gpudb.protocol.GetJobResponse;
import java.nio.ByteBuffer;
import java.util.Map;
import org.json.JSONObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobsTest {
  private static MockGpudb mock;

  private MockGpudb.Scope scope;
  private GPUdb db;

  @BeforeAll
  static void startMock() throws Exception {
    mock = MockGpudb.start();
  }

  @AfterAll
  static void stopMock() throws Exception {
    mock.close();
  }

  @BeforeEach
  void connect() throws Exception {
    scope = mock.newScope();
    db = Connect.connect(scope.url(), "", "");
  }

  @AfterEach
  void removeScope() throws Exception {
    scope.close();
  }

  @Test
  void aJobRunsUntilItIsDone() throws Exception {
    long id = createJob();
    assertEquals("RUNNING", getJob(id).getJobStatus());

    scope.control("/clock/advance", "{\"by\": \"500ms\"}");
    assertEquals(50, getJob(id).getProgress());

    scope.control("/clock/run", "{}");
    GetJobResponse done = getJob(id);
    assertEquals("DONE", done.getJobStatus());
    assertEquals("orders", new JSONObject(done.getJobResponseStr()).getString("table_name"));

    scope.control("/requests/verify", """
        {
          "when": { "endpoint": "/alter/table", "as": "job", "request": { "action": "ttl" } },
          "times": { "exactly": 1 }
        }
        """);
  }

  @Test
  void aJobFailsByARule() throws Exception {
    scope.control("/rules", """
        {
          "when": { "endpoint": "/alter/table", "request": { "table_name": "orders" } },
          "then": {
            "lifecycle": { "duration": "2s", "outcome": "ERROR", "error": "the disk is full" }
          }
        }
        """);
    long id = createJob();

    scope.control("/clock/advance", "{\"by\": \"1s\"}");
    assertEquals("RUNNING", getJob(id).getJobStatus());

    scope.control("/clock/advance", "{\"by\": \"1s\"}");
    GetJobResponse failed = getJob(id);
    assertEquals("ERROR", failed.getJobStatus());
    assertEquals("the disk is full", failed.getStatusMap().get("error_message"));
  }

  private long createJob() throws Exception {
    String request = """
        { "table_name": "orders", "action": "ttl", "value": "120", "options": {} }
        """;
    ByteBuffer noData = ByteBuffer.allocate(0);
    return db.createJob("/alter/table", "json", noData, request, Map.of()).getJobId();
  }

  private GetJobResponse getJob(long id) throws Exception {
    return db.getJob(id, Map.of());
  }
}
