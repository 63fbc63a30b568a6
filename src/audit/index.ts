// The audit's face: checks a run, packs what an auditor needs, and says what was found.
export { type AuditOptions, audit } from './audit.ts';
export { type BundleOptions, type BundleResult, bundleRun, withBundle } from './bundle.ts';
export { reportHtml, reportLines } from './report/index.ts';
export * from './types.ts';
