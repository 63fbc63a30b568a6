// Lodged runs: forgeries by the maker, by another office or by a thief, who each compute again all that they can.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStatement, type Signer, seedOfLodging, sha256Hex } from '../ledger/index.ts';
import type { AuditOptions } from './audit.ts';
import { auditRun, commitmentOf, edit, expectRefuted, findingsOf, notesOf, TestBench } from './testing/audit-run.ts';
import { answer, forge, makeLodged, signInVersion1, writeRequest } from './testing/forge.ts';
import { redoEvidence } from './testing/run.ts';
import type { Audit } from './types.ts';

const bench = new TestBench();
const SMALL = { train: { steps: 8 } };
const { signer: maker } = bench;
const office = bench.strangersKey('office');
const thief = bench.strangersKey('thief');
/** Lodged, and not lodged: the same recipe. */
const lodged = await makeLodged(bench, maker, office, SMALL);
const plain = await bench.make(maker, SMALL);

const look = (folder: string, options: Partial<AuditOptions> = {}): Promise<Audit> =>
  auditRun(folder, { maker: maker.fingerprint, office: office.fingerprint, ...options });
const text = (run: string, name: string): string => readFileSync(join(run, name), 'utf8');

/** Refuted by structure, with something about `file`. */
async function structure(copy: string, file: string, options: Partial<AuditOptions> = {}): Promise<void> {
  await expectRefuted(
    copy,
    { name: 'structure', file },
    { maker: maker.fingerprint, office: office.fingerprint, ...options },
  );
}

/** Writes the office's answer to the request or seal in a folder, unless it is that of another folder. */
function answerFile(
  folder: string,
  kind: 'request' | 'seal',
  { of = folder, ...more }: { of?: string; nonce?: string; time?: string } = {},
): void {
  const name = kind === 'seal' ? 'seal-lodging.json' : 'lodging.json';
  writeFileSync(join(folder, name), answer(of, kind, { office, ...more }));
}

/** What genesis must say with the answer that lies in a folder: its digest, and the seed that follows from its nonce. */
function follows(folder: string): { lodging: string; seed: string } {
  const { digest, predicate } = readStatement(join(folder, 'lodging.json'), 'lodging');
  const { recipe, makerKey } = commitmentOf(folder);
  return { lodging: digest, seed: seedOfLodging(recipe, makerKey, predicate.nonce) };
}

/** The run without a lodging, with a request answered after its training and a new genesis that names the answer. */
function lodgedTooLate(whose: 'old' | 'lodged'): string {
  const copy = bench.copy(plain);
  writeRequest(copy, maker);
  answerFile(copy, 'request');
  const { lodging, seed } = follows(copy);
  redoEvidence(copy, maker, { commitment: { lodging, ...(whose === 'lodged' && { seed }) } });
  answerFile(copy, 'seal');
  return copy;
}

test('a request of version 1 is refused by name', async () => {
  const copy = bench.copy(lodged);
  signInVersion1(copy, 'request', maker);
  await expectRefuted(copy, { file: 'request.json', text: /a request of format version 1/ });
});

test('an honest one holds, with all segments replayed', async () => {
  const found = await look(lodged, { replay: 'all' });
  expect(findingsOf(found)).toEqual([]);
  expect(found).toMatchObject({ verdict: 'holds', cost: { replayedSteps: 8 } });
  expect(notesOf(found)).not.toContain('no trusted time');
});

describe('genesis made after training', () => {
  test('lodged, with the seed of the training: structure', async () => {
    await structure(lodgedTooLate('old'), 'genesis.json');
  });

  test("lodged, with the seed of the office's nonce: every check that knows the seed", async () => {
    const found = await look(lodgedTooLate('lodged'));
    expect(findingsOf(found, 'structure')).toEqual([]);
    expect(findingsOf(found, 'schedule')[0]).toMatchObject({ verdict: 'refuted', file: 'transcript.jsonl', step: 1 });
    expect(findingsOf(found, 'origin')[0]).toMatchObject({ verdict: 'refuted', file: 'genesis.json', step: 0 });
    expect(findingsOf(found, 'replay')[0]).toMatchObject({ verdict: 'refuted', step: 1 });
  });

  test('not lodged: it holds, and the report says that it has no trusted time', async () => {
    const found = await look(plain, { office: undefined });
    expect(found.verdict).toBe('holds');
    expect(notesOf(found)).toContain('Not lodged: no trusted time. Genesis may have been made after the training.');
    // If the auditor asks for an office, the verdict needs its lodging.
    expect(await look(plain)).toMatchObject({ verdict: 'incomplete' });
  });

  test('the lodging withheld, as if it did not exist: structure', async () => {
    for (const gone of [[], ['lodging.json'], ['lodging.json', 'request.json', 'seal-lodging.json']]) {
      const copy = bench.copy(lodged);
      for (const name of gone) rmSync(join(copy, name));
      redoEvidence(copy, maker, { commitment: { lodging: null } });
      await structure(copy, 'genesis.json', { office: undefined }); // the seed is not the recipe's
    }
  });
});

