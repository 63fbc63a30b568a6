// An office's register for both verifiers: runs that it answered once, and makers who asked again, left an answer out, changed a record that
// the office had seen, or brought another list.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Book } from '../../src/audit/testing/book.ts';
import { forge, writeRequest } from '../../src/audit/testing/forge.ts';
import { redoEvidence } from '../../src/audit/testing/run.ts';
import { readStatement, seedOfLodging, sha256Hex } from '../../src/ledger/index.ts';
import { type Both, type CaseOptions, type Expected, each, HOLDS } from './both.ts';
import { type Case, cases, Desk, type Judged, judgeCases, type Scene, TRAIN } from './desk.ts';

/** A run of which a challenge leaves something out. */
const LONG = { ...TRAIN, steps: 16 };

const REFUTED = (check: Expected['check']): Expected => ({ verdict: 'refuted', check });
const INCOMPLETE: Expected = { verdict: 'incomplete', check: 'register' };
const lastNonce = (book: Book) => book.register.entries.at(-1)!.nonce;
/** Only what was drawn is trained again: a chance is claimed of it, or not. */
const drawn = (challenge: string): CaseOptions => ({ challenge, replay: undefined });

/** A run that an office answers, and what is done then; it gives what the auditor has beside the register. */
const lodged =
  (
    changes: Parameters<Desk['make']>[1],
    act: (made: { run: string; book: Book; desk: Desk }) => CaseOptions | undefined,
  ): Case['make'] =>
  async (desk) => {
    const book = desk.book();
    const run = await desk.make(book, changes);
    const given = act({ run, book, desk });
    return { run, given: { register: book.given, ...given } };
  };

const CASES: Case[] = [
  ...cases(HOLDS, {
    'register: honest, every lodging answered once and the heads of the transcript': async (desk) => {
      const { run, book } = await desk.honest();
      return { run, given: { register: book.given } };
    },
    'register: honest, with an earlier head of it': async (desk) => {
      const { run, book } = await desk.honest();
      return { run, given: { register: { ...book.given, head: book.register.entries[3]!.link } } };
    },
    "register: the office's nonce as the challenge, drawn by its first answer": lodged({ train: LONG }, ({ book }) =>
      drawn(lastNonce(book)),
    ),
    "register: the office's nonce as the challenge, without the register": async (desk) => {
      const book = desk.book();
      const run = await desk.make(book, { train: LONG });
      return { run, given: { office: desk.office.fingerprint, ...drawn(lastNonce(book)) } };
    },
    "register: the nonce of the run's request as the challenge": lodged({ train: LONG }, ({ book }) =>
      drawn(book.register.entries[0]!.nonce),
    ),
    'register: an office that is the maker, and its nonce as the challenge': async (desk) => {
      const book = new Book(desk.signer);
      const run = await desk.make(book, { train: LONG });
      return { run, given: { register: book.given, ...drawn(lastNonce(book)) } };
    },
    "register: the first seal without the office's answer to it": async (desk) => {
      const { run, book } = await desk.honest();
      const copy = desk.bench.copy(run);
      rmSync(join(copy, 'seal-lodging.json'));
      return { run: copy, given: { register: book.given } };
    },
    'register: later answers to the same, and the run has the first': lodged(
      { heads: [2, 4], train: LONG },
      ({ run, book, desk }) => {
        const nonce = lastNonce(book);
        const again = desk.bench.copy(run);
        book.lodge(again, 'request');
        redoEvidence(again, desk.signer);
        book.lodge(again, 'seal');
        return drawn(nonce);
      },
    ),
    'register: the nonce of a later answer as the challenge': lodged({ train: LONG }, ({ run, book, desk }) => {
      const again = desk.bench.copy(run);
      redoEvidence(again, desk.signer);
      book.lodge(again, 'seal');
      return drawn(lastNonce(book));
    }),
    "register: a stranger's head under the name of the run": lodged({ heads: [2] }, ({ run, book, desk }) => {
      book.heads(run, [2], desk.bench.strangersKey('thief'), sha256Hex('h'));
    }),
  }),
  ...cases(INCOMPLETE, {
    'register: a request that was asked three times, and the last nonce taken': lodged({ again: 2 }, ({ book }) =>
      drawn(lastNonce(book)),
    ),
    "register: a second seal without the office's answer to it": lodged({}, ({ run, book, desk }) => {
      redoEvidence(run, desk.signer, {});
      book.lodge(run, 'seal');
      rmSync(join(run, 'seal-lodging.json'));
    }),
    'register: one that does not have the run': async (desk) => {
      const { run } = await desk.honest();
      return { run, given: { register: desk.book().given } };
    },
    'register: an answer dropped from its end': async (desk) => {
      const { run, book } = await desk.honest();
      const lines = book.text.split('\n').slice(0, -2);
      return { run, given: { register: { text: `${lines.join('\n')}\n`, where: 'register.jsonl' } } };
    },
  }),
  {
    name: 'register: a request that was signed anew and asked again',
    expected: REFUTED('origin'), // the root of S_0 in genesis is still that of the first seed
    make: (desk) => askedAnew(desk, desk.book()),
  },
  {
    name: 'register: a seal with an invented loss, asked again',
    expected: REFUTED('replay'),
    make: lodged({ train: LONG }, ({ run, book, desk }) => {
      redoEvidence(run, desk.signer, { records: (records) => (records[0]!.loss = '4000000000000000') });
      book.lodge(run, 'seal');
      return drawn(lastNonce(book));
    }),
  },
  ...cases(
    { verdict: 'incomplete', check: 'structure' },
    {
      'register: an answered request of which genesis says nothing': async (desk) => {
        const book = desk.book();
        const run = await desk.bench.make(desk.signer, { train: TRAIN });
        writeRequest(run, desk.signer);
        book.lodge(run, 'request');
        for (const name of ['request.json', 'lodging.json']) rmSync(join(run, name));
        return { run, given: { register: book.given } };
      },
      'register: that of another office': async (desk) => {
        const { run } = await desk.honest();
        return { run, given: { register: new Book(desk.bench.strangersKey('another-office')).given } };
      },
    },
  ),
  {
    name: 'register: a run lodged under its commitment',
    expected: { verdict: 'incomplete', check: 'structure' }, // the office's answer to a request is not there
    make: async (desk) => {
      const book = desk.book();
      const run = await desk.bench.make(desk.signer, { train: TRAIN });
      book.heads(run, [2, 4], desk.signer);
      book.lodge(run, 'seal');
      return { run, given: { register: book.given } };
    },
  },
  {
    name: 'register: a record that was changed after the office saw its head',
    expected: REFUTED('structure'),
    make: async (desk) => {
      const { run, book } = await desk.honest();
      const copy = desk.bench.copy(run);
      redoEvidence(copy, desk.signer, { records: (records) => (records[4]!.loss = '4000000000000000') });
      cpSync(join(run, 'seal-lodging.json'), join(copy, 'seal-lodging.json'));
      return { run: copy, given: { register: book.given } };
    },
  },
  ...cases(REFUTED('register'), {
    'register: a head of another past, lodged in between': lodged({ heads: [2, 4] }, ({ run, book, desk }) => {
      book.heads(run, [6], desk.signer, sha256Hex('another past'));
    }),
    'register: a head of a step that the transcript does not have': lodged({}, ({ run, book, desk }) => {
      book.heads(run, [900], desk.signer, sha256Hex('h'));
    }),
  }),
];

