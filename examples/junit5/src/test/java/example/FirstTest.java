package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.gpudb.GPUdb;
import java.nio.ByteBuffer;
import java.util.Map;
import mockgpudb.MockGpudb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FirstTest {
  @RegisterExtension final MockGpudb gpudb = new MockGpudb().frozen().clean();

  @Test
  void aJobFails() throws Exception {
    gpudb.rules().add("""
        { "when": { "endpoint": "/alter/table" },
          "then": { "lifecycle": { "duration": "2h", "outcome": "ERROR", "error": "the disk is full" } } }
        """);

    GPUdb db = new GPUdb(gpudb.url());
    String request = "{ \"table_name\": \"orders\", \"action\": \"ttl\", \"value\": \"120\" }";
    ByteBuffer noData = ByteBuffer.allocate(0);
    long id = db.createJob("/alter/table", "json", noData, request, Map.of()).getJobId();

    gpudb.clock().advance("2h");
    assertEquals("the disk is full", db.getJob(id, Map.of()).getStatusMap().get("error_message"));
  }
}
