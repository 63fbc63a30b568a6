// Lodging during a run, with an office that answers, is away, comes back, or refuses. The test controls time.

import { expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { parseStatement, Register, readLodgeable, sha256Hex } from '../../ledger/index.ts';
import { commitmentOf, genesisText, key, requestText, sealText } from '../../ledger/testing/register.ts';
import { askUntilAnswered, Lodger, type LodgingRequest, type OfficeClient } from './office.ts';

const RUN = sha256Hex('run');
const maker = key();

/** Lets all pending promises continue. */
const settle = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

class MadeUpOffice implements OfficeClient {
  readonly address = 'https://office.example/programmes/test';
  readonly #signer = key();
  readonly register = Register.create(this.#signer.publicKey);
  /** The error in place of an answer. */
  trouble: JikjiError | undefined;
  asked = 0;

  async lodge({ statement, genesis }: LodgingRequest) {
    this.asked++;
    await Promise.resolve();
    if (this.trouble) throw this.trouble;
    const read = readLodgeable(statement, genesis, 'it');
    const entry = this.register.findAnswer(read) ?? this.register.append(this.register.next(read, this.#signer), 'it');
    return entry.lodging;
  }
}

const away = new JikjiError('office-away', 'does not answer (ECONNREFUSED)', 'https://office.example', 'later');

function bench() {
  const office = new MadeUpOffice();
  const notes: string[] = [];
  const answered: number[] = [];
  const waits: number[] = [];
  /** Resolves all current waits. */
  let wake: (() => void)[] = [];
  const lodger = new Lodger({
    client: office,
    signer: maker,
    run: RUN,
    note: (text) => notes.push(text),
    onAnswer: (step) => answered.push(step),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        waits.push(ms);
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve());
        wake.push(resolve);
      }),
  });
  const pass = async () => {
    const all = wake;
    wake = [];
    for (const resolve of all) resolve();
    await settle();
  };
  const genesis = genesisText(maker, commitmentOf(maker, 'a'));
  const seal = sealText(maker, genesis);
  const last = { seal, genesis, digest: sha256Hex(seal) };
  return { office, lodger, notes, answered, waits, pass, last };
}
const signal = () => new AbortController().signal;
const steps = ({ register }: MadeUpOffice) => register.entries.map(({ kind, step }) => (kind === 'seal' ? kind : step));

test('heads in their order, then the seal', async () => {
  const { office, lodger, notes, answered, last } = bench();
  for (const step of [10, 20, 30]) lodger.head(step, sha256Hex(`${step}`));
  const text = await lodger.finish(last, signal());
  expect(parseStatement(text!, 'lodging', 'it').subjects.get('seal.json')).toBe(last.digest);
  expect(steps(office)).toEqual([10, 20, 30, 'seal']);
  expect(office.register.entries[1]).toMatchObject({ subject: RUN, maker: maker.fingerprint, head: sha256Hex('20') });
  expect([answered, notes]).toEqual([[10, 20, 30], []]);
});

test('away and back: training does not wait, retries have growing pauses, and everything is lodged once', async () => {
  const { office, lodger, notes, answered, waits, pass, last } = bench();
  lodger.head(10, sha256Hex('10'));
  await settle();
  office.trouble = away;
  for (let step = 20; step <= 90; step += 10) {
    lodger.head(step, sha256Hex(`${step}`)); // returns at once
    await settle();
  }
  for (let i = 0; i < 9; i++) await pass();
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
  expect([lodger.waiting, answered]).toEqual([8, [10]]);
  office.trouble = undefined;
  await pass();
  expect(answered).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect(notes).toEqual([
    'The office at https://office.example/programmes/test does not answer (ECONNREFUSED): training goes on, and lodging is tried again.',
    'The office answers again: lodging the 8 heads that wait.',
  ]);
  await lodger.finish(last, signal());
  expect(steps(office)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 'seal']);
});

