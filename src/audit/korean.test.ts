// What audits of damaged and forged runs say in Korean: every check its detail and its notes, and every finding but those of the few errors
// that have English only.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditRun, makeTwoRuns } from './testing/audit-run.ts';
import { changeTensor, redoEvidence } from './testing/run.ts';
import type { Audit } from './types.ts';

const { bench, signer, run, other } = await makeTwoRuns();

const ENDING = /(니다|십시오)(\([^)]*\))?\.$|: .*$|\)$/s;

/** English findings without Korean, each behind its file, with `#` in place of what differs from run to run. */
const english = new Map<string, number>();
let findings = 0;

/** Holds an audit's Korean beside its English, and counts what has none. */
function look({ checks }: Pick<Audit, 'checks'>): void {
  for (const { name, notes, ko, findings: found } of checks) {
    expect(ko?.detail, name).toMatch(ENDING);
    expect(ko?.detail, name).toMatch(/\p{Script=Hangul}/u);
    expect(ko?.notes.length, name).toBe(notes.length);
    for (const note of ko!.notes) expect(note, name).toMatch(ENDING);
    for (const { file, text, ko: korean } of found) {
      findings++;
      if (korean === undefined) {
        const general = `${file}: ${text.replace(/"[^"]*"|\/\S+|[\d.]+/g, '#')}`;
        english.set(general, (english.get(general) ?? 0) + 1);
      } else expect(korean, text).toMatch(ENDING);
    }
  }
}

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

const DAMAGES: Record<string, (bytes: Buffer) => Buffer | undefined> = {
  removed: () => undefined,
  emptied: () => Buffer.alloc(0),
  halved: (bytes) => bytes.subarray(0, bytes.length >> 1),
  'a bit flipped': (bytes) => {
    const copy = Buffer.from(bytes);
    copy[copy.length >> 1]! ^= 1;
    return copy;
  },
  'not UTF-8': (bytes) => Buffer.alloc(bytes.length, 0xff),
};

/** Files that get all kinds of damage; of the others each one gets one kind, since an audit takes a while. */
const ALL_KINDS = /^(genesis|seal)\.json$|^recipe|manifest\.json$|^tokenizer\/|^model\/model/;

test('files of a run that are damaged', async () => {
  const damages = Object.values(DAMAGES);
  for (const [i, file] of files(run).entries()) {
    for (const [k, damage] of damages.entries()) {
      if (!process.env.JIKJI_TORTURE && !ALL_KINDS.test(file) && i % damages.length !== k) continue;
      const copy = bench.copy(run);
      const path = join(copy, file);
      const changed = damage(readFileSync(path));
      if (changed === undefined) rmSync(path);
      else writeFileSync(path, changed);
      look(await auditRun(copy));
      rmSync(copy, { recursive: true });
    }
  }
});

test('forgeries with every hash and signature computed again', async () => {
  const cases: ((copy: string) => void)[] = [
    (copy) => redoEvidence(copy, signer, { commitment: { seed: `${'0'.repeat(15)}7` } }),
    (copy) => redoEvidence(copy, signer, { commitment: { stateRoot: 'ab'.repeat(32) } }),
    (copy) => {
      changeTensor(copy, 2, 'model.embed_tokens.weight', (values) => void values.fill(9));
      redoEvidence(copy, signer);
    },
    (copy) => {
      const transcript = 'transcript.jsonl';
      writeFileSync(join(copy, transcript), readFileSync(join(other, transcript)));
      redoEvidence(copy, signer);
    },
  ];
  for (const forge of cases) {
    const copy = bench.copy(run);
    forge(copy);
    const found = await auditRun(copy, { replay: 'all' });
    expect(found.verdict).toBe('refuted');
    look(found);
  }
});

/** What lower floors say in English only. Another sentence belongs into a table; this list may only become shorter. */
const ENGLISH_STILL = [
  // The reader of recipes: faults of YAML, and of each of its keys.
  /^recipe\.yaml: (not valid YAML: |[\w#]+ (is missing$|must be ))/,
  /^tokenizer\/tokenizer\.json: the tokenizer file is (damaged: |not UTF-#$)/,
  // The reader of documents.
  /^[\w/.-]+: line #: the file is cut short$/,
];

test('few findings have English only, and those are known', () => {
  expect(findings).toBeGreaterThan(100);
  expect([...english.keys()].filter((one) => !ENGLISH_STILL.some((still) => still.test(one)))).toEqual([]);
});
