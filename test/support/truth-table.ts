/** The fields of an answer of `/get/job`; numbers and bytes in the form of either encoding. */
export interface PollAnswer {
  readonly job_status: unknown
  readonly running: unknown
  readonly progress: unknown
  readonly successful: unknown
  readonly response_encoding: unknown
  readonly job_response: unknown
  readonly job_response_str: unknown
  readonly status_map: unknown
}

/** The columns of the truth table that depend on the status alone. */
const FLAGS: Readonly<Record<string, { readonly running: boolean; readonly successful: boolean }>> =
  {
    RUNNING: { running: true, successful: false },
    DONE: { running: false, successful: true },
    ERROR: { running: false, successful: false },
    CANCELLED: { running: false, successful: false },
  }

/** The first violation of the truth table of `/get/job` (DESIGN.md); undefined if it holds. */
export function findTruthViolation(answer: PollAnswer): string | undefined {
  const status = String(answer.job_status)
  const flags = FLAGS[status]
  if (flags === undefined) return `job_status is ${status}`
  const broken = [
    [answer.running === flags.running, `running is ${answer.running}`],
    [answer.successful === flags.successful, `successful is ${answer.successful}`],
    [isProgress(status, Number(answer.progress)), `progress is ${answer.progress}`],
    [hasResult(status, answer), `has the result ${describeResult(answer)}`],
    [hasMessages(status, answer.status_map), `has the status_map ${toText(answer.status_map)}`],
  ].find(([holds]) => !holds)
  return broken && `a job that is ${status} ${broken[1]}`
}

function isProgress(status: string, progress: number): boolean {
  if (status === 'DONE') return progress === 100
  return (
    Number.isInteger(progress) && progress >= 0 && progress <= (status === 'RUNNING' ? 99 : 100)
  )
}

/** Only a job that is DONE has a result, in the field of its encoding. */
function hasResult(status: string, answer: PollAnswer): boolean {
  const { response_encoding, job_response, job_response_str } = answer
  const lengths = [lengthOf(job_response), lengthOf(job_response_str)]
  const isJson = response_encoding === 'json'
  if (!isJson && response_encoding !== 'binary') return false
  if (status !== 'DONE') return lengths.every((length) => length === 0)
  return isJson ? lengths[0] === 0 : lengths[1] === 0
}

function hasMessages(status: string, map: unknown): boolean {
  const keys = Object.keys(Object(map))
  return status === 'ERROR' ? keys.join() === 'error_message' : keys.length === 0
}

function lengthOf(value: unknown): number | undefined {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value.length : undefined
}

function describeResult({ response_encoding, job_response, job_response_str }: PollAnswer): string {
  return `${response_encoding}: ${toText(job_response)} ${toText(job_response_str)}`
}

function toText(value: unknown): string {
  return JSON.stringify(value).slice(0, 200)
}
