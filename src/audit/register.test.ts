// The office's register in an audit: repeated requests, changes after the office saw a head, and invalid registers. In each case all that
// a maker could compute again is computed again.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStatement, runKey, type Signer, seedOfLodging, sha256Hex } from '../ledger/index.ts';
import type { AuditOptions } from './audit.ts';
import { reportLines } from './report/index.ts';
import { signableOf } from './signed-audit.ts';
import { linkFacts } from './standing.ts';
import { auditRun, checkOf, commitmentOf, fromRun, notesOf, TestBench } from './testing/audit-run.ts';
import { Book as OfficeBook } from './testing/book.ts';
import { forge, writeRequest } from './testing/forge.ts';
import { type RecipeChanges, redoEvidence } from './testing/run.ts';
import type { Audit, Check } from './types.ts';

const bench = new TestBench();
const SMALL = { train: { steps: 8 } };
const { signer: maker } = bench;
const office = bench.strangersKey('office');

/** The register of the office, in which heads are those of the maker. */
class Book extends OfficeBook {
  constructor(signer = office) {
    super(signer);
  }

  override heads(folder: string, steps: readonly number[]): void {
    super.heads(folder, steps, maker);
  }

  /** A head of another run of this maker. */
  askOther(): void {
    this.askHead({ run: sha256Hex('x'), step: 1, head: sha256Hex('y') }, maker);
  }
}

const nonceIn = (folder: string, file: string): string => readStatement(join(folder, file), 'lodging').predicate.nonce;

/** Makes a run whose request and seal `book` answers, and some of its heads during the training. */
async function make(
  book: Book,
  heads: readonly number[],
  again = 0,
  { signer = maker, ...changes }: RecipeChanges & { signer?: Signer } = {},
): Promise<string> {
  const out = bench.path();
  const lodge = join(out, 'lodging.json');
  const recipe = { ...SMALL, ...changes };
  await bench.make(signer, recipe, { out, lodge: `${out}.none` }).catch((error) => {
    if (error.code !== 'lodging-missing') throw error;
  });
  for (let i = 0; i <= again; i++) book.lodge(out, 'request');
  await bench.make(signer, recipe, { out, lodge, resume: true });
  book.heads(out, heads);
  book.lodge(out, 'seal');
  return out;
}

/** Lodged by `honest`: a request, heads at steps 2 to 8, the seal. */
const honest = new Book();
honest.askOther();
const run = await make(honest, [2, 4, 6, 8]);

const look = (folder: string, book: Book | undefined, options: Partial<AuditOptions> = {}): Promise<Audit> =>
  auditRun(folder, { maker: maker.fingerprint, ...(book && { register: book.given }), ...options });
const registerCheck = (found: Audit): Check => checkOf(found, 'register');
const findings = (found: Audit): string =>
  registerCheck(found)
    .findings.map(({ file, text }) => `${file} ${text}`)
    .join('\n');

test('an honest run: each lodging once, the heads of the transcript, and the head of the register printed', async () => {
  const found = await look(run, honest, { challenge: sha256Hex('mine') });
  expect(found.verdict).toBe('holds');
  expect(registerCheck(found).detail).toContain('request in entry 2, 4 heads during the training, seal in entry 7');
  expect(registerCheck(found).detail).toContain(honest.register.head);
  expect(found.register).toEqual({ office: office.fingerprint, entries: 7, head: honest.register.head });
  expect(notesOf(found)).toContain('Other runs of this maker that the office answered for: 1.');
  expect(notesOf(found)).toContain('shows two histories');
  expect(notesOf(found)).toContain('another key or recipe name');
  expect(notesOf(found)).toMatch(/saw nothing of the run: \d+ seconds?, from /);
  const screen = reportLines(found, { width: 100, style: (_, text) => text })
    .join(' ')
    .replace(/\s+/g, ' ');
  expect(screen).toContain(honest.register.head);
});

test('without a register a note says what is unknown', async () => {
  const found = await look(run, undefined);
  expect(found).toMatchObject({ verdict: 'holds', register: null });
  expect(registerCheck(found)).toBeUndefined();
  expect(notesOf(found)).toContain('The maker may have asked the office several times and chosen among the nonces');
  // A run that was not lodged needs no such note.
  const plain = await bench.make(maker, SMALL);
  expect(notesOf(await look(plain, undefined))).not.toContain('asked the office several times');
});