test('away when the run ends, and back: it is asked immediately, not after the pause', async () => {
  const { office, lodger, pass, last } = bench();
  office.trouble = away;
  lodger.head(10, sha256Hex('10'));
  await settle();
  for (let i = 0; i < 8; i++) await pass();
  office.trouble = undefined;
  // No wait ends by itself from here on.
  expect(await lodger.finish(last, signal())).toBeDefined();
  expect(steps(office)).toEqual([10, 'seal']);
});

test('away to the end: the lodger stops after a timeout, and names what is not lodged', async () => {
  const { office, lodger, notes, waits, pass, last } = bench();
  office.trouble = away;
  lodger.head(10, sha256Hex('10'));
  lodger.head(20, sha256Hex('20'));
  await settle();
  const finished = lodger.finish(last, signal());
  await settle();
  await pass();
  expect(await finished).toBeUndefined();
  expect(waits).toContain(30_000);
  expect(notes.at(-1)).toBe(
    '2 heads and the seal are not lodged yet: the office does not answer. Run the same command with --resume to lodge the rest.',
  );
  const { asked } = office;
  office.trouble = undefined;
  lodger.head(30, sha256Hex('30'));
  await pass();
  expect(office.asked).toBe(asked); // the lodger is closed
});

test('Ctrl-C during the wait for the last answer', async () => {
  const { office, lodger, last } = bench();
  office.trouble = away;
  const controller = new AbortController();
  const finished = lodger.finish(last, controller.signal);
  await settle();
  controller.abort();
  expect(await finished).toBeUndefined();
});

test('after a refusal no further heads are sent, and the seal gets its own refusal', async () => {
  const { office, lodger, notes, last } = bench();
  office.trouble = new JikjiError('forbidden', 'this is signed with another key', 'key', 'name this one first');
  lodger.head(10, sha256Hex('10'));
  lodger.head(20, sha256Hex('20'));
  await settle();
  lodger.head(30, sha256Hex('30'));
  await settle();
  expect(office.asked).toBe(1);
  expect(await lodger.finish(last, signal())).toBeUndefined();
  expect(notes).toEqual([
    'The office refuses the heads of this run: this is signed with another key (name this one first). Training goes on without lodging them.',
    'The office does not lodge the seal: this is signed with another key (name this one first).',
  ]);
});

test('an answer to another statement is not an answer to this seal', async () => {
  const { office, lodger, notes, last } = bench();
  const other = sealText(maker, last.genesis, sha256Hex('another'));
  office.lodge = () => new MadeUpOffice().lodge({ statement: other, genesis: last.genesis });
  expect(await lodger.finish(last, signal())).toBeUndefined();
  expect(notes).toEqual([expect.stringContaining("the office's answer belongs to another statement")]);
});

test('before step 1 the run waits for the answer; a refusal, or Ctrl-C, ends it', async () => {
  const asked = { statement: requestText(maker, commitmentOf(maker, 'a')) };
  const office = new MadeUpOffice();
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  expect(
    parseStatement(await askUntilAnswered(office, asked, { signal: signal(), note }), 'lodging', 'it'),
  ).toBeDefined();
  expect(notes).toEqual([]);
  office.trouble = away;
  const controller = new AbortController();
  const waiting = askUntilAnswered(office, asked, { signal: controller.signal, note });
  await settle();
  controller.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  expect(notes).toHaveLength(1);
  // An office that accepts the request and never answers.
  const silent: OfficeClient = { address: 'x', lodge: () => new Promise(() => {}) };
  const hung = new AbortController();
  const hanging = askUntilAnswered(silent, asked, { signal: hung.signal, note });
  hung.abort(new Error('stopped'));
  await expect(hanging).rejects.toThrow('stopped');
  office.trouble = new JikjiError('forbidden', 'no', 'key', 'ask');
  await expect(askUntilAnswered(office, asked, { signal: signal(), note })).rejects.toMatchObject({
    code: 'forbidden',
  });
});
