// Runs that were handed over to another key, for both verifiers: honest ones and forgeries, and what follows from several keys for registers,
// for runs that were built on such a run, and for audits that are joined.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { audit, bundleRun, signAudit, signableOf } from '../../src/audit/index.ts';
import { Book } from '../../src/audit/testing/book.ts';
import { HAND_OVER_FORGERIES, MOVED, makeMovedRun } from '../../src/audit/testing/hand-over-forgeries.ts';
import { dropHandOvers, type Holder, makeMoved, redoHandOvers, redoSeal } from '../../src/audit/testing/hand-overs.ts';
import { redoEvidence } from '../../src/audit/testing/run.ts';
import { asOwnDraw, resigned } from '../../src/audit/testing/signed-audit.ts';
import {
  type Commitment,
  digestOfFile,
  type Parent,
  parentOf,
  readStatement,
  type Signer,
  signStatement,
} from '../../src/ledger/index.ts';
import { handOverFile, takeOverFile } from '../../src/run-folder/index.ts';
import { type Both, each, HOLDS } from './both.ts';
import { type Case, cases, Desk, type Judged, judgeCases, type Scene } from './desk.ts';
import { judgeMerge } from './merges.ts';

const secondOf = ({ bench }: Pick<Desk, 'bench'>): Signer => bench.strangersKey('second');
const keysOf = (desk: Desk) => ({ first: desk.signer, second: secondOf(desk) });
const SAMPLED = { replay: undefined };

/** What is made once for all cases. */
class Made {
  readonly #desk: Desk;
  #run: Promise<string> | undefined;
  #child: Promise<string> | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Handed over twice, and back. */
  run(): Promise<string> {
    this.#run ??= makeMovedRun(this.#desk.bench, keysOf(this.#desk));
    return this.#run;
  }

  /** Built on it. */
  child(): Promise<string> {
    this.#child ??= this.run().then((run) =>
      this.#desk.bench.make(this.#desk.signer, { ...MOVED, name: 'child', seed: 5, from: { run: basename(run) } }),
    );
    return this.#child;
  }
}

const known = new WeakMap<Desk, Made>();
function madeOf(desk: Desk): Made {
  const made = known.get(desk) ?? new Made(desk);
  known.set(desk, made);
  return made;
}

/** A copy of the run, changed. */
const changed =
  (change: (run: string, desk: Desk) => void): Case['make'] =>
  async (desk) => {
    const run = desk.bench.copy(await madeOf(desk).run());
    change(run, desk);
    return { run, given: {} };
  };

/** A copy of its child, of which the statements of the parent are changed; genesis names the seal that lies there then. */
const changedChild =
  (change: (at: (name: string) => string, desk: Desk) => void): Case['make'] =>
  async (desk) => {
    const run = desk.bench.copy(await madeOf(desk).child());
    change((name) => join(run, 'start', name), desk);
    const parent = parentOf(readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment)!;
    const seal = digestOfFile(join(run, 'start/seal.json'));
    const named: Parent = { ...parent, seal } as Extract<Parent, { seal: string }>;
    redoEvidence(run, desk.signer, { commitment: { parent: named } as Partial<Commitment> });
    return { run, given: {} };
  };

/** Signs the seal in start/ again. */
function sealParent(at: (name: string) => string, signer: Signer, changes: object) {
  const { predicate, subjects, sizes } = readStatement(at('seal.json'), 'seal');
  const named = [...subjects].map(([name, digest]) => [name, digest, sizes.get(name)] as const);
  const said = { ...predicate, makerKey: signer.publicKey.toString('base64'), ...changes };
  writeFileSync(at('seal.json'), signStatement('seal', named, said as never, signer));
}

interface Lodged {
  book: Book;
  holders: readonly Holder[];
  /** Called after each hand-over. */
  between?: (run: string, number: number) => void;
}