/** The run with a second answer to its request, which was signed anew, and trained with the second nonce. */
async function askedAnew(desk: Desk, book: Book): Promise<Judged> {
  const { bench, signer } = desk;
  const run = await desk.make(book, {});
  writeRequest(run, signer);
  const second = book.lodge(run, 'request');
  const { recipe, makerKey } = readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment;
  const seed = seedOfLodging(recipe, makerKey, second.nonce);
  const start = BigInt(`0x${seed}`);
  forge(run, signer, [{ from: 0, to: TRAIN.steps, start, batches: start, recordsSchedule: true }], {
    lodging: sha256Hex(second.lodging),
    seed,
  });
  rmSync(join(run, 'seal-lodging.json'));
  return { run: bench.copy(run), given: { register: book.given } };
}

/** Registers that are refused: nothing is audited by them. */
const BROKEN: { name: string; code?: string; text?: (text: string) => string; head?: string }[] = [
  { name: 'register: cut off within a line', text: (text) => text.slice(0, -20) },
  { name: 'register: an answer dropped in between', text: (text) => without(text, 2) },
  { name: 'register: two entries exchanged', text: exchanged },
  { name: 'register: another count of answers', text: (text) => text.replace('"answer":1', '"answer":2') },
  { name: 'register: an entry without a signature', text: (text) => text.replace(/"sig":"[^"]*"/, '"sig":"AAAA"') },
  { name: 'register: an empty file', text: () => '' },
  { name: 'register: a head that it never had', code: 'register-other-head', head: sha256Hex('elsewhere') },
];

function without(text: string, line: number) {
  return text
    .split('\n')
    .filter((_, i) => i !== line)
    .join('\n');
}

function exchanged(text: string) {
  const [header, first, second, ...rest] = text.split('\n');
  return [header, second, first, ...rest].join('\n');
}

export async function judgeRegisters(both: Both, scene: Scene): Promise<void> {
  const desk = new Desk(scene);
  await judgeCases(both, CASES, desk);
  await each(
    BROKEN.filter(({ name }) => scene.wanted(name)),
    async ({ name, code = 'register-broken', text = (all: string) => all, head }) => {
      const { run, book } = await desk.honest();
      await both.refused(name, run, code, { register: { text: text(book.text), where: 'register.jsonl', head } });
    },
  );
  const other = 'register: that of an office other than the one that is asked for';
  if (scene.wanted(other)) {
    const { run, book } = await desk.honest();
    await both.refused(other, run, 'register-other-office', { register: book.given, office: sha256Hex('office') });
  }
}