describe('a repeated request to the office', () => {
  test('for another seed: the run is made from the third answer', async () => {
    const book = new Book();
    const third = await make(book, [], 2);
    const found = await look(third, book);
    expect(found.verdict).toBe('incomplete');
    expect(findings(found)).toMatch(/^lodging.json is answer 3 of 3 to this request .*the seed could be chosen/);
    // After a repeated request the office's draw counts for nothing, although the seal was answered only once.
    const { nonce } = book.register.entries.at(-1)!;
    const drawn = await look(third, book, { challenge: nonce });
    expect(drawn.detection).toMatchObject({
      claimed: false,
      reason: 'the office answered the request of this run before',
    });
    // An audit without the register cannot see it, and says so.
    expect((await look(third, undefined)).verdict).toBe('holds');
  });

  test('with a request that was signed again: it is for the same run', async () => {
    const book = new Book();
    const copy = bench.copy(run);
    book.lodge(copy, 'request');
    writeRequest(copy, maker);
    const second = book.lodge(copy, 'request');
    expect(second.answer).toBe(2);
    const { recipe, makerKey } = commitmentOf(copy);
    const seed = seedOfLodging(recipe, makerKey, second.nonce);
    const start = BigInt(`0x${seed}`);
    forge(copy, maker, [{ from: 0, to: 8, start, batches: start, recordsSchedule: true }], {
      lodging: sha256Hex(second.lodging),
      seed,
    });
    const found = await look(copy, book);
    expect(findings(found)).toContain('lodging.json is answer 2 of 2 to this request');
  });

  test('for another draw: an invented loss, sealed again', async () => {
    const book = new Book();
    const copy = await make(book, []);
    const first = book.register.entries.at(-1)!;
    redoEvidence(copy, maker, {
      records: (records) => Object.assign(records[5]!, { loss: '4000000000000000' }),
    });
    const second = book.lodge(copy, 'seal');
    expect(second).toMatchObject({ kind: 'seal', answer: 2 });
    for (const challenge of [second.nonce, first.nonce]) {
      const found = await look(copy, book, { challenge });
      expect(findings(found)).toMatch(/^seal-lodging.json is answer 2 of 2 to seals of this run .*only the first may/);
      expect(found.detection.claimed).toBe(false);
      expect(found.verdict).not.toBe('holds');
    }
    // Without the second answer, as if the seal had never been lodged: the first seal is known nevertheless.
    rmSync(join(copy, 'seal-lodging.json'));
    expect(findings(await look(copy, book))).toMatch(/^seal.json is not the one that the office answered first/);
  });

  test('afterwards, by anyone: the run has the first answers, and a note names the others', async () => {
    const book = new Book();
    const copy = await make(book, [2, 4]);
    const { nonce } = book.register.entries.at(-1)!;
    const again = bench.copy(copy);
    book.lodge(again, 'request');
    redoEvidence(again, maker);
    book.lodge(again, 'seal');
    const found = await look(copy, book, { challenge: nonce });
    expect(found.verdict).toBe('holds');
    expect(notesOf(found)).toContain('The office answered this request 2 times');
    expect(notesOf(found)).toContain('The office answered 2 seals of this run');
    expect(found.detection).toMatchObject({ claimed: true, reason: 'drawn by the office when it lodged the seal' });
    expect((await look(copy, book, { challenge: book.register.entries.at(-1)!.nonce })).detection.claimed).toBe(false);
  });

  test("without the register the office's nonce claims no chance: the office may have been asked again and again", async () => {
    const nonce = nonceIn(run, 'seal-lodging.json');
    for (const options of [{}, { office: office.fingerprint }]) {
      const found = await look(run, undefined, { challenge: nonce, ...options });
      expect(found).toMatchObject({ verdict: 'holds', detection: { claimed: false, challenge: nonce } });
      expect(found.detection.reason).toContain('only its register');
    }
    const first = nonceIn(run, 'lodging.json');
    expect((await look(run, undefined, { challenge: first })).detection).toMatchObject({ claimed: false });
    expect((await look(run, honest, { challenge: nonce })).detection).toMatchObject({ claimed: true });
  });

  test('an office whose key is the maker’s draws nothing for anybody: he chose the nonce', async () => {
    const book = new Book(maker);
    const own = await make(book, []);
    const { nonce } = book.register.entries.at(-1)!;
    const found = await look(own, book, { challenge: nonce });
    expect(found).toMatchObject({ verdict: 'holds', detection: { claimed: false, challenge: nonce } });
    expect(found.detection.reason).toContain("the office's key is the maker's");
  });

  test('a nonce that was drawn for a parent draws nothing of a run that was made later', async () => {
    const child = await bench.make(maker, { name: 'later', ...fromRun(run), train: { steps: 12 } });
    const nonce = nonceIn(run, 'seal-lodging.json');
    const at = { parents: [run], maker: maker.fingerprint, challenge: nonce };
    for (const book of [undefined, honest]) {
      const found = await look(child, book, { ...at, office: undefined });
      expect(found.detection).toMatchObject({ claimed: false, challenge: nonce });
      expect(found.detection.reason).toBe('the office drew it for something else');
    }
  });

  test('of a parent: the register counts where it lists that run or is of its office, and else it is not shown', async () => {
    const child = await bench.make(maker, { name: 'child', ...fromRun(run), train: { steps: 4 } });
    const at = { parents: [run], maker: maker.fingerprint };
    const linksOf = async (book: Book | undefined) => signableOf(await look(child, book, at)).links;
    expect((await linksOf(undefined)).map(({ lodging }) => lodging)).toEqual(['none', 'office']);
    expect((await linksOf(honest)).map(({ lodging }) => lodging)).toEqual(['none', 'register']);
    const elsewhere = new Book(bench.strangersKey('another-office'));
    const found = await look(child, elsewhere, at);
    expect(signableOf(found).links.map(({ lodging }) => lodging)).toEqual(['none', 'office']);
    expect(notesOf(found)).toContain('The register that was given does not list this run');
    // Whoever made a run of the chain is no office to the others.
    const friend = bench.strangersKey('friend');
    const friends = new Book(friend);
    const lodged = await make(friends, []);
    const theirs = await bench.make(friend, { name: 'theirs', ...fromRun(lodged), train: { steps: 4 } });
    const chain = await look(theirs, friends, { parents: [lodged], maker: undefined });
    expect(signableOf(chain).links.map(({ lodging }) => lodging)).toEqual(['none', 'own']);
    expect(linkFacts(chain).map(({ lodging }) => lodging)).toEqual(['none', 'own']);
    // Asked again and again: the register shows it, also of a parent.
    const book = new Book();
    const asked = await make(book, [], 1);
    const built = await bench.make(maker, { name: 'built', ...fromRun(asked), train: { steps: 4 } });
    expect(await look(built, book, { ...at, parents: [asked] })).toMatchObject({ verdict: 'incomplete' });
  });

  test('the maker of the parent is no office to a run, whether the parent is brought or not', async () => {
    const friend = bench.strangersKey('lender');
    const parent = await bench.make(maker, { train: { steps: 4 } });
    const book = new Book(maker);
    const child = await make(book, [], 0, { signer: friend, name: 'lent', ...fromRun(parent) });
    const nonce = nonceIn(child, 'seal-lodging.json');
    for (const parents of [undefined, [parent]]) {
      const found = await look(child, book, { maker: undefined, challenge: nonce, ...(parents && { parents }) });
      expect(signableOf(found).links[0]!.lodging).toBe('own');
      expect(found.detection).toMatchObject({ claimed: false, challenge: nonce });
      expect(found.detection.reason).toContain('made another run of this chain');
    }
  });

  test('a register that lists only one run of a chain makes no other one better: each stands as it does alone', async () => {
    const [first, second, elsewhere] = [new Book(), new Book(), new Book(bench.strangersKey('another-office'))];
    const parent = await make(first, []);
    const chainOf = async (book: Book) => make(book, [], 0, { name: 'unlisted', ...fromRun(parent) });
    const children = { ofItsOffice: await chainOf(second), elsewhere: await chainOf(elsewhere) };
    const verdictOf = async (folder: string, book: Book, parents?: string[]) =>
      (await look(folder, book, { ...(parents && { parents }) })).verdict;
    for (const child of Object.values(children))
      for (const parents of [undefined, [parent]]) expect(await verdictOf(child, first, parents)).toBe('incomplete');
    // The parent is missing in its own office's register.
    expect(await verdictOf(parent, second)).toBe('incomplete');
    expect(await verdictOf(children.ofItsOffice, second, [parent])).toBe('incomplete');
    // Another office answered the parent: nothing is shown of that, and nothing is missing.
    expect(await verdictOf(children.elsewhere, elsewhere, [parent])).toBe('holds');
  });

  test('with the first request withheld: genesis says that there was none', async () => {
    const book = new Book();
    const copy = bench.copy(await bench.make(maker, SMALL));
    writeRequest(copy, maker);
    book.lodge(copy, 'request');
    for (const name of ['request.json', 'lodging.json']) rmSync(join(copy, name));
    const found = await look(copy, book);
    expect(findings(found)).toMatch(/lodging.json the office answered a request for this run .*genesis names none/);
  });
});

