// Work in processes of its own, which may hang, eat memory or crash without taking their parent down.
export { answer, type ChildMessage, endWithParent, failureOf } from './child.ts';
export {
  type ChildOptions,
  type ChildOutcome,
  type ChildSettings,
  childScript,
  killGroup,
  MAX_CHILD_BYTES,
  childSettings,
  runChild,
  startChild,
  watchMemory,
} from './parent.ts';
