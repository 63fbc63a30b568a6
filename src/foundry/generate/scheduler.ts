// Computes many texts together on one decoder: in each pass the next token of every text that grows, and pieces of inputs that are new.
// Pages are taken as texts grow, shared where texts begin alike, and taken away again, from the youngest text first, where there are too
// few. The time that a client takes from others is its debt: it waits until they had more, so that each keeps half of its speed. What
// shares a pass, and in which order, changes no bit. Knows ids; how a token is chosen is the task's.

import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { type Decoder, PAGE_POSITIONS, type Piece, pagesOf } from '../model/index.ts';
import type { Logits } from './choose.ts';
import { PagePool } from './page-pool.ts';
import { PrefixCache } from './prefix-cache.ts';
import { Debts, FairQueue } from './queue.ts';
import type { Task } from './task.ts';

/** A pass of new inputs takes about so long where others wait for their next token, in milliseconds. */
const PASS_MS = 100;
/** Rows of such a pass at least: fewer would read all weights for little. */
const MIN_ROWS = 24;
/** Of its speed alone a client keeps so much beside another one, however much that one asks for: a half, and room for rough times. */
const SHARE = 2 / 3;
/** Time of their own that others get for time that was taken from them: then they keep that share. */
const REPAID = SHARE / (1 - SHARE);
/** How much of a mean a new time is. */
const NEW = 0.2;
/** Tasks that begin before one that has no room yet; then they wait until it has begun. */
const MAX_PASSED = 32;
/** Tokens guessed at once at most. */
const MAX_GUESSES = 8;

export interface TaskOptions {
  /** Tasks of clients take turns. @default '' */
  client?: string;
  signal?: AbortSignal | undefined;
}

/** A task on its way. */
interface Run {
  readonly task: Task;
  readonly client: string;
  readonly signal: AbortSignal | undefined;
  /** Positions whose keys and values are in the pages. */
  computed: number;
  /** Positions that were taken over when it began. */
  cached: number | undefined;
  pages: number[];
  /** Tasks that began although its turn was before theirs: it had no room. */
  passed: number;
  resolve(of: { cached: number }): void;
  reject(error: unknown): void;
}

/** Work of a client that needs no pass. */
interface Job {
  client: string;
  work(): void;
  reject(error: unknown): void;
}

/** What a pass computes of a run. */
interface Part {
  run: Run;
  /** Its first row. */
  first: number;
  start: number;
  tokens: number[];
  /** How many of the tokens are guesses. */
  guesses: number;
}

export interface Load {
  running: number;
  /** Tasks and jobs. */
  waiting: number;
  pages: { all: number; free: number; cached: number };
}

const closed = () => new JikjiError('stopping', 'the model is being closed', 'the text', 'ask again');

export class Scheduler {
  readonly #decoder: Decoder;
  readonly #pool: PagePool;
  readonly #cache: PrefixCache;
  /** In the order in which they began. */
  #running: Run[] = [];
  readonly #waiting = new FairQueue<Run>();
  readonly #jobs = new FairQueue<Job>();
  readonly #debts = new Debts();
  readonly #clock: () => number;
  /** Milliseconds of the last pass, without what is a client's debt. */
  #passMs = 0;
  /** By its rows a mean of the passes in which texts grew and none was new. */
  readonly #growMs: number[] = [];
  #loop: Promise<void> | undefined;
  #isClosed = false;
  /** Milliseconds of a row of a pass of new inputs; the first passes measure it. */
  #rowMs = 0;
  /** Tokens computed, and those taken over from the cache. */
  readonly counts = { computed: 0, cached: 0, guessed: 0, guessedRight: 0 };

  /** Needs a decoder whose pages hold at least one context; `clock` says milliseconds. */
  constructor(decoder: Decoder, clock = () => performance.now()) {
    this.#decoder = decoder;
    this.#clock = clock;
    const { pages, context } = decoder.size;
    if (pages < pagesOf(context)) throw new Error(`${pages} pages do not hold a context of ${context}`);
    this.#pool = new PagePool(pages);
    this.#cache = new PrefixCache(this.#pool, PAGE_POSITIONS);
  }

