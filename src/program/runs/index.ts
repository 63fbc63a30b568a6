// This machine's runs for a server: list, curves, evidence, model cards, audits, generation of text.
export type { AnswerReceipt, CheckedReceipt } from './answer-receipts.ts';
export type { Audit, RunAudits } from './audits.ts';
export { type Card, cardOf } from './card.ts';
export type { RunEvent } from './curves.ts';
export type { RunDetail } from './detail.ts';
export type { Evidence } from './evidence.ts';
export type { Family } from './family.ts';
export { type RunInfo, runIdOf } from './listing.ts';
export type { ModelRequest } from './model-process.ts';
export { AXES, MEASURES, type OverlaidCurve } from './overlay.ts';
export type { RecipeDifferences } from './recipe-differences.ts';
export { type RunRecord, runRecordOf } from './run-record.ts';
export { type RunRow, type RunSort, type RunTable, SORTS } from './run-table.ts';
export { Runs, type RunsOptions } from './runs.ts';
export type { TrainingData } from './training-data.ts';
