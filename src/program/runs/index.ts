// This machine's runs as a server shows them: their list, curves, evidence and models, audits of them, talks with their models.
export type { AuditOptions } from './audits.ts';
export { type Recorded, recordedOf } from './recorded.ts';
export { Runs, type RunsOptions } from './runs.ts';
export type {
  Audit,
  Card,
  Curve,
  CurveRange,
  Evidence,
  RunDetail,
  RunEvent,
  RunInfo,
  SpeakOptions,
  Spoken,
} from './types.ts';