/** A run whose request and seal an office answers, and whose hand-overs it does as `between` says. */
async function lodged(desk: Desk, { book, holders, between = () => {} }: Lodged): Promise<string> {
  const out = desk.bench.path();
  const lodge = join(out, 'lodging.json');
  const changes = { ...MOVED, train: { ...MOVED.train, steps: 16 } };
  await desk.bench.make(desk.signer, changes, { out, lodge: `${out}.none` }).catch((error) => {
    if (error.code !== 'lodging-missing') throw error;
  });
  book.lodge(out, 'request');
  return makeMoved(desk.bench, holders, changes, { out, lodge, resume: true, between });
}

const twoKeys = (desk: Desk): Holder[] => [{ signer: desk.signer, until: 5 }, { signer: secondOf(desk) }];

/** All that an honest maker lodges: heads by the key that held the run, the head of an earlier step after he gave it away. */
async function lodgedHonestly(desk: Desk, book = desk.book()): Promise<Judged & { book: Book }> {
  const between = (run: string, number: number) => {
    book.heads(run, [2], desk.signer);
    book.handOver(run, number);
    book.heads(run, [4], desk.signer);
  };
  const run = await lodged(desk, { book, holders: twoKeys(desk), between });
  book.heads(run, [6, 16], secondOf(desk));
  const { nonce } = book.lodge(run, 'seal');
  return { run, book, given: { ...SAMPLED, register: book.given, challenge: nonce } };
}

/** A hand-over of the run in this folder that its first key signs too, to another key, and the office takes. */
function lodgeOther(desk: Desk, { run, book }: { run: string; book: Book }, next: Signer): string {
  const { predicate, subjects } = readStatement(join(run, handOverFile(1)), 'hand-over');
  const other = { ...predicate, nextKey: next.publicKey.toString('base64') };
  const text = signStatement('hand-over', [...subjects], other, desk.signer);
  book.askHandOver(text, readFileSync(join(run, 'genesis.json'), 'utf8'));
  return text;
}

const REGISTERED: Case[] = [
  ...cases(HOLDS, {
    'handed over: register: honest, with its hand-over, and the nonce as the challenge': (desk) => lodgedHonestly(desk),
    'handed over: register: honest, the hand-over was not lodged': async (desk) => {
      const book = desk.book();
      const run = await lodged(desk, { book, holders: twoKeys(desk) });
      book.heads(run, [4], desk.signer);
      book.heads(run, [6], secondOf(desk));
      const { nonce } = book.lodge(run, 'seal');
      return { run, given: { ...SAMPLED, register: book.given, challenge: nonce } };
    },
    'handed over: register: the office has the key that went on': async (desk) => {
      const { run, given, book } = await lodgedHonestly(desk, new Book(secondOf(desk)));
      return { run, given: { ...given, register: book.given } };
    },
  }),
  ...cases(
    { verdict: 'incomplete', check: 'register', finding: { file: 'seal.json' } },
    {
      'handed over: register: the office has a hand-over to another key': async (desk) => {
        const book = desk.book();
        const run = await lodged(desk, { book, holders: twoKeys(desk) });
        lodgeOther(desk, { run, book }, desk.bench.strangersKey('third'));
        book.lodge(run, 'seal');
        return { run, given: { register: book.given } };
      },
      'handed over: register: the office has a hand-over that was cut from the run': async (desk) => {
        const { run, book } = await lodgedHonestly(desk);
        dropHandOvers(run, 1);
        rmSync(join(run, 'seal-lodging.json'));
        redoSeal(run, desk.signer, { formatVersion: 2, handOvers: undefined });
        return { run, given: { register: book.given } };
      },
    },
  ),
  ...cases(
    { verdict: 'incomplete', check: 'register', finding: { file: 'seal-lodging.json' } },
    {
      'handed over: register: a key that got the run elsewhere sealed first': async (desk) => {
        const book = desk.book();
        const third = desk.bench.strangersKey('third');
        const run = await lodged(desk, { book, holders: twoKeys(desk) });
        const copy = desk.bench.copy(run);
        writeFileSync(join(copy, handOverFile(1)), lodgeOther(desk, { run, book }, third));
        redoHandOvers(copy, [desk.signer, third]);
        book.lodge(copy, 'seal');
        const { nonce } = book.lodge(run, 'seal');
        return { run, given: { ...SAMPLED, register: book.given, challenge: nonce } };
      },
      'handed over: register: a key two hand-overs further elsewhere sealed first': async (desk) => {
        const book = desk.book();
        const [third, fourth] = ['third', 'fourth'].map((name) => desk.bench.strangersKey(name)) as [Signer, Signer];
        const run = await lodged(desk, { book, holders: twoKeys(desk) });
        const copy = desk.bench.copy(run);
        writeFileSync(join(copy, handOverFile(1)), lodgeOther(desk, { run, book }, third));
        const { predicate, subjects } = readStatement(join(copy, handOverFile(1)), 'hand-over');
        const on = {
          ...predicate,
          makerKey: third.publicKey.toString('base64'),
          after: digestOfFile(join(copy, handOverFile(1))),
          nextKey: fourth.publicKey.toString('base64'),
        };
        writeFileSync(join(copy, handOverFile(2)), signStatement('hand-over', [...subjects], on, third));
        book.handOver(copy, 2);
        redoSeal(copy, fourth, {});
        book.lodge(copy, 'seal');
        const { nonce } = book.lodge(run, 'seal');
        return { run, given: { ...SAMPLED, register: book.given, challenge: nonce } };
      },
    },
  ),
  ...cases(
    { verdict: 'refuted', check: 'register', finding: { file: 'transcript.jsonl', step: 6 } },
    {
      'handed over: register: a head of another past by the second key': async (desk) => {
        const { run, book } = await lodgedHonestly(desk);
        book.heads(run, [6], secondOf(desk), 'ab'.repeat(32));
        return { run, given: { register: book.given } };
      },
    },
  ),
];

