import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One case: the client that it connects, and what its steps have saved. */
final class Scenario {
    private static final int TIMEOUT_MS = 10_000;
    private static final int REPEAT_MS = 250;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String encoding;
    private final JsonNode context;
    private final String scope;
    private final ObjectNode saved = JsonNodeFactory.instance.objectNode();
    private Jobs jobs;
    private Rows rows;

    Scenario(String encoding, JsonNode context, JsonNode one) {
        this.encoding = encoding;
        this.context = context;
        boolean scoped = one.path("scope").asBoolean(true);
        String name = (encoding + "-" + one.get("id").asText()).toLowerCase(Locale.ROOT);
        this.scope = scoped ? "/~" + name : "";
    }

    /** Does a step and checks what came of it. */
    void take(JsonNode written) throws Exception {
        JsonNode step = Match.fill(written, saved);
        long deadline = System.nanoTime() + step.path("within_ms").asLong() * NANOS_PER_MS;
        if (step.has("fails")) {
            expectFailure(step);
            if (!step.has("within_ms") || System.nanoTime() <= deadline) return;
            throw new AssertionError("it fails, but not within " + step.get("within_ms") + " ms");
        }
        JsonNode answer = answerBy(deadline, step);
        for (var entry : step.path("save").properties()) {
            saved.set(entry.getKey(), answer.required(entry.getValue().asText()));
        }
    }

    /** Repeats a step until its answer is as expected or the time is over; at least once. */
    private JsonNode answerBy(long deadline, JsonNode step) throws Exception {
        while (true) {
            try {
                JsonNode answer = answer(step);
                Match.expect(answer, step.path("expect"));
                return answer;
            } catch (GPUdbException | AssertionError error) {
                if (System.nanoTime() >= deadline) throw error;
            }
            Thread.sleep(REPEAT_MS);
        }
    }

    /** What an error says, with the errors that caused it. */
    static String textOf(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable one = error; one != null; one = one.getCause()) {
            text.append(text.isEmpty() ? "" : ", caused by ").append(one);
        }
        return text.toString();
    }

    private void expectFailure(JsonNode step) throws Exception {
        JsonNode wanted = step.get("fails");
        JsonNode answer;
        try {
            answer = answer(step);
        } catch (GPUdbException error) {
            if (containsAll(textOf(error), wanted)) return;
            throw error;
        }
        throw new AssertionError("got " + answer + " instead of an error with " + wanted);
    }

    /** Whether a text contains a text, or each text of a list. */
    private static boolean containsAll(String text, JsonNode wanted) {
        if (!wanted.isArray()) return text.contains(wanted.asText());
        for (JsonNode one : wanted) if (!text.contains(one.asText())) return false;
        return true;
    }

    private JsonNode answer(JsonNode step) throws Exception {
        return switch (step.get("do").asText()) {
            case "connect" -> connect(step);
            case "version" -> jobs.version();
            case "urls" -> jobs.urls();
            case "create_job" -> jobs.create(step);
            case "get_job" -> jobs.get(step);
            case "poll" -> jobs.poll(step);
            case "alter_jobs" -> jobs.alter(step);
            case "show_jobs" -> jobs.show(step);
            case "call" -> jobs.call(step);
            case "together" -> jobs.together(step);
            case "decode" -> rows.decode(step);
            case "pages" -> rows.pages(step);
            case "job_rows" -> rows.ofJob(jobs.poll(untilDone(step)));
            case "make_table" -> rows.makeTable(step);
            case "insert" -> rows.insert(step);
            case "ingest" -> rows.ingest(step);
            case "type_of" -> rows.typeOf(step);
            case "control" -> control(step);
            default -> throw new AssertionError("the runner knows no such step");
        };
    }

    private static JsonNode untilDone(JsonNode step) {
        return ((ObjectNode) step).put("until", "DONE");
    }

    private JsonNode connect(JsonNode step) throws GPUdbException, MalformedURLException {
        GPUdbBase.Options options = new GPUdbBase.Options();
        options.setUseSnappy(encoding.equals("SNAPPY"));
        options.setTimeout(step.path("timeout_ms").asInt(TIMEOUT_MS));
        options.setDisableFailover(!step.path("failover").asBoolean(true));
        if (step.has("user")) options.setUsername(step.get("user").asText());
        if (step.has("password")) options.setPassword(step.get("password").asText());
        List<URL> urls = new ArrayList<>();
        JsonNode server = step.path("server");
        if (server.isArray()) for (JsonNode one : server) urls.add(toUrl(one.asText()));
        else urls.add(toUrl(server.asText("open")));
        // Otherwise the client starts with a cluster of its own choice, even if told SEQUENTIAL.
        options.setPrimaryUrl(urls.get(0).toString());
        GPUdb db = new GPUdb(urls, options);
        jobs = new Jobs(db);
        rows = new Rows(db);
        return JsonNodeFactory.instance.objectNode();
    }

    private URL toUrl(String server) throws MalformedURLException {
        return URI.create(urlOf(server)).toURL();
    }

    private String urlOf(String server) {
        String cluster = server.equals("second") ? "~b" : "";
        return context.get("servers").get(server).asText() + scope + cluster;
    }

    private JsonNode control(JsonNode step) throws IOException, InterruptedException {
        String server = urlOf(step.path("server").asText("open"));
        URI uri = URI.create(server + "/__mock" + step.get("path").asText());
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        String method = step.path("method").asText("GET");
        if (step.has("body")) {
            request.header("content-type", "application/json");
            request.method(method, BodyPublishers.ofString(step.get("body").toString()));
        } else {
            request.method(method, BodyPublishers.noBody());
        }
        HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
        int wanted = step.path("status").asInt(200);
        if (response.statusCode() != wanted) {
            String got = "status " + response.statusCode() + " " + response.body();
            throw new AssertionError("got " + got + " instead of status " + wanted);
        }
        return response.body().isEmpty()
                ? JsonNodeFactory.instance.objectNode()
                : JSON.readTree(response.body());
    }
}
