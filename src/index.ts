export { ConfigError } from './config.ts'
export type { ClockDocument } from './control/clock-control.ts'
export { ControlError, type ControlErrorCode } from './control/control-error.ts'
export type { JobDocument } from './control/job-document.ts'
export type { JobReference } from './control/job-reference.ts'
export type { PollDocument } from './control/poll-control.ts'
export type { RequestDocument } from './control/recorded-request.ts'
export type { Report, ReportCheck } from './control/report.ts'
export type { RuleDocument } from './control/rule-control.ts'
export type { ScopeDocument } from './control/scope-document.ts'
export type { FixtureDocument, FixtureJob, FixtureRule } from './fixtures/fixture-format.ts'
export { FixtureError, type FixtureSource } from './fixtures/load-fixtures.ts'
export { JobError, type JobErrorCode } from './jobs/job-error.ts'

export { RuleError, type RuleErrorCode } from './rules/rule-error.ts'
export { ScopeError, type ScopeErrorCode } from './scope/scope-error.ts'
export {
  type MockGpudb,
  type MockGpudbOptions,
  type MockScope,
  startMockGpudb,
} from './start-mock-gpudb.ts'