const CASES: Case[] = [
  ...cases(HOLDS, {
    'handed over: sealed by the second key, whose clock is behind that of the first': changed((run, desk) => {
      dropHandOvers(run, 2);
      redoHandOvers(run, [desk.signer, secondOf(desk)], {}, { predicate: { time: '2020-01-01T00:00:00.000Z' } });
    }),
    'handed over: built on such a run, which is audited too': async (desk) => {
      const made = madeOf(desk);
      const out = desk.bench.path();
      await bundleRun({ run: await made.child(), out: `${out}.tar`, withoutData: false });
      return { run: `${out}.tar`, given: { parents: [await made.run()] } };
    },
    'handed over: built on such a run, with all evidence signed again': changedChild(() => {}),
    'handed over: built on such a run, and lodged with its second key': async (desk) => {
      const book = new Book(secondOf(desk));
      const from = { run: basename(await madeOf(desk).run()) };
      const run = await desk.make(book, { ...MOVED, name: 'child', seed: 6, from });
      const { nonce } = readStatement(join(run, 'seal-lodging.json'), 'lodging').predicate;
      return { run, given: { ...SAMPLED, register: book.given, challenge: nonce } };
    },
  }),
  ...cases(
    { verdict: 'incomplete', check: 'structure', finding: { file: `start/${handOverFile(1)}` } },
    {
      'handed over: built on such a run, whose hand-overs are not there': changedChild((at) =>
        rmSync(at('hand-overs'), { recursive: true }),
      ),
    },
  ),
  ...cases(
    { verdict: 'incomplete', check: 'structure', finding: { file: `start/${takeOverFile(2)}` } },
    {
      'handed over: built on such a run, whose last countersignature is not there': changedChild((at) =>
        rmSync(at(takeOverFile(2))),
      ),
    },
  ),
  ...cases(
    { verdict: 'refuted', check: 'structure', finding: { file: `start/${takeOverFile(1)}` } },
    {
      'handed over: built on such a run, with a countersignature by another key': changedChild((at, desk) => {
        const { predicate, subjects } = readStatement(at(takeOverFile(1)), 'take-over');
        const said = { ...predicate, makerKey: desk.office.publicKey.toString('base64') };
        writeFileSync(at(takeOverFile(1)), signStatement('take-over', [...subjects], said, desk.office));
      }),
    },
  ),
  ...cases(
    { verdict: 'refuted', check: 'structure', finding: { file: `start/${handOverFile(2)}` } },
    {
      'handed over: built on such a run, with a hand-over that is no JSON': changedChild((at) =>
        writeFileSync(at(handOverFile(2)), 'no json\n'),
      ),
      'handed over: built on such a run, which its last key sealed after it gave it away': changedChild((at, desk) => {
        rmSync(at(takeOverFile(2)));
        sealParent(at, secondOf(desk), { handOvers: [digestOfFile(at(takeOverFile(1)))] });
      }),
    },
  ),
  ...cases(
    { verdict: 'refuted', check: 'structure', finding: { file: 'start/seal.json' } },
    {
      'handed over: built on such a run, sealed by a key that held it before': changedChild((at, desk) =>
        sealParent(at, secondOf(desk), {}),
      ),
      'handed over: built on such a run, whose seal names its first hand-over alone': changedChild((at, desk) =>
        sealParent(at, desk.signer, { handOvers: [digestOfFile(at(takeOverFile(1)))] }),
      ),
    },
  ),
  ...REGISTERED,
];

