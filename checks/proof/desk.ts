// Runs that an office answers, for the cases of both verifiers: once, again and again, and on the way.

import { join } from 'node:path';
import { Book } from '../../src/audit/testing/book.ts';
import type { Bench, RecipeChanges } from '../../src/audit/testing/run.ts';
import { readLodgeable, type Signer, sha256Hex, signHead } from '../../src/ledger/index.ts';
import { type Both, type CaseOptions, type Expected, each } from './both.ts';

export const TRAIN = { steps: 8, batchSize: 2, microBatchSize: 2, sequenceLength: 12, validationTokens: 60 };

export interface Scene {
  bench: Bench;
  signer: Signer;
  /** The office. */
  stranger: Signer;
  wanted: (name: string) => boolean;
}

/** What is judged: a run, with what an auditor brings. */
export interface Judged {
  run: string;
  given: CaseOptions;
}

export interface Case {
  name: string;
  expected: Expected;
  make: (desk: Desk) => Promise<Judged> | Judged;
}

/** Cases by their names, of which the same is expected. */
export const cases = (expected: Expected, makes: Record<string, Case['make']>) =>
  Object.entries(makes).map(([name, make]): Case => ({ name, expected, make }));

/** Judges those of the cases that are asked for. */
export async function judgeCases(both: Both, cases: readonly Case[], desk: Desk): Promise<void> {
  await each(
    cases.filter(({ name }) => desk.wanted(name)),
    async ({ name, expected, make }) => {
      const { run, given } = await make(desk);
      await both.judge(name, run, expected, given);
    },
  );
}

/** Makes runs that an office answers, and keeps what is made twice. */
export class Desk {
  readonly bench: Bench;
  readonly signer: Signer;
  readonly office: Signer;
  readonly wanted: Scene['wanted'];
  #honest: Promise<{ run: string; book: Book }> | undefined;

  constructor({ bench, signer, stranger, wanted }: Scene) {
    this.wanted = wanted;
    this.bench = bench;
    this.signer = signer;
    this.office = stranger;
  }

  book(): Book {
    return new Book(this.office);
  }

  /** A run whose request (asked `again` times more) and seal `book` answers, and heads of its transcript. */
  async make(book: Book, { heads = [], again = 0, ...changes }: { heads?: number[]; again?: number } & RecipeChanges) {
    const recipe = { train: TRAIN, ...changes };
    const out = this.bench.path();
    const lodge = join(out, 'lodging.json');
    await this.bench.make(this.signer, recipe, { out, lodge: `${out}.none` }).catch((error) => {
      if (error.code !== 'lodging-missing') throw error;
    });
    for (let i = 0; i <= again; i++) book.lodge(out, 'request');
    await this.bench.make(this.signer, recipe, { out, lodge, resume: true });
    book.heads(out, heads, this.signer);
    book.lodge(out, 'seal');
    return out;
  }

  /** Answered once: another run of this maker, a request, heads at steps 2 to 8, the seal. */
  honest(): Promise<{ run: string; book: Book }> {
    this.#honest ??= (async () => {
      const book = this.book();
      const elsewhere = { run: sha256Hex('x'), step: 1, head: sha256Hex('y') };
      book.ask(readLodgeable(signHead(elsewhere, this.signer), undefined, ''));
      return { run: await this.make(book, { heads: [2, 4, 6, 8] }), book };
    })();
    return this.#honest;
  }
}
