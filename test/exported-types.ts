import type {
  BriefJobDocument,
  BriefRequestDocument,
  ClockAdvance,
  ClockChange,
  ClockControl,
  ClockDocument,
  ClusterControl,
  ClusterDocument,
  ControlError,
  ControlErrorCode,
  EntryDocument,
  FaultControl,
  FaultDocument,
  FaultPatch,
  FixtureCluster,
  FixtureClusterMove,
  FixtureControl,
  FixtureDocument,
  FixtureError,
  FixtureFault,
  FixtureJob,
  FixtureLifecycle,
  FixtureProblem,
  FixtureRing,
  FixtureRule,
  FixtureSource,
  FixtureStep,
  FixtureTable,
  FixtureThen,
  FixtureTimelineEntry,
  FixtureWhen,
  JobControl,
  JobDocument,
  JobEnd,
  JobFilter,
  JobList,
  JobPatch,
  JobReference,
  JobWait,
  LoadedDocument,
  MockGpudb,
  MockGpudbOptions,
  MockScope,
  PollControl,
  PollDocument,
  PollVerify,
  Problem,
  Report,
  ReportCheck,
  ReportChecks,
  RequestControl,
  RequestCount,
  RequestDocument,
  RequestFilter,
  RequestList,
  RequestsFound,
  RequestTally,
  RequestVerify,
  RequestWait,
  RuleControl,
  RuleDocument,
  ScopeControl,
  ScopeDocument,
  TableControl,
  TableDocument,
  TableRows,
  TableWithRows,
  TimelineControl,
  TimelineDocument,
  Times,
  WaitSignal,
} from '../src/index.ts'

// Compares the public methods of a mock with the types that the package exports: the type check
// fails if a method is added or its types change, and this list or the exports do not.

/** Whether two types are the same. */
type Same<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false

/** Compiles only for `true`. */
type Assert<Truth extends true> = Truth

/** The public members of a class. */
type Members<Class> = { [Name in keyof Class]: Class[Name] }

interface Clock {
  get: () => ClockDocument
  set: (change: ClockChange) => ClockDocument
  advance: (by: ClockAdvance['by']) => ClockDocument
  next: () => ClockDocument
  run: () => ClockDocument
}

interface Jobs {
  list: {
    (filter?: JobFilter & { readonly brief?: false }): JobList
    (filter: JobFilter): JobList<BriefJobDocument>
  }
  get: (reference: JobReference) => JobDocument
  create: (fixture: FixtureJob) => JobDocument
  patch: (reference: JobReference, patch: JobPatch) => JobDocument
  release: (reference: JobReference) => JobDocument
  finish: (reference: JobReference, end: JobEnd) => JobDocument
  cancel: (reference: JobReference) => JobDocument
  remove: (reference: JobReference) => void
  wait: (reference: JobReference, options?: JobWait & WaitSignal) => Promise<JobDocument>
}

interface Rules {
  list: () => RuleDocument[]
  get: (id: string) => RuleDocument
  add: (text: FixtureRule) => RuleDocument
  put: (id: string, text: FixtureRule) => RuleDocument
  remove: (id: string) => void
  clear: () => void
}

interface Faults {
  list: () => FaultDocument[]
  get: (id: string) => FaultDocument
  add: (text: FixtureFault) => FaultDocument
  put: (id: string, text: FixtureFault) => FaultDocument
  patch: (id: string, change: FaultPatch) => FaultDocument
  remove: (id: string) => void
  clear: () => void
}

interface Clusters {
  list: () => ClusterDocument[]
  get: (name: string) => ClusterDocument
  patch: (name: string, move: FixtureClusterMove) => ClusterDocument
}

interface Timeline {
  list: () => TimelineDocument
  put: (entries: readonly FixtureTimelineEntry[]) => TimelineDocument
}

interface Tables {
  list: () => TableDocument[]
  get: (name: string, rows?: TableRows) => TableWithRows
  add: (text: FixtureTable) => TableDocument
  remove: (name: string) => void
  clear: () => void
}

