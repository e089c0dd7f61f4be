export { ConfigError } from './config-sources.ts'
export type {
  ClockAdvance,
  ClockChange,
  ClockControl,
  ClockDocument,
} from './control/clock-control.ts'
export type { ClusterControl, ClusterDocument } from './control/cluster-control.ts'
export type { FaultControl, FaultDocument, FaultPatch } from './control/fault-control.ts'
export type { FixtureControl, LoadedDocument } from './control/fixture-control.ts'
export type { JobControl, JobEnd, JobList, JobPatch } from './control/job-control.ts'
export type { JobFilter } from './control/job-filter.ts'
export type { PollControl, PollDocument, PollVerify } from './control/poll-control.ts'
export type { BriefRequestDocument, RequestDocument } from './control/recorded-request.ts'
export type { Report, ReportCheck, ReportChecks } from './control/report.ts'
export type {
  RequestControl,
  RequestCount,
  RequestList,
  RequestTally,
  RequestVerify,
} from './control/request-control.ts'
export type { RequestFilter } from './control/request-filter.ts'
export type { RuleControl, RuleDocument } from './control/rule-control.ts'
export type { ScopeControl, ScopeDocument } from './control/scope-control.ts'
export type {
  TableControl,
  TableDocument,
  TableRows,
  TableWithRows,
} from './control/table-control.ts'
export type {
  EntryDocument,
  TimelineControl,
  TimelineDocument,
} from './control/timeline-control.ts'
export type { JobWait } from './control/wait-for-job.ts'
export type { RequestsFound, RequestWait } from './control/wait-for-requests.ts'
export { ControlError, type ControlErrorCode } from './control-parts/control-error.ts'
export type { Times } from './control-parts/control-kinds.ts'
export type { BriefJobDocument, JobDocument } from './control-parts/job-document.ts'
export type { JobReference } from './control-parts/job-reference.ts'
export type { WaitSignal } from './control-parts/wait-until.ts'
export type { Problem } from './control-routes/problem.ts'
export type { FixtureClusterMove } from './fixture-format/cluster-move-format.ts'
export type { FixtureFault } from './fixture-format/fault-format.ts'
export type {
  FixtureDocument,
  FixtureJob,
  FixtureRule,
  FixtureTable,
  FixtureThen,
} from './fixture-format/fixture-format.ts'
export type { FixtureProblem } from './fixture-format/fixture-problem.ts'
export type { FixtureLifecycle, FixtureStep } from './fixture-format/lifecycle-format.ts'
export type { FixtureCluster, FixtureRing } from './fixture-format/ring-format.ts'
export type { FixtureTimelineEntry } from './fixture-format/timeline-format.ts'
export type { FixtureWhen } from './fixture-format/when-format.ts'
export { FixtureError } from './fixtures/load-fixtures.ts'
export type { FixtureSource } from './fixtures/parse-sources.ts'
export { JobError, type JobErrorCode } from './jobs/job-error.ts'
export { RuleError, type RuleErrorCode } from './rules/rule-error.ts'
export { ScopeError, type ScopeErrorCode } from './scope/scope-error.ts'
export {
  type MockGpudb,
  type MockGpudbOptions,
  type MockScope,
  startMockGpudb,
} from './start-mock-gpudb.ts'
export { TableError, type TableErrorCode } from './tables/table-error.ts'