describe('heads that were lodged during the training', () => {
  test('a record altered afterwards, and everything computed again: refuted at that step', async () => {
    const copy = bench.copy(run);
    redoEvidence(copy, maker, {
      records: (records) => Object.assign(records[4]!, { loss: '4000000000000000' }),
    });
    cpSync(join(run, 'seal-lodging.json'), join(copy, 'seal-lodging.json'));
    const found = await look(copy, honest);
    expect(registerCheck(found)).toMatchObject({
      verdict: 'refuted',
      findings: expect.arrayContaining([expect.objectContaining({ file: 'transcript.jsonl', step: 6 })]),
    });
    const steps = registerCheck(found).findings.flatMap(({ verdict, step }) => (verdict === 'refuted' ? [step] : []));
    expect(steps).toEqual([6, 8]); // what came before was not changed
  });

  test('a step that is not in the transcript', async () => {
    const book = new Book();
    const copy = await make(book, []);
    const of = { run: runKey(commitmentOf(copy)), step: 900, head: sha256Hex('h') };
    book.askHead(of, maker);
    const found = await look(copy, book);
    expect(registerCheck(found).verdict).toBe('refuted');
    expect(findings(found)).toContain('has no such record');
    expect(notesOf(found)).toContain('Heads lodged after the seal: 1.');
  });

  test("from another key under this run's name: they are not this maker's", async () => {
    const book = new Book();
    const copy = await make(book, [2]);
    const thief = bench.strangersKey('thief');
    const of = { run: runKey(commitmentOf(copy)), step: 2, head: sha256Hex('h') };
    expect(book.askHead(of, thief).answer).toBe(1);
    expect((await look(copy, book)).verdict).toBe('holds');
  });

  test('for a run that was not lodged before its first step: under its commitment', async () => {
    const book = new Book();
    const copy = bench.copy(await bench.make(maker, SMALL));
    book.heads(copy, [2, 4]);
    book.lodge(copy, 'seal');
    expect(registerCheck(await look(copy, book)).detail).toContain(
      'no request, 2 heads during the training, seal in entry 3',
    );
    redoEvidence(copy, maker, {
      records: (records) => Object.assign(records[1]!, { loss: '4000000000000000' }),
    });
    expect(registerCheck(await look(copy, book)).verdict).toBe('refuted');
  });
});

