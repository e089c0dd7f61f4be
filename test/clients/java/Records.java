import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** The client's records, whose fields are in camelCase, from and to JSON with GPUdb's own names. */
final class Records {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Records() {}

    /** A field that is left out keeps the default of the client's class. */
    static IndexedRecord fill(IndexedRecord record, JsonNode json) {
        List<String> known = new ArrayList<>();
        for (Schema.Field field : record.getSchema().getFields()) {
            String name = wireName(field.name());
            known.add(name);
            if (json.has(name)) record.put(field.pos(), read(json.get(name), field.schema()));
        }
        json.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) throw new AssertionError("the client has no field " + name);
        });
        return record;
    }

    /** Bytes become a string with one character for each. */
    static ObjectNode toJson(IndexedRecord record) {
        ObjectNode json = NODES.objectNode();
        for (Schema.Field field : record.getSchema().getFields()) {
            json.set(wireName(field.name()), write(record.get(field.pos())));
        }
        return json;
    }

    /** The bytes that `toJson` has made a string of. */
    static ByteBuffer bytesOf(JsonNode json) {
        return ByteBuffer.wrap(json.textValue().getBytes(StandardCharsets.ISO_8859_1));
    }

    static String wireName(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static Object read(JsonNode json, Schema schema) {
        return switch (schema.getType()) {
            case STRING -> json.textValue();
            case LONG -> json.longValue();
            case INT -> json.intValue();
            case DOUBLE -> json.doubleValue();
            case BOOLEAN -> json.booleanValue();
            case BYTES -> bytesOf(json);
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                json.forEach(item -> list.add(read(item, schema.getElementType())));
                yield list;
            }
            case MAP -> {
                Map<String, Object> map = new LinkedHashMap<>();
                Schema values = schema.getValueType();
                for (var one : json.properties()) {
                    map.put(one.getKey(), read(one.getValue(), values));
                }
                yield map;
            }
            default -> throw new AssertionError("the runner cannot fill a " + schema.getType());
        };
    }

    static JsonNode write(Object value) {
        if (value == null) return NODES.nullNode();
        if (value instanceof CharSequence text) return NODES.textNode(text.toString());
        if (value instanceof Long number) return NODES.numberNode(number);
        if (value instanceof Integer number) return NODES.numberNode(number);
        if (value instanceof Double number) return NODES.numberNode(number);
        if (value instanceof Float number) return NODES.numberNode(number);
        if (value instanceof Boolean flag) return NODES.booleanNode(flag);
        if (value instanceof ByteBuffer bytes) return NODES.textNode(latin1(bytes));
        if (value instanceof IndexedRecord record) return toJson(record);
        if (value instanceof List<?> list) {
            ArrayNode json = NODES.arrayNode();
            list.forEach(item -> json.add(write(item)));
            return json;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode json = NODES.objectNode();
            map.forEach((name, item) -> json.set(name.toString(), write(item)));
            return json;
        }
        throw new AssertionError("the runner cannot show " + value);
    }

    private static String latin1(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }
}
