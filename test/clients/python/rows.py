"""The steps that read and write rows, each with the client's own code."""

import inspect
import json
from typing import Any

from gpudb import GPUdb, GPUdbIngestor, GPUdbRecord, GPUdbRecordType, GPUdbSqlIterator, GPUdbTable
from gpudb.gpudb import RecordType

Step = dict[str, Any]


class Rows:
    """Rows of queries and tables of one connection."""

    def __init__(self, db: GPUdb) -> None:
        self.db = db

    def decode(self, step: Step) -> Any:
        functions = self.db.gpudb_func_to_endpoint_map.items()
        name = next(name for name, endpoint in functions if endpoint == step["endpoint"])
        function = getattr(self.db, f"{name}_and_decode")
        options = {}
        if "get_column_major" in inspect.signature(function).parameters:
            options["get_column_major"] = False
        answer = function(**step["request"], **options)
        if not answer.is_ok():
            raise RuntimeError(answer["status_info"]["message"])
        return {**answer, "rows": answer["records"]}

    def pages(self, step: Step) -> Any:
        with GPUdbSqlIterator(self.db, step["statement"], batch_size=step["size"]) as rows:
            return {"rows": [list(row) for row in rows]}

    def of_result(self, result: dict[str, Any]) -> Any:
        """Decodes a response record that a job returned."""
        schema = result["response_schema_str"]
        if result["json_encoded_response"]:
            columns = json.loads(result["json_encoded_response"])
            return {"rows": GPUdbRecord.decode_dynamic_json_data_row_major(columns, schema)}
        data = result["binary_encoded_response"].encode("latin-1")
        record_type = RecordType.from_dynamic_schema(schema, data)
        return {"rows": record_type.decode_dynamic_records(data)}

    def dataframe(self, step: Step) -> Any:
        frame = self.db.to_df(step["statement"])
        cells = frame.astype(object).where(frame.notna(), None)
        return {"columns": list(frame.columns), "rows": cells.values.tolist()}

    def make_table(self, step: Step) -> Any:
        GPUdbTable(step["columns"], name=step["table"], db=self.db)

    def insert(self, step: Step) -> Any:
        table = GPUdbTable(None, name=step["table"], db=self.db)
        before = table.size()
        table.insert_records(step["rows"])
        return {"count_inserted": table.size() - before}

    def ingest(self, step: Step) -> Any:
        record_type = self.record_type(step["table"])
        ingestor = GPUdbIngestor(self.db, step["table"], record_type, step["batch"])
        for row in step["rows"]:
            values = dict(zip((column.name for column in record_type.columns), row))
            ingestor.insert_record(GPUdbRecord(record_type, values))
        ingestor.flush()
        return {"count_inserted": ingestor.count_inserted}

    def type_of(self, step: Step) -> Any:
        return {"columns": [column.name for column in self.record_type(step["table"]).columns]}

    def record_type(self, table: str) -> GPUdbRecordType:
        return GPUdbTable(None, name=table, db=self.db).gpudbrecord_type
