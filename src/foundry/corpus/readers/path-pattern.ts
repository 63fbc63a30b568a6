// Matches paths of a JSON file against a recipe's `field`, part by part while the file is read.

/** Names with dots between them; `*` stands for any one of them, `**` for any number. */
export class PathPattern {
  /** The states before any part of a path. */
  readonly root: number[];
  readonly #parts: string[];

  constructor(field: string) {
    this.#parts = field.split('.');
    this.root = this.#close(new Set([0]));
  }

  /** The states after one more part of a path. */
  advance(states: number[], key: string): number[] {
    const next = new Set<number>();
    for (const state of states) {
      const part = this.#parts[state];
      if (part === '**') next.add(state);
      else if (part === '*' || part === key) next.add(state + 1);
    }
    return this.#close(next);
  }

  /** Whether the whole pattern is behind one of the states. */
  takes(states: number[]): boolean {
    return states.includes(this.#parts.length);
  }

  #close(states: Set<number>): number[] {
    for (const state of states) if (this.#parts[state] === '**') states.add(state + 1);
    return [...states];
  }
}
