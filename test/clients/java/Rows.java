import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gpudb.Avro;
import com.gpudb.BulkInserter;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.ExecuteSqlRequest;
import com.gpudb.protocol.ExecuteSqlResponse;
import com.gpudb.protocol.RawExecuteSqlResponse;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The steps that read and write rows, each with the client's own code. */
final class Rows {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final GPUdb db;

    Rows(GPUdb db) {
        this.db = db;
    }

    JsonNode decode(JsonNode step) throws Exception {
        Method method = Jobs.methodOf(step.get("endpoint").asText());
        Object request = Jobs.requestOf(method, step.get("request"));
        try {
            return answerOf(method.invoke(db, request));
        } catch (InvocationTargetException error) {
            if (error.getCause() instanceof GPUdbException cause) throw cause;
            throw error;
        }
    }

    JsonNode pages(JsonNode step) throws GPUdbException {
        int size = step.get("size").asInt();
        ExecuteSqlRequest request = new ExecuteSqlRequest();
        request.setStatement(step.get("statement").asText()).setLimit(size);
        ArrayNode rows = NODES.arrayNode();
        for (long offset = 0; ; offset += size) {
            ExecuteSqlResponse page = db.executeSql(request.setOffset(offset));
            for (Record row : page.getData()) {
                ArrayNode cells = rows.addArray();
                toNode(row).forEach(cells::add);
            }
            if (!page.getHasMoreRecords()) return NODES.objectNode().set("rows", rows);
        }
    }

    /** Decodes the answer to a poll of a job whose result is in Avro. */
    JsonNode ofJob(JsonNode job) throws Exception {
        RawExecuteSqlResponse result = new RawExecuteSqlResponse();
        Avro.decode(result, Records.bytesOf(job.get("job_response")));
        // The client's decoder of rows, which is not public.
        Method transpose =
                Class.forName("com.gpudb.DynamicTableRecord")
                        .getMethod("transpose", String.class, ByteBuffer.class);
        transpose.setAccessible(true);
        Object rows =
                transpose.invoke(
                        null, result.getResponseSchemaStr(), result.getBinaryEncodedResponse());
        return NODES.objectNode().set("rows", toNodes((List<?>) rows));
    }

    JsonNode makeTable(JsonNode step) throws GPUdbException {
        List<Type.Column> columns = new ArrayList<>();
        for (JsonNode column : step.get("columns")) {
            List<String> properties = new ArrayList<>();
            for (int index = 2; index < column.size(); index += 1) {
                properties.add(column.get(index).asText());
            }
            Class<?> base = column.get(1).asText().equals("long") ? Long.class : String.class;
            columns.add(new Type.Column(column.get(0).asText(), base, properties));
        }
        String type = new Type(columns).create(db);
        db.createTable(step.get("table").asText(), type, GPUdbBase.options());
        return NODES.objectNode();
    }

    JsonNode insert(JsonNode step) throws GPUdbException {
        String table = step.get("table").asText();
        List<Record> rows = recordsOf(step, Type.fromTable(db, table));
        int count = db.insertRecords(table, rows, GPUdbBase.options()).getCountInserted();
        return NODES.objectNode().put("count_inserted", count);
    }

    JsonNode ingest(JsonNode step) throws GPUdbException {
        String table = step.get("table").asText();
        Type type = Type.fromTable(db, table);
        int batch = step.get("batch").asInt();
        try (BulkInserter<Record> inserter = new BulkInserter<>(db, table, type, batch, null)) {
            inserter.insert(recordsOf(step, type));
            inserter.flush();
            return NODES.objectNode().put("count_inserted", inserter.getCountInserted());
        }
    }

    JsonNode typeOf(JsonNode step) throws GPUdbException {
        ObjectNode answer = NODES.objectNode();
        ArrayNode names = answer.putArray("columns");
        for (Type.Column column : Type.fromTable(db, step.get("table").asText()).getColumns()) {
            names.add(column.getName());
        }
        return answer;
    }

    private static List<Record> recordsOf(JsonNode step, Type type) {
        List<Record> records = new ArrayList<>();
        for (JsonNode row : step.get("rows")) {
            Record record = type.newInstance();
            for (int index = 0; index < row.size(); index += 1) {
                JsonNode cell = row.get(index);
                if (cell.isNumber()) record.put(index, cell.longValue());
                else record.put(index, cell.textValue());
            }
            records.add(record);
        }
        return records;
    }

    /** The getters of a response, with GPUdb's own names; its data as rows. */
    private static JsonNode answerOf(Object response) throws ReflectiveOperationException {
        ObjectNode answer = NODES.objectNode();
        for (Method getter : response.getClass().getDeclaredMethods()) {
            String name = getter.getName();
            if (!name.startsWith("get") || getter.getParameterCount() > 0) continue;
            Object value = getter.invoke(response);
            if (name.equals("getData")) answer.set("rows", toNodes((List<?>) value));
            else if (!(value instanceof Type)) {
                answer.set(Records.wireName(name.substring(3)).substring(1), Records.write(value));
            }
        }
        return answer;
    }

    private static ArrayNode toNodes(List<?> records) {
        ArrayNode rows = NODES.arrayNode();
        for (Object record : records) rows.add(toNode((Record) record));
        return rows;
    }

    private static ObjectNode toNode(Record record) {
        ObjectNode row = NODES.objectNode();
        for (Type.Column column : record.getType().getColumns()) {
            row.set(column.getName(), Records.write(record.get(column.getName())));
        }
        return row;
    }
}
