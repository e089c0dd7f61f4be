/** A program and its arguments, run from the root of the repository. */
export type Command = readonly [program: string, ...args: string[]]

/** An official client, and how it is put to use. */
export interface Client {
  readonly name: string
  /** The encodings it speaks, by its own names; each is a run of its own. */
  readonly encodings: readonly string[]
  /** Exits with 0 where the machine has what the client needs; otherwise the client is not run. */
  readonly probe: Command
  /** Installs the client into the folder `.clients`; done again before every run. */
  readonly install: readonly Command[]
  /**
   * Called with an encoding, the URL of a mock, and the URL of a second one that wants the user and
   * password in it. Prints one line of JSON for each case: `{"case": …, "ok": …, "detail": …}`.
   */
  readonly run: Command
}

/** What every client is put through; one that leaves a case out has failed it. */
export const CASES: readonly string[] = [
  'connects and reads the version',
  'runs a job with a json payload',
  'runs a job with a binary payload',
  'runs a job with a snappy payload',
  'gets a job by its tag',
  'keeps every digit of a 64-bit id',
  'cancels a running job',
  'reads why a job failed',
  'shows running jobs',
  'shows finished jobs too',
  'is told of an unknown job',
  'is refused with a wrong password',
]
