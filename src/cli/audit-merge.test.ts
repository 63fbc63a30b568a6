// `jikji audit merge` prints the sentences of the table for joined audits, and no stronger ones.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forbiddenClaims } from '../audit/testing/claims.ts';
import { MADE_UP, madeUpReport } from '../audit/testing/signed-audit.ts';
import { loadSigner, newKey, type Predicate, type Signer, signStatement } from '../ledger/index.ts';
import { ends, out } from './testing/screen.ts';

let folder: string;
let signers: Signer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-merge-'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  signers = ['one', 'two'].map((name) => {
    newKey(name);
    return loadSigner(name);
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const merge = (code: number, ...files: string[]) => ends(code)`audit merge ${files}`;

test('two audits that cover the run: the whole run, by two auditors', async () => {
  const [a, b] = [file('a', madeUpReport(signers[0]!, [5, 10])), file('b', madeUpReport(signers[1]!, [10, 20, 40]))];
  await merge(0, a, b);
  expect(out).toMatch(/^Holds \(all steps, by 2 auditors\)\. By what 2 auditors signed: The claim holds/);
  expect(out).toContain('together  40 of 40 steps (100%)');
  await ends(0)`audit merge ${a} ${b} --json`;
  expect(JSON.parse(out)).toMatchObject({
    extent: 'all',
    claim: { word: 'Holds (all steps, by 2 auditors)', room: null },
  });
});

test('one audit of a part: the remaining part is named, and nothing is claimed for it', async () => {
  await merge(0, file('a', madeUpReport(signers[0]!, [5, 10])));
  const known = { verdict: 'holds', extent: 'sampled', data: 'texts', share: 0.25, chance: null } as const;
  expect(forbiddenClaims(out, known)).toEqual([]);
  expect(out).toMatch(/^Holds \(a part, by 1 auditor\)/);
  expect(out).toContain(
    '25% of the steps were trained again. That says nothing about how likely a forgery would have been found.',
  );
  expect(out).toContain('not trained again by anybody: segments 3-4');
  expect(out).toContain('is not known'); // the room: nobody measured movements
});

test('only consistent is not shown: exit code 3', async () => {
  const subjects = [
    ['genesis.json', MADE_UP.genesis],
    ['seal.json', MADE_UP.seal],
  ] as const;
  const near: Predicate<'witness-audit'> = {
    formatVersion: 1,
    auditorKey: signers[0]!.publicKey.toString('base64'),
    ...{ maker: MADE_UP.maker, head: MADE_UP.head, verdict: 'consistent', extent: 'none', origin: 'consistent' },
    checks: ['structure', 'pairs', 'schedule', 'optimizer', 'gradient'].map((name) => ({ name, verdict: 'holds' })),
    ...{ recorded: MADE_UP.kept, replayed: [], draw: null, pairs: { steps: 3, drawnByOffice: 0 } },
    gradients: { steps: 3, blind: 0, tolerance: 1e-6 },
    ...{ environment: null, version: '0', time: '2026-01-01T00:00:00.000Z' },
  };
  await merge(3, file('near', signStatement('witness-audit', subjects, near, signers[0]!)));
  expect(out).toMatch(/^Consistent/);
});

test('an audit that refutes, or no audit that counts: the run does not hold', async () => {
  const holds = file('a', madeUpReport(signers[0]!, MADE_UP.kept));
  const refutes = file('b', madeUpReport(signers[1]!, [5], { verdict: 'refuted' }));
  await merge(1, holds, refutes);
  expect(out).toMatch(/^Disputed\. /);
  expect(out).not.toMatch(/Holds|claim holds|nothing else/);
  // Of nothing that could be joined, the call is wrong.
  await merge(2, file('c', 'no report'));
  expect(out).toBe('');
  const incomplete = madeUpReport(signers[1]!, [5], { verdict: 'incomplete' });
  await merge(1, file('c', 'no report'), file('e', incomplete));
  expect(out).toMatch(/^Incomplete\. No report counts\./);
  expect(out).toContain('does not count');
  expect(out).not.toMatch(/each auditor|not known|held against/);
  // A report needs no signature to be named: it must not speak to the terminal.
  const statement = { _type: 'x', predicateType: '\u001b[2JHolds (all steps)\u009b', subject: [], predicate: {} };
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  const shouting = { payload, payloadType: 'application/vnd.in-toto+json', signatures: [{ keyid: '', sig: '' }] };
  await merge(0, file('d', JSON.stringify(shouting)), holds);
  expect(out).toContain('does not count');
  expect(out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
