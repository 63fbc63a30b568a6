// The error of a schema that is not supported, and how much work one schema may cost: it is compiled in the process that serves everybody.

import { JikjiError } from '../../../base/index.ts';

const HINT = 'docs/serving.md lists what is supported';

/** Names, references and patterns are the client's own, and may be long. */
export const refuse = (message: string, path: string): JikjiError =>
  new JikjiError('schema-unsupported', message.slice(0, 200), path.slice(0, 200) || 'the schema', HINT);

/** Steps of one schema: transitions of automata, pairs of merged schemas. Some 0.3 s. */
const MAX_STEPS = 3_000_000;

export class Budget {
  #left = MAX_STEPS;

  /** @throws JikjiError `schema-unsupported` where the schema has cost too much */
  spend(steps: number, path: string): void {
    this.#left -= steps;
    if (this.#left < 0) throw refuse('a schema whose patterns, bounds and merges are so large is not supported', path);
  }
}
