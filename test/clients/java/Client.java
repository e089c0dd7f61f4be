import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.gpudb.GPUdb;
import java.io.File;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Puts the official Java client through the cases, one line of JSON for each.
 *
 * <p>Usage: Client ENCODING CONTEXT, where the encoding is BINARY or SNAPPY; Client --version.
 */
public final class Client {
    private static final Set<String> ABILITIES =
            Set.of(
                    "avro", "bulk_inserts", "failover", "passwords", "rows", "snappy", "tables");
    /** ASCII only: what the terminal can show is not known. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final String encoding;
    private final JsonNode context;

    private Client(String encoding, JsonNode context) {
        this.encoding = encoding;
        this.context = context;
    }

    /** Reports every case, and ends without an error however they went. */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("--version")) {
            System.out.println(GPUdb.getApiVersion());
            return;
        }
        Client client = new Client(arguments[0], JSON.readTree(new File(arguments[1])));
        for (JsonNode one : client.context.get("cases")) client.report(one);
    }

    private void report(JsonNode one) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("case", one.get("id").asText());
        for (JsonNode need : one.path("needs")) {
            if (ABILITIES.contains(need.asText())) continue;
            line.put("skipped", "it has no " + need.asText().replace('_', ' '));
        }
        boolean skipped = line.containsKey("skipped");
        String detail = skipped ? "" : run(one);
        line.put("ok", !skipped && detail.isEmpty());
        line.put("detail", detail);
        System.out.println(JSON.writeValueAsString(line));
        System.out.flush();
    }

    private String run(JsonNode one) {
        Scenario scenario = new Scenario(encoding, context, one);
        int number = 0;
        for (JsonNode step : one.get("steps")) {
            number += 1;
            try {
                scenario.take(step);
            } catch (Exception | AssertionError error) {
                String name = "step " + number + " (" + step.get("do").asText() + "): ";
                return name + Scenario.textOf(error);
            }
        }
        return "";
    }
}
