// The audit's face: checks a run, packs what an auditor needs, and says what was found.
export { type AuditOptions, audit } from './audit.ts';
export { type BundleOptions, type BundleResult, bundleRun, withBundle } from './bundle.ts';
export type { GivenRegister } from './register-check.ts';
export {
  type Format,
  formatFor,
  type Html,
  html,
  type Lang,
  PALETTES,
  plain,
  reportHtml,
  reportLines,
  STYLES,
} from './report/index.ts';
export * from './types.ts';