/** Audits of a run with two keys, to join. */
async function reportsOfMoved(desk: Desk): Promise<{ name: string; texts: string[] }[]> {
  const { bench, office } = desk;
  const second = secondOf(desk);
  const run = await madeOf(desk).run();
  const other = bench.copy(run);
  redoSeal(other, desk.signer, { time: '2099-01-01T00:00:00.000Z' });
  const signed = async (signer: Signer, folder: string) =>
    signAudit(signableOf(asOwnDraw(await audit({ folder, threads: 1, replay: 'all' }))), signer);
  const whole = await signed(office, run);
  const third = bench.strangersKey('third');
  const names = (signer: Signer, makers: string[]) =>
    resigned(whole, signer, ({ links }) => Object.assign(links[0]!, { makers }));
  const refuted = (signer: Signer) => resigned(whole, signer, (predicate) => (predicate.verdict = 'refuted'));
  return [
    { name: 'of a run that was handed over', texts: [whole] },
    { name: 'by the second key', texts: [resigned(whole, second, () => {})] },
    { name: 'by the second key, beside another', texts: [whole, resigned(whole, second, () => {})] },
    { name: 'by the second key, which it does not name', texts: [whole, names(second, [desk.signer.fingerprint])] },
    { name: 'that names one maker alone', texts: [whole, names(third, [desk.signer.fingerprint])] },
    { name: 'a refusal by the second key', texts: [whole, refuted(second)] },
    { name: 'a refusal', texts: [whole, refuted(third)] },
    { name: 'of two seals of one genesis', texts: [whole, await signed(third, other)] },
  ];
}

export async function judgeHandOvers(both: Both, scene: Scene): Promise<void> {
  const desk = new Desk(scene);
  const { bench, signer: first, stranger, wanted } = scene;
  const honest = 'handed over: honest, twice and back';
  if (wanted(honest)) {
    const out = join(bench.folder, 'moved.tar');
    await bundleRun({ run: await madeOf(desk).run(), out, withoutData: false });
    await both.judge(honest, out, HOLDS, { maker: first.fingerprint });
    await both.judge(`${honest}, a part`, out, HOLDS, SAMPLED);
  }
  const forgeries = HAND_OVER_FORGERIES.filter(({ name }) => wanted(`handed over: ${name}`));
  const other = forgeries.length > 0 ? await makeMovedRun(bench, keysOf(desk), 4711) : '';
  await each(forgeries, async ({ name, verdict, check, file, step, do: change }) => {
    const run = bench.copy(await madeOf(desk).run());
    change({ run, other, ...keysOf(desk), stranger });
    await both.judge(`handed over: ${name}`, run, { verdict, check, finding: { file, step } });
  });
  await judgeCases(both, CASES, desk);
  const joined = 'handed over: merge';
  if (wanted(joined))
    for (const { name, texts } of await reportsOfMoved(desk))
      await judgeMerge(both, bench.folder, `${joined}: ${name}`, texts);
}
