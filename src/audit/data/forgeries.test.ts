// Forgeries of a maker in his texts, with everything that follows from them computed again: the check `data` names them. What it cannot
// see without the sources it calls the maker's word.

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cachedTarball, integrityOf, sha512OfFile } from '../../foundry/corpus/index.ts';
import {
  digestOfFile,
  madeFrom,
  madeFromFiles,
  readStatement,
  type Subject,
  sha256,
  signStatement,
} from '../../ledger/index.ts';
import type { AuditOptions } from '../audit.ts';
import { RunFolder } from '../folder.ts';
import { checkStructure } from '../structure.ts';
import { auditRun, checkOf, edit, TestBench } from '../testing/audit-run.ts';
import { type RecipeChanges, redoEvidence } from '../testing/run.ts';
import type { Audit } from '../types.ts';
import { checkData } from './check.ts';
import { type Alteration, makeForged, record, textOf, wholeDocuments } from './testing/forge-texts.ts';

const bench = new TestBench();
const { signer } = bench;
afterAll(() => void vi.unstubAllEnvs());
beforeAll(() => void vi.stubEnv('XDG_CACHE_HOME', join(bench.folder, 'cache')));

const TRAIN = { steps: 2, checkpointEvery: 1 };
const SHARED = { language: 'en', licence: 'CC0-1.0' };
/** Sixty documents: whole ones are held out. */
const MANY: RecipeChanges = { train: TRAIN };
/** Three documents: slices are held out. */
const FEW: RecipeChanges = {
  train: TRAIN,
  corpus: {
    sources: [
      { files: 'texts/a/{1,2}.txt', ...SHARED },
      { files: 'texts/b/3.txt', ...SHARED },
    ],
    validation: 0.1,
  },
};

const dataOf = (found: Audit) => checkOf(found, 'data');
const others = (found: Audit) =>
  found.checks.filter(({ name, verdict }) => name !== 'data' && verdict !== 'holds').map(({ name }) => name);

/** Audits a forged run, in which no other check finds anything; returns the findings of `data`. */
async function caught(changes: RecipeChanges, alteration: Alteration, options: Partial<AuditOptions> = {}) {
  const found = await auditRun(await makeForged(bench, signer, changes, alteration), options);
  expect(others(found)).toEqual([]);
  expect(found.verdict).toBe('refuted');
  expect(found.data.standing).not.toBe('sources');
  return dataOf(found).findings;
}

describe('honest data hold', () => {
  test.each([
    ['many documents', MANY],
    ['few documents', FEW],
    ['nothing held out', { ...MANY, corpus: { ...FEW.corpus, validation: 0 } }],
  ])('%s', async (_, changes) => {
    const run = await bench.make(signer, changes);
    const alone = await auditRun(run);
    expect(others(alone)).toEqual([]);
    expect(dataOf(alone).findings).toEqual([]);
    expect(alone.data.standing).toBe('texts');
    expect(alone.data.sources.map(({ standing }) => standing)).toEqual(['maker', 'maker']);
    expect(dataOf(alone).notes.join()).toContain(`The maker's word: that the texts come from "texts/`);

    const compared = await auditRun(run, { sources: bench.folder });
    expect(compared.verdict).toBe('holds');
    expect(compared.data).toMatchObject({ standing: 'sources' });
    expect(compared.data.sources.map(({ standing, reason }) => [standing, reason])).toEqual([
      ['compared', 'gives the same texts'],
      ['compared', 'gives the same texts'],
    ]);
    expect(dataOf(compared).notes.join()).not.toContain("The maker's word");
  });
});

