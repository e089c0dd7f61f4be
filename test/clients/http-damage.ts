import type { Damage } from './damage.ts'
import { failsOver, reported, resent, UNREADABLE } from './outcome.ts'

/** An error of GPUdb with an HTTP status. */
function errorOf(status: number): Pick<Damage, 'id' | 'title' | 'fault'> {
  return {
    id: `error-${status}`,
    title: `an error of GPUdb with HTTP ${status}`,
    fault: { http: { status, page: 'wrapper', phrase: 'Broken' } },
  }
}

/** Damage to the connection and to HTTP, whatever the message is. */
export const HTTP_DAMAGE: readonly Damage[] = [
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
    ...errorOf(502),
    python: resent('due to status code 502'),
    java: { arrives: 1, fails: ['com.gpudb.GPUdbException: Broken'] },
  },
  {
    ...errorOf(503),
    python: resent('due to status code 503'),
    java: failsOver('cluster may be stopped or suspended'),
  },
  {
    ...errorOf(500),
    python: failsOver('due to status code 500'),
    java: failsOver('GPUdbExitException: Broken'),
  },
  {
    ...errorOf(504),
    python: failsOver('due to status code 504'),
    java: failsOver('GPUdbExitException: Broken'),
  },
  {
    ...errorOf(404),
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
]
