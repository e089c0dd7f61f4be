import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the case file says of values: placeholders, 64-bit numbers, and what is expected. */
final class Match {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String LONG = "long:";

    private Match() {}

    /** Puts what was saved where `$name` stands, and 64-bit numbers where `long:digits` stands. */
    static JsonNode fill(JsonNode node, ObjectNode saved) {
        if (node.isTextual()) return fillText(node.textValue(), saved);
        if (node.isArray()) {
            ArrayNode filled = NODES.arrayNode();
            node.forEach(item -> filled.add(fill(item, saved)));
            return filled;
        }
        if (!node.isObject()) return node;
        ObjectNode filled = NODES.objectNode();
        node.properties().forEach(one -> filled.set(one.getKey(), fill(one.getValue(), saved)));
        return filled;
    }

    /** Wants maps by subset, lists whole, numbers by value; a missing node wants nothing. */
    static void expect(JsonNode actual, JsonNode wanted) {
        if (!wanted.isMissingNode()) expect(actual, wanted, "the answer");
    }

    private static JsonNode fillText(String text, ObjectNode saved) {
        if (text.startsWith(LONG)) {
            return NODES.numberNode(Long.parseLong(text.substring(LONG.length())));
        }
        boolean whole = text.startsWith("$") && saved.has(text.substring(1));
        if (whole) return saved.get(text.substring(1));
        String filled = text;
        for (var one : saved.properties()) {
            filled = filled.replace("$" + one.getKey(), one.getValue().asText());
        }
        return NODES.textNode(filled);
    }

    private static void expect(JsonNode actual, JsonNode wanted, String place) {
        if (wanted.has("$present")) {
            check(actual != null && !actual.isNull(), actual, wanted, place);
        } else if (wanted.has("$contains")) {
            boolean contains =
                    actual != null && actual.asText().contains(wanted.get("$contains").asText());
            check(contains, actual, wanted, place);
        } else if (wanted.isObject()) {
            check(actual != null && actual.isObject(), actual, wanted, place);
            wanted.properties()
                    .forEach(one -> expect(
                            actual.get(one.getKey()), one.getValue(), place + "." + one.getKey()));
        } else if (wanted.isArray()) {
            check(actual != null && actual.size() == wanted.size(), actual, wanted, place);
            for (int index = 0; index < wanted.size(); index += 1) {
                expect(actual.get(index), wanted.get(index), place + "[" + index + "]");
            }
        } else {
            check(isSame(actual, wanted), actual, wanted, place);
        }
    }

    private static boolean isSame(JsonNode actual, JsonNode wanted) {
        if (actual == null) return false;
        if (!actual.isNumber() || !wanted.isNumber()) return actual.equals(wanted);
        return actual.decimalValue().compareTo(wanted.decimalValue()) == 0;
    }

    private static void check(boolean holds, JsonNode actual, JsonNode wanted, String place) {
        if (!holds) throw new AssertionError(place + " is " + actual + " instead of " + wanted);
    }
}
