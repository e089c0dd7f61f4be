import type { Damage } from './damage.ts'
import { ACCEPTED, failsOver, reported, UNREADABLE } from './outcome.ts'

/** Damage inside the message, in a good HTTP response. */
export const MESSAGE_DAMAGE: readonly Damage[] = [
  {
    id: 'cut-wrapper',
    title: 'the wrapper is cut',
    fault: { codec: { truncate: { part: 'wrapper', bytes: 5 } } },
    python: UNREADABLE,
    java: failsOver('EOFException'),
  },
  {
    id: 'cut-record',
    title: 'the inner record is cut',
    fault: { codec: { truncate: { part: 'data', bytes: 5 } } },
    python: UNREADABLE,
    java: failsOver('EOFException'),
  },
  {
    id: 'cut-byte',
    title: 'the last byte of the inner record is missing',
    fault: { codec: { truncate: { part: 'data', bytes: 1 } } },
    python: UNREADABLE,
    // It ignores the length of the data: the next byte, which is 0 too, ends the record.
    java: ACCEPTED,
  },
  {
    id: 'no-record',
    title: 'the data is empty',
    fault: { codec: { truncate: { part: 'data', bytes: 10_000 } } },
    python: UNREADABLE,
    java: failsOver('EOFException'),
  },
  {
    id: 'record',
    title: 'the inner record is another one',
    fault: { codec: { record: 'show_system_status_response' } },
    python: UNREADABLE,
    // It reads JSON without a schema.
    pythonJson: { arrives: 1, reads: { status_map: {} } },
    java: failsOver('EOFException'),
  },
  {
    id: 'length',
    title: 'the length of the data is too large',
    fault: { codec: { claim: { part: 'data', length: 9999 } } },
    python: UNREADABLE,
    // In JSON, this is the Content-Length.
    pythonJson: reported('IncompleteRead'),
    java: ACCEPTED,
  },
  {
    id: 'json',
    title: 'the message is in JSON',
    fault: { codec: { as: 'json' } },
    python: UNREADABLE,
    pythonJson: ACCEPTED,
    java: failsOver('AvroRuntimeException: Malformed data'),
  },
  {
    id: 'avro',
    title: 'the message is in Avro',
    fault: { codec: { as: 'binary' } },
    python: ACCEPTED,
    pythonJson: UNREADABLE,
    java: ACCEPTED,
  },
  {
    id: 'data-type',
    title: 'another data_type',
    fault: { codec: { data_type: 'show_schema_response' } },
    python: ACCEPTED,
    java: ACCEPTED,
  },
  {
    id: 'status',
    title: 'a status other than OK and ERROR',
    fault: { codec: { status: 'MAYBE' } },
    // The client raises nothing, but is_ok() is false, which the runner reports.
    python: { arrives: 1, fails: ['Refused: MAYBE'] },
    java: ACCEPTED,
  },
  {
    id: 'trailing',
    title: 'bytes after the message',
    fault: { codec: { trailing: 4 } },
    python: ACCEPTED,
    pythonJson: UNREADABLE,
    java: ACCEPTED,
  },
]