describe("an office's answer", () => {
  test('from another office than the known one', async () => {
    const friend = bench.strangersKey('friend');
    const made = await makeLodged(bench, maker, friend, SMALL);
    await structure(made, 'lodging.json');
    await structure(made, 'seal-lodging.json');
    // An auditor who names no office is asked to compare keys.
    const found = await look(made, { office: undefined });
    expect(found).toMatchObject({ verdict: 'holds', run: { office: friend.fingerprint } });
    expect(notesOf(found)).toContain('--office');
  });

  test('signed by the maker himself', async () => {
    const made = await makeLodged(bench, maker, maker, SMALL);
    await structure(made, 'lodging.json');
    const found = await look(made, { office: undefined });
    expect(notesOf(found)).toContain('its time proves nothing');
    expect(notesOf(found)).toMatch(/office/);
    // Even an auditor who names the maker as the office gets no draw that the maker chose.
    expect((await look(made, { office: maker.fingerprint })).detection.reason).not.toContain('drawn by the office');
  });

  test('to another request, by this maker or another one', async () => {
    const copy = bench.copy(lodged);
    const other = bench.copy(plain);
    writeRequest(other, maker);
    answerFile(copy, 'request', { of: other });
    await structure(copy, 'lodging.json');
    // A new genesis that names this answer and has its seed.
    redoEvidence(copy, maker, { commitment: follows(copy) });
    await structure(copy, 'lodging.json');
    // With that request as well: the seed is another one, so the run no longer matches.
    cpSync(join(other, 'request.json'), join(copy, 'request.json'));
    const found = await look(copy);
    expect(findingsOf(found, 'origin')).toMatchObject([{ verdict: 'refuted', file: 'genesis.json', step: 0 }]);
  });

  test('requested twice, to choose among seeds: the first answer is another lodging', async () => {
    const copy = bench.copy(lodged);
    answerFile(copy, 'request', { nonce: sha256Hex('again') });
    await structure(copy, 'lodging.json');
  });

  test('altered by the maker: its time, its nonce', async () => {
    for (const change of [{ time: '2020-01-02T03:04:05.678Z' }, { nonce: sha256Hex('mine') }]) {
      for (const name of ['lodging.json', 'seal-lodging.json']) {
        const copy = bench.copy(lodged);
        edit(join(copy, name), (text) => {
          const envelope = JSON.parse(text);
          const payload = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
          Object.assign(payload.predicate, change);
          envelope.payload = Buffer.from(JSON.stringify(payload)).toString('base64');
          return `${JSON.stringify(envelope)}\n`;
        });
        await structure(copy, name);
      }
    }
  });

  test('to a request that names another recipe, corpus or maker than genesis', async () => {
    for (const [signer, changes] of [
      [maker, { seed: 5 }],
      [maker, { tokenizer: { vocabSize: 390 } }],
      [thief, {}],
    ] as [Signer, object][]) {
      const other = await bench.make(signer, { ...SMALL, ...changes, train: { steps: 1 } });
      const copy = bench.copy(lodged);
      writeRequest(other, signer);
      cpSync(join(other, 'request.json'), join(copy, 'request.json'));
      answerFile(copy, 'request');
      const commitment = follows(copy);
      const start = BigInt(`0x${commitment.seed}`);
      forge(copy, maker, [{ from: 0, to: 8, start, batches: start, recordsSchedule: true }], commitment);
      await structure(copy, 'request.json');
    }
  });
});

describe('the seal', () => {
  test('lodged before the run itself', async () => {
    for (const time of ['2026-01-01T03:04:05.678Z', '2026-01-02T03:04:05.678Z']) {
      const copy = bench.copy(lodged);
      answerFile(copy, 'seal', { time });
      await structure(copy, 'seal-lodging.json');
    }
  });

  test('signed again after it was lodged, even with the same content', async () => {
    const copy = bench.forged(lodged, () => {});
    await structure(copy, 'seal-lodging.json');
  });

  test("lodged as another run's seal", async () => {
    const copy = bench.copy(lodged);
    answerFile(copy, 'seal', { of: plain });
    await structure(copy, 'seal-lodging.json');
  });

  test('the two answers exchanged', async () => {
    const copy = bench.copy(lodged);
    writeFileSync(join(copy, 'lodging.json'), text(lodged, 'seal-lodging.json'));
    await structure(copy, 'lodging.json');
    const second = bench.copy(lodged);
    writeFileSync(join(second, 'seal-lodging.json'), text(lodged, 'lodging.json'));
    await structure(second, 'seal-lodging.json');
  });
});

describe('a run copied by a thief, who signs it with his own key', () => {
  test("with the victim's lodging: structure", async () => {
    const copy = bench.copy(lodged);
    redoEvidence(copy, thief);
    await structure(copy, 'request.json', { maker: thief.fingerprint });
    await structure(copy, 'genesis.json', { maker: thief.fingerprint }); // a seed for another key
    await structure(copy, 'genesis.json'); // and another maker
  });

  test('with his own lodging: the seed is another one', async () => {
    const copy = bench.copy(lodged);
    writeRequest(copy, thief);
    answerFile(copy, 'request');
    const { lodging } = follows(copy);
    const finish = (commitment: object): void => {
      redoEvidence(copy, thief, { commitment });
      answerFile(copy, 'seal');
    };
    finish({ lodging });
    await structure(copy, 'genesis.json', { maker: thief.fingerprint });
    finish(follows(copy));
    const found = await look(copy, { maker: thief.fingerprint });
    expect(findingsOf(found, 'structure')).toEqual([]);
    expect(findingsOf(found, 'origin')[0]).toMatchObject({ verdict: 'refuted', file: 'genesis.json', step: 0 });
    expect(findingsOf(found, 'schedule')).toHaveLength(8);
  });
});
