import type { Case, CaseName } from './case-file.ts'

/** A program and its arguments, run from the root of the repository. */
export type Command = readonly [program: string, ...args: string[]]

/** A client, and the commands that install and run it. */
export interface Client {
  /** A short name, for the head of a column. */
  readonly name: string
  /** An official client with the name of its package, or "not the official client". */
  readonly title: string
  /** The encodings of the client, by its own names; each is a separate run. */
  readonly encodings: readonly string[]
  /** Exits with 0 if the machine has the required tools; otherwise the client is not run. */
  readonly probe: Command
  /** Installs the client, in the folder `.clients` if possible; repeated before every run. */
  readonly install: readonly Command[]
  /**
   * Matches the output of an installation that a registry cannot serve: the client is then not run.
   * If an installation fails for another reason, the client fails.
   */
  readonly unavailable?: RegExp
  /** Prints the installed version in one line. */
  readonly version: Command
  /**
   * Called with an encoding and a file with the context: the cases, the URLs of the mocks, user and
   * password. Prints a line of JSON for each case; see README.md in this folder.
   */
  readonly run: Command
  /** Cases in one of its encodings, beside those of cases.json. */
  readonly moreCases?: (encoding: string) => readonly Case[]
  /**
   * Cases in one of its encodings that need a ring. They run in a process of their own, with a mock
   * of their own, beside the others.
   */
  readonly ringCases?: (encoding: string) => readonly Case[]
  /** Cases of its own; by default, those of cases.json. */
  readonly cases?: readonly CaseName[]
  /** The fixtures of its mocks; by default, the folder `fixtures`. */
  readonly fixtures?: string
}

/** A client that exists but cannot be run here. */
export interface AbsentClient extends Pick<Client, 'name' | 'title'> {
  readonly reason: string
}

/** The result of one case of one client in one encoding. */
export interface Row {
  readonly client: string
  readonly encoding: string
  /** The id of the case. */
  readonly name: string
  readonly verdict: Verdict
  /** The reason for a verdict other than pass; may be empty. */
  readonly detail: string
}

/** The verdicts in the order of the summary. `n/a`: the client lacks the ability. */
export const VERDICTS = ['pass', 'FAIL', 'known broken', 'n/a', 'not run'] as const

/** See above. */
export type Verdict = (typeof VERDICTS)[number]
