package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.gpudb.GPUdb;
import com.gpudb.protocol.GetJobResponse;
import java.nio.ByteBuffer;
import java.util.Map;
import mockgpudb.MockGpudb;
import org.json.JSONObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobsTest {
  @RegisterExtension final MockGpudb gpudb = new MockGpudb().frozen();

  private GPUdb db;

  @BeforeEach
  void connect() throws Exception {
    db = Connect.connect(gpudb.url(), "", "");
  }

  @Test
  void aJobRunsUntilItIsDone() throws Exception {
    long id = createJob();
    assertEquals("RUNNING", getJob(id).getJobStatus());

    gpudb.clock().advance("500ms");
    assertEquals(50, getJob(id).getProgress());

    gpudb.clock().run();
    GetJobResponse done = getJob(id);
    assertEquals("DONE", done.getJobStatus());
    assertEquals("orders", new JSONObject(done.getJobResponseStr()).getString("table_name"));

    gpudb.requests().verify("""
        {
          "when": { "endpoint": "/alter/table", "as": "job", "request": { "action": "ttl" } },
          "times": { "exactly": 1 }
        }
        """);
  }

  @Test
  @MockGpudb.Options(clean = true)
  void aJobFailsByARule() throws Exception {
    gpudb.rules().add("""
        {
          "when": { "endpoint": "/alter/table", "request": { "table_name": "orders" } },
          "then": {
            "lifecycle": { "duration": "2s", "outcome": "ERROR", "error": "the disk is full" }
          }
        }
        """);
    long id = createJob();

    gpudb.clock().advance("1s");
    assertEquals("RUNNING", getJob(id).getJobStatus());

    gpudb.clock().advance("1s");
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