describe('from the texts alone', () => {
  test('validation documents, each twice in the training shard', async () => {
    const findings = await caught(MANY, {
      lines: (sources) => {
        const { train, validation } = sources[0]!;
        train.push(...validation, ...validation);
      },
    });
    expect(findings.map(({ file }) => file)).toContain('corpus/source-00.train.jsonl');
    expect(findings.map(({ text }) => text).join()).toMatch(/came before/);
    expect(findings.map(({ text }) => text).join()).toMatch(/belong on the other side/);
  });

  test('one document twenty times', async () => {
    const findings = await caught(MANY, {
      lines: (sources) => sources[1]!.train.push(...Array.from({ length: 20 }, () => sources[1]!.train[0]!)),
    });
    expect(findings).toMatchObject([
      { file: 'corpus/source-01.train.jsonl', text: '20 of its documents came before, here or in another file' },
    ]);
  });

  test('a document of one source in another one', async () => {
    const findings = await caught(MANY, { lines: ([a, b]) => b!.train.push(a!.train[0]!) });
    expect(findings).toMatchObject([{ file: 'corpus/source-01.train.jsonl' }]);
  });

  test('validation text replaced by "a a a"', async () => {
    for (const changes of [MANY, FEW]) {
      const findings = await caught(changes, {
        lines: (sources) => {
          for (const source of sources) source.validation = [];
          sources[0]!.validation = [record('a a a')];
        },
      });
      expect(findings.length).toBeGreaterThan(0);
    }
  });

  test('texts altered until their digests fit are not found, and called the maker’s word', async () => {
    let n = 0;
    while (sha256(`a a a ${n}`).readUInt32BE(0) / 2 ** 32 >= 0.1) n++;
    const run = await makeForged(bench, signer, MANY, {
      lines: (sources) => {
        sources[0]!.validation.push(record(`a a a ${n}`));
      },
    });
    const found = await auditRun(run);
    expect(found.verdict).toBe('holds');
    expect(found.data.standing).toBe('texts');
    expect(dataOf(found).notes.join()).toContain(
      'The maker can alter texts until their digests put them in the split he wants',
    );
    const compared = await auditRun(run, { sources: bench.folder });
    expect(compared.verdict).toBe('refuted');
    expect(dataOf(compared).findings[0]!.text).toMatch(/^source 0 \(texts\/a\) gives something else/);
  });

  test.each([
    ['a key twice', (line: string) => line.replace('{', '{"text":"what the tokenizer does not read",')],
    ['an escape', (line: string) => line.replace(/(?<=:")[a-z]/, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)],
    ['a member more', (line: string) => line.replace(/\}$/, ',"hidden":"payload"}')],
    ['a space', (line: string) => line.replace(':', ': ')],
    ['text that is not NFC', (line: string) => line.replace(/[가-힣]/, (c) => c.normalize('NFD'))],
    ['a carriage return behind it', (line: string) => `${line}\r`],
  ])('a record with %s', async (_, change) => {
    const findings = await caught(MANY, {
      lines: ([source]) => {
        const at = source!.train.findIndex((line) => change(line) !== line);
        expect(at).toBeGreaterThanOrEqual(0);
        source!.train[at] = change(source!.train[at]!);
      },
    });
    expect(findings).toMatchObject([{ file: 'corpus/source-00.train.jsonl' }]);
    expect(findings[0]!.text).toMatch(/line \d+/);
  });

  test('another held-out slice than the digests choose', async () => {
    const findings = await caught(FEW, {
      lines: ([source]) => {
        // A training piece begins at a cut: its first lines, as long as a slice, take the place of those that were held out.
        const held = source!.validation.pop()!;
        source!.validation.push(record(textOf(source!.train.pop()!)));
        source!.train.push(held);
      },
    });
    expect(findings.map(({ text }) => text).join()).toMatch(/belong on the other side/);
  });

  test.each([
    ['shorter', 8],
    ['longer', 4096], // so that less is held out
  ])('slices that are %s than the rule allows, so that others are chosen', async (what, bytes) => {
    const findings = await caught(FEW, {
      manifest: ({ sources }) => {
        for (const source of sources) source.slice = bytes;
      },
    });
    expect(findings).toMatchObject([{ file: 'corpus/manifest.json', text: expect.stringContaining(`${what} than`) }]);
  });

  test("a slice that only dropped text allows, which is the maker's word, gives a note", async () => {
    const forged = await makeForged(bench, signer, FEW, {
      manifest: ({ sources: [a] }) => {
        a!.slice = 4096;
        a!.counts.dropped = { empty: 1 };
        a!.counts.read += 1;
      },
    });
    expect(dataOf(await auditRun(forged)).notes.join()).toContain(
      'slices are longer than its texts alone would make them',
    );
  });

  test.each([
    ['__proto__', '{"dropped":{"__proto__":{"kept back":1000}}}'],
    ['a sentence', '{"dropped":{"Certified by the ministry":0}}'],
  ])('a drop rule that is %s', async (_, counts) => {
    const forged = await makeForged(bench, signer, FEW, {
      manifest: ({ sources: [a] }) => {
        Object.defineProperty(a!.counts, 'dropped', { value: JSON.parse(counts).dropped, enumerable: true });
      },
    });
    const found = await auditRun(forged);
    expect(found.verdict).toBe('refuted');
    expect(found.checks[0]!.findings).toMatchObject([{ file: 'corpus/manifest.json' }]);
  });

  test('whole documents held out although that misses the share', async () => {
    const changes = { ...FEW, corpus: { ...FEW.corpus, validation: 0.3 } };
    const findings = await caught(changes, wholeDocuments(bench, changes, 0.3));
    expect(findings).toMatchObject([{ file: 'corpus/manifest.json' }]);
  });

  test('counts that differ from those of the texts', async () => {
    const run = bench.forged(await bench.make(signer, MANY), (at) => {
      edit(at('corpus/tokens.json'), (text) => {
        const tokens = JSON.parse(text);
        tokens.sources[0].train.documents += 1000;
        return JSON.stringify(tokens);
      });
      edit(at('corpus/manifest.json'), (text) => {
        const manifest = JSON.parse(text);
        const { counts } = manifest.sources[0];
        for (const key of ['train', 'kept', 'read']) counts[key] += 1000;
        manifest.documents.train += 1000;
        manifest.licenceSummary[0].documents += 1000;
        return `${JSON.stringify(manifest, null, 2)}\n`;
      });
    });
    const found = await auditRun(run);
    expect(found.verdict).toBe('refuted');
    expect(dataOf(found).findings).toMatchObject([{ file: 'corpus/source-00.train.jsonl' }]);
  });

  test('a number of files that differs from the list', async () => {
    const findings = await caught(MANY, {
      manifest: ({ sources }) => {
        sources[0]!.origin.fileCount = 4000;
      },
    });
    expect(findings).toMatchObject([
      { file: 'corpus/source-00.files.jsonl', text: 'names 30 files, the manifest 4000' },
    ]);
  });

  test('licences that differ from the recipe, or do not add up', async () => {
    const changes: Alteration['manifest'][] = [
      ({ licenceSummary }) => {
        licenceSummary[0]!.licence = 'MIT';
      },
      ({ licenceSummary }) => {
        licenceSummary[0]!.documents++;
      },
    ];
    for (const manifest of changes) {
      const found = await auditRun(await makeForged(bench, signer, MANY, { ...(manifest && { manifest }) }));
      expect(found.checks[0]).toMatchObject({ verdict: 'refuted', findings: [{ file: 'corpus/manifest.json' }] });
    }
  });
});

describe('from the sources', () => {
  /** A folder with a package as `npm pack` leaves it, in the maker's cache too; and a recipe that pins it. */
  function packed(): { folder: string; changes: RecipeChanges } {
    const folder = bench.path();
    mkdirSync(join(folder, 'package'), { recursive: true });
    cpSync(join(bench.folder, 'texts/a'), join(folder, 'package/texts'), { recursive: true });
    execFileSync('tar', ['czf', 'someone-texts-1.2.3.tgz', 'package'], { cwd: folder });
    const tarball = join(folder, 'someone-texts-1.2.3.tgz');
    const hex = sha512OfFile(tarball);
    const cache = join(bench.folder, 'cache/jikji');
    mkdirSync(cache, { recursive: true });
    cpSync(tarball, cachedTarball(cache, hex));
    const npm = { npm: '@someone/texts@1.2.3', sha512: integrityOf(hex), path: 'texts', ...SHARED };
    return {
      folder,
      changes: { train: TRAIN, corpus: { sources: [npm, { files: 'texts/b', ...SHARED }], validation: 0.1 } },
    };
  }

  test("the maker's texts declared as a pinned package, with the package's true digest", async () => {
    const { folder, changes } = packed();
    const run = await makeForged(bench, signer, changes, {
      lines: ([source]) => {
        // The maker's texts, each altered until its digest puts it on the side of its honest neighbour.
        source!.train = source!.train.map((_, i) => {
          let text = '';
          for (let n = 0; text === '' || sha256(text).readUInt32BE(0) / 2 ** 32 < 0.1; n++)
            text = `mine ${i} ${n}. `.repeat(30);
          return record(text);
        });
      },
    });
    const alone = await auditRun(run);
    expect(alone.verdict).toBe('holds');
    expect(alone.data).toMatchObject({
      standing: 'texts',
      sources: [
        { name: '@someone/texts@1.2.3', standing: 'maker', reason: 'it was not fetched' },
        { name: 'texts/b', standing: 'maker' },
      ],
    });
    for (const options of [{ sources: folder }, { fetch: true }]) {
      const found = await auditRun(run, options);
      expect(others(found)).toEqual([]);
      expect(dataOf(found).findings).toMatchObject([
        {
          verdict: 'refuted',
          text: expect.stringMatching(/^source 0 \(@someone\/texts@1\.2\.3\) gives something else/),
        },
      ]);
      expect(found.data.sources[0]).toMatchObject({ standing: 'compared' });
    }
  });

  test('one source is available, the other is the maker’s word; another tarball', async () => {
    const { folder, changes } = packed();
    const run = await bench.make(signer, changes);
    const found = await auditRun(run, { sources: folder });
    expect(found.verdict).toBe('holds');
    expect(found.data).toMatchObject({
      standing: 'texts',
      sources: [
        { standing: 'compared', reason: 'gives the same texts' },
        { standing: 'maker', reason: expect.stringContaining('texts/b') },
      ],
    });
    expect(dataOf(found).notes.join()).toContain('A pinned package is public, not independent');
    cpSync(join(bench.folder, 'texts/b'), join(folder, 'texts/b'), { recursive: true });
    expect((await auditRun(run, { sources: folder })).data.standing).toBe('sources');

    writeFileSync(join(folder, 'someone-texts-1.2.3.tgz'), 'something else');
    expect((await auditRun(run, { sources: folder })).data.sources[0]).toMatchObject({
      standing: 'maker',
      reason: 'someone-texts-1.2.3.tgz is not the tarball that the recipe pins',
    });
  });

  test('other files, or fewer', async () => {
    const run = await bench.make(signer, MANY);
    const folder = bench.path();
    cpSync(join(bench.folder, 'texts'), join(folder, 'texts'), { recursive: true });
    const file = join(folder, 'texts/b/7.txt');
    appendFileSync(file, '!');
    const found = await auditRun(run, { sources: folder });
    expect(dataOf(found).findings.map(({ text }) => text)).toEqual([
      'source 1 (texts/b) gives something else: the files it came from',
    ]);
  });

  test('wrong counts of read, dropped or cut documents', async () => {
    const changes: NonNullable<Alteration['manifest']>[] = [
      ({ sources }) => {
        sources[0]!.cuts = 7;
      },
      ({ sources }) => {
        sources[0]!.counts.dropped.duplicate = 500;
        sources[0]!.counts.read += 500;
      },
    ];
    for (const manifest of changes) {
      const findings = await caught(MANY, { manifest }, { sources: bench.folder });
      expect(findings).toMatchObject([{ file: 'corpus/manifest.json' }]);
    }
  });

  test('no file outside the folder is read, and no slow pattern is run', async () => {
    for (const [files, reason] of [
      [join(bench.folder, 'texts/a'), 'it names files outside the folder'],
      ['texts/../texts/*t*x*t*', 'its patterns have too many wildcards to be matched safely'],
      ['../*/texts/a', 'it names files outside the folder'],
    ]) {
      const corpus = { sources: [{ files: 'texts/a', ...SHARED }], validation: 0.1 };
      const run = await bench.make(signer, { train: TRAIN, corpus });
      for (const [name, written] of [
        ['recipe.yaml', 'texts/a'],
        ['corpus/manifest.json', '"texts/a"'],
      ] as const)
        edit(join(run, name), (text) => text.replace(written, JSON.stringify(files)));
      redoEvidence(run, signer);
      const found = await auditRun(run, { sources: bench.folder });
      expect(found.data.sources).toMatchObject([{ standing: 'maker', reason }]);
    }
  });
});

describe('reading is bounded and can be stopped', () => {
  /** Signs a genesis for the manifest on disk. */
  function signManifest(run: string): void {
    const path = join(run, 'genesis.json');
    const { predicate } = readStatement(path, 'genesis');
    const commitment = { ...predicate.commitment, corpusManifest: digestOfFile(join(run, 'corpus/manifest.json')) };
    const sizes = Object.entries(madeFromFiles(commitment)).map(([name, file]): [string, number] => [
      name,
      statSync(join(run, file)).size,
    ]);
    const subjects: Subject[] = [...madeFrom(commitment, new Map(sizes)), ['state-0', commitment.stateRoot]];
    writeFileSync(path, signStatement('genesis', subjects, { ...predicate, commitment }, signer));
  }

  test('a sparse text of 2 TB: refuted by its size, not read by any check', async () => {
    const run = bench.copy(await bench.make(signer, MANY));
    for (const name of ['source-00.train.jsonl', 'source-01.train.bin', 'source-00.files.jsonl']) {
      truncateSync(join(run, 'corpus', name), 2e12);
    }
    const found = await auditRun(run);
    const [structure] = found.checks;
    expect(structure!.findings.filter(({ verdict }) => verdict === 'refuted').map(({ file }) => file)).toEqual([
      'corpus/source-00.files.jsonl',
      'corpus/source-00.train.jsonl',
      'corpus/source-01.train.bin',
    ]);
    expect(found.data.standing).toBe('maker');
  });

  test('a sparse text of 2 TB with its true size: the auditor stops it while the digest is computed', async () => {
    const run = bench.copy(await bench.make(signer, MANY));
    const path = join(run, 'corpus/manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    manifest.sources[0].files.train.bytes = 2e12;
    writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
    signManifest(run);
    truncateSync(join(run, 'corpus', manifest.sources[0].files.train.name), 2e12);
    const stop = new AbortController();
    let seen = 0;
    const onProgress = ({ detail }: { detail: string }): void => {
      if (detail === 'texts and tokens' && ++seen === 4) stop.abort();
    };
    await expect(auditRun(run, { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'interrupted' });
  });

  test.each([
    ['while the texts are read', 'texts', {}],
    ['while the corpus is built again', 'sources', { folder: bench.folder }],
  ])('stopped %s, it leaves no files', async (_, at, options) => {
    const run = await bench.make(signer, MANY);
    const temporary = bench.path();
    mkdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
    const stop = new AbortController();
    const tell = async (detail: string): Promise<void> => {
      if (detail === at) stop.abort();
      stop.signal.throwIfAborted();
    };
    const calm = { signal: stop.signal, showProgress: async () => {} };
    const { evidence } = await checkStructure(new RunFolder(run), {}, calm);
    await expect(checkData(evidence, options, { signal: stop.signal, showProgress: tell })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('no folder for temporary files: incomplete, and the other checks go on', async () => {
    const run = await bench.make(signer, MANY);
    vi.stubEnv('TMPDIR', join(bench.folder, 'nowhere'));
    const found = await auditRun(run);
    vi.unstubAllEnvs();
    expect(others(found)).toEqual([]);
    expect(found.verdict).toBe('incomplete');
    expect(dataOf(found).findings).toMatchObject([{ text: expect.stringContaining('ENOENT') }]);
    expect(found.data.standing).toBe('maker');
  });
});