describe('a register without the run', () => {
  test('an older one, and a fork of it', async () => {
    const older = new Book();
    older.askOther();
    const found = await look(run, older);
    expect(found.verdict).toBe('incomplete');
    // It begins after the run was lodged, so it extends past that time.
    expect(findings(found)).toContain('the office answered without an entry, or this is another history');
    const cut = honest.text.split('\n').slice(0, 2).join('\n');
    const short = await auditRun(run, { register: { text: `${cut}\n`, where: 'r' } });
    expect(
      registerCheck(short)
        .findings.map(({ text }) => text)
        .join(),
    ).toContain('take a newer one');
  });

  test('from another office', async () => {
    const other = new Book(bench.strangersKey('other-office'));
    other.askOther();
    const found = await look(run, other);
    // The auditor brought the wrong list: that is no fault of the run.
    expect(found.verdict).toBe('incomplete');
    const [structure] = found.checks;
    expect(structure!.findings).toContainEqual(
      expect.objectContaining({
        file: 'lodging.json',
        verdict: 'incomplete',
        text: expect.stringContaining('another office'),
      }),
    );
    await expect(look(run, other, { office: office.fingerprint })).rejects.toMatchObject({
      code: 'register-other-office',
    });
  });

  test('truncated, altered, reordered or unsigned: refused before the checks', async () => {
    const lines = honest.text.split('\n');
    for (const text of [
      honest.text.slice(0, -20),
      [lines[0], ...lines.slice(2)].join('\n'),
      [lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n'),
      honest.text.replace('"answer":1', '"answer":2'),
      honest.text.replace(/"sig":"[^"]*"/, '"sig":"AAAA"'),
      '',
    ]) {
      const register = { text, where: 'register.jsonl' };
      await expect(look(run, undefined, { register })).rejects.toMatchObject({ code: 'register-broken' });
    }
  });

  test('another history than that of the known head is refused; a longer register that contains the head is not', async () => {
    const { given } = honest;
    const known = honest.register.entries[3]!.link;
    const found = await look(run, undefined, { register: { ...given, head: known } });
    expect(notesOf(found)).toContain('that of entry 4 of 7');
    expect(notesOf(found)).not.toContain('two histories');
    const cut = `${given.text.split('\n').slice(0, 4).join('\n')}\n`; // a whole register, of three entries
    for (const register of [
      { ...given, head: sha256Hex('elsewhere') },
      { ...given, text: cut, head: known },
    ])
      await expect(look(run, undefined, { register })).rejects.toMatchObject({ code: 'register-other-head' });
  });
});

test('Ctrl-C stops reading a register of thousands of entries', async () => {
  const long = new Book();
  const one = { kind: 'head', maker: maker.fingerprint, subject: sha256Hex('x'), head: sha256Hex('y') } as const;
  for (let step = 1; step <= 2000; step++) long.ask({ ...one, lodged: sha256Hex(String(step)), step });
  const stopping = new AbortController();
  const checks: string[] = [];
  const looking = look(run, long, {
    signal: stopping.signal,
    onProgress: ({ check }) => {
      checks.push(check);
      stopping.abort();
    },
  });
  await expect(looking).rejects.toMatchObject({ code: 'interrupted' });
  expect(checks).toEqual(['register']);
});
