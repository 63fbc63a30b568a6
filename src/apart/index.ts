// Work in child processes, which may hang, run out of memory or crash without harm to their parent.
export { answer, type ChildMessage, endWithParent, failureOf } from './child.ts';
export { LineChild } from './line-child.ts';
export {
  type ChildOptions,
  type ChildOutcome,
  type ChildSettings,
  childScript,
  childSettings,
  killGroup,
  MAX_CHILD_BYTES,
  residentBytes,
  runChild,
  startChild,
} from './parent.ts';
export { MAX_SANDBOX_HEAP, sandboxSettings } from './sandbox.ts';
