import { ACCEPTED, failsOver, type Outcome, reported, resent, UNREADABLE } from './outcome.ts'

/** Damage to the answers to one call, and how the clients take it. */
export interface Damage {
  /** The end of the id of the case. */
  readonly id: string
  readonly title: string
  /** The `fault` of the control API. */
  readonly fault: unknown
  /** Whether only the time limit of the client ends the call. */
  readonly hangs?: true
  /** gpudb 7.2.3.13 with Avro. */
  readonly python: Outcome
  /** gpudb 7.2.3.13 with JSON; by default, as with Avro. */
  readonly pythonJson?: Outcome
  /** gpudb-api 7.1.10.5. */
  readonly java: Outcome
}

/** The table of docs/clients.md, with the version of Java that is in the registry. */
export const DAMAGE: readonly Damage[] = [
  {
    id: 'reset',
    title: 'the connection is reset',
    fault: 'reset',
    python: resent('ConnectionResetError'),
    // It only sends a call again after a NoHttpResponseException.
    java: failsOver('SocketException: Connection reset'),
  },
  {
    id: 'close',
    title: 'the connection is closed',
    fault: 'close',
    python: resent('RemoteDisconnected'),
    java: resent('NoHttpResponseException'),
  },
  {
    id: 'garbage',
    title: 'bytes that are not HTTP',
    fault: 'garbage',
    python: resent('BadStatusLine'),
    java: resent('NoHttpResponseException'),
  },
  {
    id: 'hang',
    title: 'no answer',
    fault: 'hang',
    hangs: true,
    python: resent('Read timed out'),
    java: failsOver('SocketTimeoutException'),
  },
  {
    id: 'error-502',
    title: 'an error of GPUdb with HTTP 502',
    fault: { http: { status: 502, page: 'wrapper', phrase: 'Broken' } },
    python: resent('due to status code 502'),
    java: { arrives: 1, fails: ['com.gpudb.GPUdbException: Broken'] },
  },
  {
    id: 'error-503',
    title: 'an error of GPUdb with HTTP 503',
    fault: { http: { status: 503, page: 'wrapper', phrase: 'Broken' } },
    python: resent('due to status code 503'),
    java: failsOver('cluster may be stopped or suspended'),
  },
  {
    id: 'error-500',
    title: 'an error of GPUdb with HTTP 500',
    fault: { http: { status: 500, page: 'wrapper', phrase: 'Broken' } },
    python: failsOver('due to status code 500'),
    java: failsOver('GPUdbExitException: Broken'),
  },
  {
    id: 'error-504',
    title: 'an error of GPUdb with HTTP 504',
    fault: { http: { status: 504, page: 'wrapper', phrase: 'Broken' } },
    python: failsOver('due to status code 504'),
    java: failsOver('GPUdbExitException: Broken'),
  },
  {
    id: 'error-404',
    title: 'an error of GPUdb with HTTP 404',
    fault: { http: { status: 404, page: 'wrapper', phrase: 'Broken' } },
    python: failsOver('Endpoint not found'),
    java: { arrives: 1, fails: ['com.gpudb.GPUdbException: Broken'] },
  },
  {
    id: 'html-502',
    title: 'an HTML page with HTTP 502',
    fault: { http: { status: 502 } },
    python: resent('due to status code 502'),
    java: failsOver("Cannot parse response from server: 'Bad Gateway'; status code: 502"),
  },
  {
    id: 'html-200',
    title: 'an HTML page with HTTP 200',
    fault: { http: { status: 200 } },
    python: UNREADABLE,
    java: failsOver("Cannot parse response from server: 'OK'; status code: 200"),
  },
  {
    id: 'no-body',
    title: 'HTTP 200 without a body',
    fault: 'empty',
    python: UNREADABLE,
    java: failsOver('EOFException'),
  },
  {
    id: 'cut-body',
    title: 'half of the body, then the connection is closed',
    fault: { cut: { after: '50%' } },
    python: reported('IncompleteRead'),
    java: failsOver('Premature end of Content-Length'),
  },
  {
    id: 'reset-body',
    title: 'half of the body, then the connection is reset',
    fault: { cut: { after: '50%', end: 'reset' } },
    python: reported('ConnectionResetError'),
    java: failsOver('GPUdbExitException: Connection reset'),
  },
  {
    id: 'hang-body',
    title: 'half of the body, then nothing',
    fault: { cut: { after: '50%', end: 'hang' } },
    hangs: true,
    python: failsOver('Read timed out'),
    java: failsOver('SocketTimeoutException'),
  },
  {
    id: 'cut-header',
    title: 'a header is cut',
    fault: { cut: { after: 30, part: 'head' } },
    // urllib3 takes the end of the connection for the end of the headers.
    python: UNREADABLE,
    java: failsOver('ParseException: Invalid header'),
  },
  {
    id: 'cut-status',
    title: 'the status line is cut',
    fault: { cut: { after: 10, part: 'head' } },
    python: resent('BadStatusLine'),
    java: failsOver('ProtocolException: Invalid response'),
  },
  {
    id: 'bad-chunk',
    title: 'the size of a chunk is no number',
    fault: { chunks: 'bad_size' },
    python: reported('InvalidChunkLength'),
    java: failsOver('Bad chunk header'),
  },
  {
    id: 'no-chunk',
    title: 'the last chunk is missing',
    fault: { chunks: 'no_end' },
    python: reported('Response ended prematurely'),
    java: failsOver('Premature end of chunk coded message body'),
  },
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