interface Requests {
  list: {
    (filter?: RequestFilter & { readonly brief?: false }): RequestList
    (filter: RequestFilter): RequestList<BriefRequestDocument>
  }
  clear: () => void
  count: (wanted: RequestCount) => RequestTally
  countInTurns: (wanted: RequestCount) => Promise<RequestTally>
  verify: (wanted: RequestVerify) => RequestTally
  verifyInTurns: (wanted: RequestVerify) => Promise<RequestTally>
  wait: (options: RequestWait & WaitSignal) => Promise<RequestsFound>
  unmatched: () => RequestDocument[]
}

interface Polls {
  verify: (wanted: PollVerify) => PollDocument
}

interface Fixtures {
  load: (document: FixtureDocument) => LoadedDocument
  save: () => FixtureDocument
}

interface Scope {
  readonly name: string
  readonly clock: ClockControl
  readonly jobs: JobControl
  readonly rules: RuleControl
  readonly faults: FaultControl
  readonly clusters: ClusterControl
  readonly timeline: TimelineControl
  readonly tables: TableControl
  readonly requests: RequestControl
  readonly polls: PollControl
  readonly fixtures: FixtureControl
  report: (checks?: ReportChecks) => Report
  assertClean: (checks?: ReportChecks) => Report
  reset: () => void
}

interface OwnScope extends Scope {
  readonly url: string
  clusterUrl: (name: string) => string
}

interface Mock extends OwnScope {
  scope: (name: string) => MockScope
  scopes: () => ScopeDocument[]
  removeScope: (name: string) => void
  reload: () => void
  close: () => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** Each is `true` if the exported types cover the parameters and the result of a method. */
export type Covered = [
  Assert<Same<Members<ClockControl>, Members<Clock>>>,
  Assert<Same<Members<JobControl>, Members<Jobs>>>,
  Assert<Same<Members<RuleControl>, Members<Rules>>>,
  Assert<Same<Members<FaultControl>, Members<Faults>>>,
  Assert<Same<Members<ClusterControl>, Members<Clusters>>>,
  Assert<Same<Members<TimelineControl>, Members<Timeline>>>,
  Assert<Same<Members<TableControl>, Members<Tables>>>,
  Assert<Same<Members<RequestControl>, Members<Requests>>>,
  Assert<Same<Members<PollControl>, Members<Polls>>>,
  Assert<Same<Members<FixtureControl>, Members<Fixtures>>>,
  Assert<Same<Members<ScopeControl>, Members<Scope>>>,
  Assert<Same<Members<MockScope>, Members<OwnScope>>>,
  Assert<Same<Members<MockGpudb>, Members<Mock>>>,
  Assert<Same<NonNullable<FixtureJob['lifecycle']>, FixtureLifecycle>>,
  Assert<Same<NonNullable<FixtureLifecycle['steps']>[number], FixtureStep>>,
  Assert<Same<NonNullable<FixtureDocument['tables']>[number], FixtureTable>>,
  Assert<Same<NonNullable<FixtureDocument['ring']>, FixtureRing>>,
  Assert<Same<FixtureRing['clusters'][number], FixtureCluster>>,
  Assert<Same<NonNullable<FixtureDocument['timeline']>[number], FixtureTimelineEntry>>,
  Assert<Same<NonNullable<FixtureDocument['faults']>[number], FixtureFault>>,
  Assert<Same<FixtureRule['when'], FixtureWhen>>,
  Assert<Same<TimelineDocument['entries'][number], EntryDocument>>,
  Assert<Same<EntryDocument['entry'], FixtureTimelineEntry>>,
  Assert<Same<FixtureRule['then'], FixtureThen>>,
  Assert<Same<RequestVerify['times'], Times>>,
  Assert<Same<NonNullable<PollVerify['times']>, Times>>,
  Assert<Same<keyof Report['counts'], ReportCheck>>,
  Assert<Same<ControlError['code'], ControlErrorCode>>,
  Assert<Same<Problem['code'], string>>,
  Assert<Same<FixtureError['problems'][number], FixtureProblem>>,
  Assert<Same<NonNullable<MockGpudbOptions['fixtures']>[number], FixtureSource>>,
  Assert<Same<JobDocument['job_id'], bigint>>,
  Assert<Same<RequestDocument['job_id'], bigint | null>>,
]