  get load(): Load {
    const { pages: all } = this.#decoder.size;
    const pages = { all, free: this.#pool.free, cached: this.#cache.size };
    return { running: this.#running.length, waiting: this.#waiting.length + this.#jobs.length, pages };
  }

  /**
   * Runs a task to its end, and says how much of its first input was taken over from earlier ones. Resolves early where its signal is
   * aborted: the task has then what it got until then.
   */
  run(task: Task, { client = '', signal }: TaskOptions = {}): Promise<{ cached: number }> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw closed();
      const run = { task, client, signal, computed: 0, cached: undefined, pages: [], passed: 0, resolve, reject };
      this.#waiting.push(client, run);
      this.#loop ??= this.#work();
    });
  }

  /** Does what a client needs before a task of its own, at most one such job between two passes: clients take turns. */
  job<T>(client: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw closed();
      this.#jobs.push(client, { client, work: () => resolve(work()), reject });
      this.#loop ??= this.#work();
    });
  }

  /** Ends all tasks with an error; the decoder may be closed then. */
  close(): void {
    this.#isClosed = true;
  }

  async #work(): Promise<void> {
    await Promise.resolve(); // `run` has set #loop then: a task that begins another one in the first pass begins no second loop
    try {
      while (this.#running.length + this.load.waiting > 0) {
        if (this.#isClosed) throw closed();
        this.#step();
        await setImmediate(); // lets requests, signals and the screen have their turn
      }
    } catch (error) {
      // Whatever fails here fails for all: nobody is left waiting.
      const all = () => true;
      for (const one of [...this.#running, ...this.#waiting.remove(all), ...this.#jobs.remove(all)]) one.reject(error);
      this.#running = [];
    } finally {
      this.#debts.clear();
      this.#loop = undefined;
    }
  }

  #step(): void {
    const isGone = ({ signal }: Run) => signal?.aborted === true;
    for (const run of this.#waiting.remove(isGone)) run.resolve({ cached: run.cached ?? 0 });
    for (const run of this.#running.filter(isGone)) this.#end(run);
    this.#admit();
    const isHeld = this.#held();
    this.#nextJob(isHeld);
    // Where nobody else can go on, nobody is held.
    let parts = this.#parts(isHeld);
    if (parts.length === 0) parts = this.#parts(() => false);
    if (parts.length === 0) return;
    const started = this.#clock();
    this.#decoder.forward(parts.map(({ run, start, tokens }): Piece => ({ tokens, start, pages: run.pages })));
    const rows = parts.reduce((sum, { tokens }) => sum + tokens.length, 0);
    this.counts.computed += rows;
    if (rows >= MIN_ROWS) this.#rowMs = (this.#clock() - started) / rows;
    for (const part of parts) this.#score(part);
    for (const { run, start, tokens, guesses } of parts) run.computed = start + tokens.length - guesses;
    const charged = this.#choose(parts);
    for (const part of parts) this.#keepFull(part);
    this.#passMs = this.#clock() - started - charged;
    this.#chargeRows(parts, rows);
    this.#debts.repay(this.#passMs, new Set(parts.map(({ run }) => run.client)));
  }

  /** A client owes for its rows where a pass takes much longer with them than without. */
  #chargeRows(parts: readonly Part[], rows: number): void {
    if (parts.some(({ tokens, guesses }) => tokens.length - guesses > 1)) return;
    const mean = this.#growMs[rows] ?? this.#passMs;
    this.#growMs[rows] = mean + NEW * (this.#passMs - mean);
    for (const [client, own] of Map.groupBy(parts, ({ run }) => run.client)) {
      const others = rows - own.reduce((sum, { tokens }) => sum + tokens.length, 0);
      const without = this.#growMs[others];
      if (without !== undefined) this.#debts.charge(client, (this.#passMs - without / SHARE) * REPAID);
    }
  }

  /** The time of some work, which its client owes then. */
  #charged(client: string, work: () => void): number {
    const started = this.#clock();
    work();
    const ms = this.#clock() - started;
    this.#debts.charge(client, ms * REPAID);
    return ms;
  }

  /** Whose tasks and jobs have to wait: who owes more than a pass, beside another one who does not. */
  #held(): (client: string) => boolean {
    const present = [...this.#running, ...this.#jobs.heads()].map(({ client }) => client);
    this.#debts.level(new Set(present));
    return (client) => this.#debts.of(client) > this.#passMs;
  }

  #nextJob(isHeld: (client: string) => boolean): void {
    const job = this.#jobs.take(({ client }) => !isHeld(client));
    if (!job) return;
    this.#charged(job.client, () => {
      try {
        job.work();
      } catch (error) {
        job.reject(error);
      }
    });
  }

  /** Begins with what waits, as long as there is room. */
  #admit(): void {
    const { rows, pages: all } = this.#decoder.size;
    const most = Math.min(rows, this.#decoder.logitRows);
    while (this.#running.length < most) {
      const overdue = this.#waiting.heads().find(({ passed }) => passed >= MAX_PASSED);
      const run = this.#waiting.take(
        (one) => (overdue ?? one) === one && this.#mayBegin(one, all),
        (one) => one.passed++,
      );
      if (!run) return;
      const { input, scored } = run.task;
      const known = scored ? { pages: [] } : this.#cache.take(input.slice(0, -1));
      run.pages = known.pages;
      run.computed = known.pages.length * PAGE_POSITIONS;
      this.#running.push(run);
      if (known.begun) {
        const page = this.#takePage(run);
        if (page !== undefined) {
          this.#decoder.copyPage(known.begun.page, page);
          run.pages.push(page);
          run.computed += known.begun.positions;
        }
      }
      this.counts.cached += run.computed;
      run.cached ??= run.computed;
    }
  }

  /** Whether a run has room, and nobody is just now computing what it could take over. */
  #mayBegin({ task: { input, scored } }: Run, all: number): boolean {
    if (this.#running.length === 0) return true;
    const promised = this.#running.reduce((sum, run) => sum + pagesOf(run.task.input.length + 1), 0);
    if (promised + pagesOf(input.length + 1) > all) return false;
    if (scored) return true;
    const known = this.#cache.known(input.slice(0, -1));
    return !this.#running.some((run) => {
      const other = run.task.input;
      if (run.computed >= other.length - 1) return false;
      let common = 0;
      while (common < input.length - 1 && common < other.length && input[common] === other[common]) common++;
      return common - (common % PAGE_POSITIONS) > Math.max(known, run.computed);
    });
  }

  /** What the next pass computes: first the next token of every text that grows, then as much of new inputs as fits. */
  #parts(isHeld: (client: string) => boolean): Part[] {
    const { rows } = this.#decoder.size;
    const going = this.#running.filter(({ client }) => !isHeld(client));
    const growing = going.filter(({ task, computed }) => computed === task.input.length - 1);
    const others = going.filter((run) => !growing.includes(run));
    const parts: Part[] = [];
    let used = 0;
    const add = (run: Run, most: number, guesses: readonly number[]): void => {
      const start = run.computed;
      const tokens = run.task.input.slice(start, start + most);
      if (!this.#running.includes(run) || !this.#makeRoom(run, start + tokens.length + guesses.length)) return;
      parts.push({ run, first: used, start, tokens: [...tokens, ...guesses], guesses: guesses.length });
      used += tokens.length + guesses.length;
    };
    for (const [i, run] of growing.entries()) {
      const free = Math.floor((rows - used) / (growing.length - i)) - 1;
      const room = Math.min(MAX_GUESSES, free, this.#decoder.size.context - run.task.input.length);
      add(run, 1, room > 0 ? (run.task.guess?.(room) ?? []) : []);
    }
    const limit = growing.length > 0 && this.#rowMs > 0 ? Math.max(MIN_ROWS, Math.floor(PASS_MS / this.#rowMs)) : rows;
    for (let left = Math.min(limit, rows - used), i = 0; i < others.length && left > 0; i++) {
      const before = used;
      add(others[i], left, []);
      left -= used - before;
    }
    // A run that lost its pages to another one of this pass is out of it, and its rows with it.
    const left = parts.filter(({ run }) => this.#running.includes(run));
    let row = 0;
    for (const part of left) {
      part.first = row;
      row += part.tokens.length;
    }
    return left;
  }

  /** Whether a run has pages for its first positions now. */
  #makeRoom(run: Run, positions: number): boolean {
    while (run.pages.length < pagesOf(positions)) {
      const page = this.#takePage(run);
      if (page === undefined) return false;
      run.pages.push(page);
    }
    return true;
  }

  /** A page: a free one, one of the cache, or one of a younger run, which waits again then. */
  #takePage(run: Run): number | undefined {
    for (;;) {
      const page = this.#pool.take();
      if (page !== undefined) return page;
      if (this.#cache.evict()) continue;
      const youngest = this.#running.at(-1)!;
      if (youngest === run) return undefined;
      this.#drop(youngest);
      this.#waiting.putBack(youngest.client, youngest);
    }
  }

  /** -ln p of tokens to be scored: each after the row of the token before it. */
  #score({ run, first, start, tokens, guesses }: Part): void {
    const { scored } = run.task;
    if (!scored) return;
    const from = Math.max(start, scored.first - 1);
    const end = Math.min(start + tokens.length - guesses, scored.tokens.length - 1);
    const targets = Array.from({ length: Math.max(0, end - from) }, (_, i) => ({
      row: first + from - start + i,
      token: scored.tokens[from + i + 1],
    }));
    if (scored.onToken)
      this.#decoder.losses(targets, (i, nats, isGreedy) => scored.onToken?.(from + i + 1, nats, isGreedy));
    if (scored.onLogits) {
      this.#eachLogits(
        targets.map(({ row }) => row),
        (i, logits) => scored.onLogits?.(from + i + 1, logits),
      );
    }
  }

  /** Calls with the logits after each of some rows of the last pass. */
  #eachLogits(rows: readonly number[], onLogits: (index: number, logits: Logits) => void): void {
    const { logitRows } = this.#decoder;
    for (let at = 0; at < rows.length; at += logitRows) {
      const some = rows.slice(at, at + logitRows);
      const logits = this.#decoder.logits(some);
      const V = logits.length / some.length;
      for (let i = 0; i < some.length; i++) {
        const values = logits.subarray(i * V, (i + 1) * V);
        onLogits(at + i, { values, exponentials: (scale) => this.#decoder.exponentials(i, scale) });
      }
    }
  }

  /** Gives every run whose input is computed the logits after it; and after each guess, as long as it was right. Returns what is owed for it. */
  #choose(parts: readonly Part[]): number {
    const rows = parts.flatMap((part) => {
      const { run, first, tokens, guesses } = part;
      if (run.computed < run.task.input.length) return [];
      const last = tokens.length - 1 - guesses;
      return Array.from({ length: guesses + 1 }, (_, i) => ({
        part,
        row: first + last + i,
        guess: tokens[last + i + 1],
      }));
    });
    const over = new Set<Run>();
    let charged = 0;
    this.#eachLogits(
      rows.map(({ row }) => row),
      (i, logits) => {
        const { part, guess } = rows[i];
        if (over.has(part.run)) return;
        let isRight = false;
        const next = (): void => {
          isRight = this.#next(part.run, logits, guess);
        };
        if (part.run.task.isCostly) charged += this.#charged(part.run.client, next);
        else next();
        if (guess !== undefined) this.counts.guessed++;
        if (isRight) this.counts.guessedRight++;
        else over.add(part.run);
      },
    );
    return charged;
  }

  /** One token more of a run; true where it is the guess, whose row is computed too. */
  #next(run: Run, logits: Logits, guess: number | undefined): boolean {
    try {
      const next = run.task.next(logits);
      if (next === 'ended') this.#end(run);
      else if (next === 'restarted') this.#forget(run);
      else if (run.task.input.at(-1) === guess) {
        run.computed++;
        return true;
      }
    } catch (error) {
      this.#drop(run);
      run.reject(error);
    }
    return false;
  }

  /** Pages that a pass has filled can be taken over by others. */
  #keepFull({ run, start }: Part): void {
    const full = Math.floor(run.computed / PAGE_POSITIONS);
    if (full <= Math.floor(start / PAGE_POSITIONS) || !this.#running.includes(run)) return;
    run.pages = this.#cache.keep(run.task.input.slice(0, full * PAGE_POSITIONS), run.pages);
  }

  /** Nothing of a run is computed any more. */
  #forget(run: Run): void {
    for (const page of run.pages) this.#pool.release(page);
    run.pages = [];
    run.computed = 0;
  }

  #end(run: Run): void {
    run.pages = this.#cache.keep(run.task.input.slice(0, run.computed), run.pages);
    this.#drop(run);
    run.resolve({ cached: run.cached ?? 0 });
  }

  /** Takes a run out. */
  #drop(run: Run): void {
    this.#running = this.#running.filter((one) => one !== run);
    this.#forget(run);
  }
}
