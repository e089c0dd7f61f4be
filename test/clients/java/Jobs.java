import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gpudb.Avro;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import com.gpudb.protocol.AdminAlterJobsRequest;
import com.gpudb.protocol.AdminShowJobsRequest;
import com.gpudb.protocol.CreateJobRequest;
import com.gpudb.protocol.GetJobRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.generic.IndexedRecord;
import org.xerial.snappy.Snappy;

/** The steps that the official client does. Each answers with its response record as JSON. */
final class Jobs {
    private static final int MAX_POLLS = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GPUdb db;

    Jobs(GPUdb db) {
        this.db = db;
    }

    JsonNode version() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        return answer.put("version", String.valueOf(db.getServerVersion()));
    }

    JsonNode urls() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode urls = answer.putArray("urls");
        for (URL url : db.getFailoverURLs()) urls.add(url.toString());
        return answer;
    }

    JsonNode create(JsonNode step) throws Exception {
        String endpoint = step.get("endpoint").asText();
        String encoding = step.get("encoding").asText();
        ByteBuffer data = ByteBuffer.allocate(0);
        String text = "";
        if (encoding.equals("json")) text = step.get("request").toString();
        else data = Avro.encode(requestOf(methodOf(endpoint), step.get("request")));
        if (encoding.equals("snappy")) data = ByteBuffer.wrap(Snappy.compress(data.array()));
        var request = new CreateJobRequest(endpoint, encoding, data, text, tagOf(step));
        return send("/create/job", request);
    }

    JsonNode get(JsonNode step) throws Exception {
        long id = step.path("job").asLong();
        ObjectNode answer = send("/get/job", new GetJobRequest(id, tagOf(step)));
        boolean done = answer.get("job_status").asText().equals("DONE");
        if (done) answer.set("result", resultOf(answer));
        return answer;
    }

    JsonNode poll(JsonNode step) throws Exception {
        JsonNode answer = get(step);
        String until = step.get("until").asText();
        for (int polls = 1; !answer.get("job_status").asText().equals(until); polls += 1) {
            if (polls == MAX_POLLS) throw new AssertionError("still " + answer);
            answer = get(step);
        }
        return answer;
    }

    JsonNode alter(JsonNode step) throws Exception {
        List<Long> ids = new ArrayList<>();
        for (JsonNode id : step.path("jobs")) ids.add(id.asLong());
        String action = step.get("action").asText();
        return send("/admin/alter/jobs", new AdminAlterJobsRequest(ids, action, tagOf(step)));
    }

    JsonNode show(JsonNode step) throws Exception {
        Map<String, String> options = GPUdbBase.options();
        step.path("options")
                .properties()
                .forEach(entry -> options.put(entry.getKey(), entry.getValue().asText()));
        return send("/admin/show/jobs", new AdminShowJobsRequest(options));
    }

    JsonNode call(JsonNode step) throws Exception {
        String endpoint = step.get("endpoint").asText();
        return send(endpoint, requestOf(methodOf(endpoint), step.path("request")));
    }

    JsonNode together(JsonNode step) throws Exception {
        int count = step.get("count").asInt();
        List<Callable<JsonNode>> runs = new ArrayList<>();
        for (int index = 0; index < count; index += 1) {
            String table = "together_" + index;
            runs.add(() -> runWhole(table));
        }
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            for (Future<JsonNode> run : threads.invokeAll(runs)) run.get();
        } finally {
            threads.shutdownNow();
        }
        return JsonNodeFactory.instance.objectNode().put("count", count);
    }

    private JsonNode runWhole(String table) throws Exception {
        ObjectNode step = JsonNodeFactory.instance.objectNode();
        step.put("endpoint", "/alter/table").put("encoding", "binary").put("until", "DONE");
        step.putObject("request").put("table_name", table).put("action", "ttl").put("value", "120");
        step.set("job", create(step).get("job_id"));
        JsonNode answer = poll(step);
        Match.expect(answer.get("result").get("table_name"), step.get("request").get("table_name"));
        return answer;
    }

    /** The client's own methods compress only inserts and updates: SNAPPY goes below them. */
    private ObjectNode send(String endpoint, IndexedRecord request) throws Exception {
        Method method = methodOf(endpoint);
        if (db.getUseSnappy()) {
            IndexedRecord response = newRecord(method.getReturnType());
            return Records.toJson(db.submitRequest(endpoint, request, response, true));
        }
        try {
            return Records.toJson((IndexedRecord) method.invoke(db, request));
        } catch (InvocationTargetException error) {
            if (error.getCause() instanceof GPUdbException cause) throw cause;
            throw error;
        }
    }

    /** A result in Avro is decoded into the client's own class; for JSON the client has none. */
    private JsonNode resultOf(JsonNode job) throws Exception {
        if (job.get("response_encoding").asText().equals("json")) {
            return JSON.readTree(job.get("job_response_str").asText());
        }
        Method method = methodOf(job.get("endpoint").asText());
        // An endpoint that answers rows has a class for the decoded rows, which is no record.
        if (!IndexedRecord.class.isAssignableFrom(method.getReturnType())) return job;
        IndexedRecord result = newRecord(method.getReturnType());
        return Records.toJson(Avro.decode(result, Records.bytesOf(job.get("job_response"))));
    }

    private static Map<String, String> tagOf(JsonNode step) {
        return step.has("tag")
                ? GPUdbBase.options("job_tag", step.get("tag").asText())
                : GPUdbBase.options();
    }

    /** The client's own method for an endpoint: `alterTable(AlterTableRequest)` and so on. */
    static Method methodOf(String endpoint) {
        String name = endpoint.replace("/", "");
        return Arrays.stream(GPUdb.class.getMethods())
                .filter(one -> one.getName().equalsIgnoreCase(name) && takesRequest(one))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the client has no method for " + endpoint));
    }

    private static boolean takesRequest(Method method) {
        Class<?>[] types = method.getParameterTypes();
        return types.length == 1 && IndexedRecord.class.isAssignableFrom(types[0]);
    }

    static IndexedRecord requestOf(Method method, JsonNode json)
            throws ReflectiveOperationException {
        return Records.fill(newRecord(method.getParameterTypes()[0]), json);
    }

    private static IndexedRecord newRecord(Class<?> type) throws ReflectiveOperationException {
        return (IndexedRecord) type.getDeclaredConstructor().newInstance();
    }
}
