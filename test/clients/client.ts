/** A program and its arguments, run from the root of the repository. */
export type Command = readonly [program: string, ...args: string[]]

/** A client, and how it is put to use. */
export interface Client {
  /** Short, for the head of a column. */
  readonly name: string
  /** What it is: an official client by the name of its package, or plainly that it is none. */
  readonly title: string
  /** The encodings it speaks, by its own names; each is a run of its own. */
  readonly encodings: readonly string[]
  /** Exits with 0 where the machine has what the client needs; otherwise the client is not run. */
  readonly probe: Command
  /** Installs the client, into the folder `.clients` if it can; done again before every run. */
  readonly install: readonly Command[]
  /** Prints the version of what was installed, in one line. */
  readonly version: Command
  /**
   * Called with an encoding and a file with the context: the cases, the URLs of the mocks, user and
   * password. Prints a line of JSON for each case; see README.md beside this file.
   */
  readonly run: Command
}

/** A client that is known to be there, and cannot be run here. */
export interface AbsentClient extends Pick<Client, 'name' | 'title'> {
  readonly reason: string
}

/** What came of one case of one client in one encoding. */
export interface Row {
  readonly client: string
  readonly encoding: string
  /** The id of the case. */
  readonly name: string
  readonly verdict: Verdict
  /** Why it is no pass; empty where there is nothing to say. */
  readonly detail: string
}

/** In the order in which they are counted. `n/a`: the client has no such ability. */
export const VERDICTS = ['pass', 'FAIL', 'known broken', 'n/a', 'not run'] as const

/** See above. */
export type Verdict = (typeof VERDICTS)[number]
