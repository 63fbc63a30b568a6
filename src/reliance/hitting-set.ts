// All smallest hitting sets, where the sets to hit are too many to list: the search requests them as it needs them (implicit hitting set).
// Exact within a limit of work. Knows no suppliers and graphs: elements are numbers from 0.

/**
 * Returns sets that every solution hits and `chosen` does not: at least one, unless `chosen` is a solution. Never an empty set: all
 * elements together are a solution.
 */
export type UnmetSets = (chosen: readonly number[]) => number[][];

export interface Limit {
  /** Steps of work: visited elements of sets, plus `asking` for each call of Missed. */
  steps: number;
  /** Steps that a call of Missed counts for. */
  asking: number;
  /** Maximum number of listed solutions. */
  sets: number;
}

export interface Hitting {
  /** Size of the listed sets. */
  size: number;
  sets: number[][];
  /** True: no smaller solution exists. False: the one listed set is a solution, and a smaller one may exist. */
  exact: boolean;
  /** No solution is smaller than this. */
  atLeast: number;
  /** There may be solutions of this size that are not listed. */
  more: boolean;
}

const FREE = 0;
const CHOSEN = 1;
const BARRED = 2;

/** @param elements number of elements */
export function smallestHittingSets(elements: number, missed: UnmetSets, limit: Limit): Hitting {
  const search = new Search(elements, missed, limit);
  if (!search.ask([])) return { size: 0, sets: [[]], exact: true, atLeast: 0, more: false };
  // Sizes are searched completely in rising order, so that the first size with a solution is the smallest.
  for (let size = search.packing(); ; size = Math.max(size + 1, search.packing())) {
    const { sets, isComplete } = search.ofSize(size);
    if (sets.length > 0) return { size, sets, exact: true, atLeast: size, more: !isComplete };
    if (isComplete) continue;
    const set = search.greedy();
    return { size: set.length, sets: [set], exact: set.length === size, atLeast: size, more: true };
  }
}

class Search {
  readonly #missed: UnmetSets;
  readonly #limit: Limit;
  readonly #state: Uint8Array;
  /** Known sets to hit. */
  readonly #sets: number[][] = [];
  /** By element: number of the last packing that took it. */
  readonly #taken: Int32Array;
  #packings = 0;
  #steps = 0;

  constructor(elements: number, missed: UnmetSets, limit: Limit) {
    this.#missed = missed;
    this.#limit = limit;
    this.#state = new Uint8Array(elements);
    this.#taken = new Int32Array(elements);
  }

  /** Requests the sets that `chosen` misses; false if there are none. */
  ask(chosen: readonly number[]): boolean {
    this.#steps += this.#limit.asking;
    const found = this.#missed(chosen);
    this.#sets.push(...found);
    return found.length > 0;
  }

  /** The free elements of each known set that is not hit, the shortest first. */
  #open(): number[][] {
    const open: number[][] = [];
    for (const set of this.#sets) {
      this.#steps += set.length;
      if (set.some((e) => this.#state[e] === CHOSEN)) continue;
      open.push(set.filter((e) => this.#state[e] === FREE));
    }
    return open.sort((a, b) => a.length - b.length);
  }

  /** Number of disjoint known sets, chosen greedily: a lower bound of the size. */
  packing(open: readonly number[][] = this.#open()): number {
    this.#packings++;
    let count = 0;
    for (const set of open) {
      this.#steps += set.length;
      if (set.some((e) => this.#taken[e] === this.#packings)) continue;
      for (const e of set) this.#taken[e] = this.#packings;
      count++;
    }
    return count;
  }

  /** All solutions of the smallest size, each once; not complete if the limit was reached. */
  ofSize(size: number): { sets: number[][]; isComplete: boolean } {
    const found: number[][] = [];
    const chosen: number[] = [];
    /** Elements of which one must be chosen; those before `at` were tried, and are barred from then on. */
    const frames: { of: number[]; at: number }[] = [];
    const enter = (): void => {
      for (;;) {
        const open = this.#open();
        if (open.length === 0) {
          if (this.ask(chosen)) continue;
          found.push([...chosen]);
          return;
        }
        if (open[0]!.length > 0 && chosen.length + this.packing(open) <= size) frames.push({ of: open[0]!, at: -1 });
        return;
      }
    };
    const isOver = (): boolean => this.#steps > this.#limit.steps || found.length > this.#limit.sets;
    this.#state.fill(FREE);
    enter();
    while (frames.length > 0 && !isOver()) {
      const frame = frames.at(-1)!;
      if (frame.at >= 0) this.#state[chosen.pop()!] = BARRED;
      frame.at++;
      const next = frame.of[frame.at];
      if (next === undefined) {
        for (const e of frame.of) this.#state[e] = FREE;
        frames.pop();
        continue;
      }
      this.#state[next] = CHOSEN;
      chosen.push(next);
      enter();
    }
    return { sets: found.slice(0, this.#limit.sets), isComplete: !isOver() };
  }

  /** A solution from which no element can be removed: repeatedly takes the element that hits the most open sets. */
  greedy(): number[] {
    this.#state.fill(FREE);
    let chosen: number[] = [];
    for (;;) {
      const open = this.#open();
      if (open.length === 0) {
        if (this.ask(chosen)) continue;
        break;
      }
      const hits = new Map<number, number>();
      for (const set of open) for (const e of set) hits.set(e, (hits.get(e) ?? 0) + 1);
      const [best] = [...hits].reduce((a, b) => (b[1] > a[1] ? b : a));
      this.#state[best] = CHOSEN;
      chosen.push(best);
    }
    for (const e of [...chosen]) {
      const without = chosen.filter((other) => other !== e);
      // The known sets show for most elements that they are needed, without another request.
      const isNeeded = this.#sets.some((set) => set.includes(e) && !set.some((other) => without.includes(other)));
      if (!isNeeded && !this.ask(without)) chosen = without;
    }
    return chosen;
  }
}
