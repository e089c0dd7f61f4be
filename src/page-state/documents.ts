import type { ClockDocument } from '../control/clock-control.ts'
import type { ClusterDocument } from '../control/cluster-control.ts'
import type { ChangesDocument, HelloDocument } from '../control/event-feed.ts'
import type { FaultDocument } from '../control/fault-control.ts'
import type { BriefRequestDocument, RequestDocument } from '../control/recorded-request.ts'
import type { Report } from '../control/report.ts'
import type { RuleDocument } from '../control/rule-control.ts'
import type { ScopeDocument } from '../control/scope-control.ts'
import type { TableDocument } from '../control/table-control.ts'
import type { TimelineDocument } from '../control/timeline-control.ts'
import type { BriefJobDocument, JobDocument } from '../control-parts/job-document.ts'

export type {
  ChangesDocument,
  ClockDocument,
  ClusterDocument,
  FaultDocument,
  HelloDocument,
  Report,
  RuleDocument,
  TableDocument,
}

/** An id as the page reads it: a number, or a bigint if a number cannot hold it. */
export type Id = number | bigint

/** A job of a brief list. */
export type JobRow = Omit<BriefJobDocument, 'job_id'> & { readonly job_id: Id }

/** A job with all its keys. */
export type WholeJob = JobRow & Pick<JobDocument, 'lifecycle' | 'request'>

/** A request of a brief list. */
export type RequestRow = Omit<BriefRequestDocument, 'job_id'> & { readonly job_id: Id | null }

/** A request with all its keys. */
export type WholeRequest = RequestRow &
  Pick<RequestDocument, 'headers' | 'request' | 'job' | 'body_base64'>

/** The documents of lists. */
export interface JobPage {
  readonly jobs: readonly JobRow[]
  readonly total: number
}
export interface RequestPage {
  readonly requests: readonly RequestRow[]
  readonly total: number
  readonly dropped: number
}
export type ScopeRow = ScopeDocument
export interface ScopeList {
  readonly scopes: readonly ScopeRow[]
  readonly limit: number
}
export interface RuleList {
  readonly rules: readonly RuleDocument[]
}
export interface FaultList {
  readonly faults: readonly FaultDocument[]
}
export interface ClusterList {
  readonly clusters: readonly ClusterDocument[]
}
export interface TableList {
  readonly tables: readonly TableDocument[]
}
export type Timeline = TimelineDocument
