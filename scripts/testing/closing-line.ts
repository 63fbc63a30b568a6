// The last lines of a run of the tests: what was left to other turns and the call that repeats this one, and what was skipped, for want of
// what.

import type { Reporter, TestModule, UserConsoleLog } from 'vitest/node';
import type { Turn } from './turns.ts';

export class ClosingLine implements Reporter {
  readonly #turn: Turn | undefined;
  readonly #reasons = new Set<string>();

  constructor(turn: Turn | undefined) {
    this.#turn = turn;
  }

  onUserConsoleLog({ content }: UserConsoleLog): void {
    for (const [, reason] of content.matchAll(/^skipped: (.*)$/gm)) this.#reasons.add(reason!);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]).length;
    const why = [...this.#reasons].sort().join('; ');
    const lines =
      skipped === 0 ? ['Nothing was skipped.'] : [`${skipped} tests were skipped: ${why || 'no reason was given'}.`];
    if (this.#turn) {
      const { turn, of, run, left } = this.#turn;
      lines.push(
        `Turn ${turn} of ${of}: ${run.length} of the ${run.length + left.length} long test files. JIKJI_TEST_TURN=${turn} npm test repeats it, JIKJI_TEST_TURN=all npm test runs all.`,
      );
    }
    console.log(`\n${lines.join('\n')}`);
  }
}
