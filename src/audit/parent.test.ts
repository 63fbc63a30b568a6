// Runs that begin with the weights of another model: the chain to it, and what makers can forge about it.

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Safetensors } from '../formats/index.ts';
import { exportModel, parentShape } from '../foundry/index.ts';
import { parseRecipe, recipeToYaml } from '../foundry/recipe/index.ts';
import {
  type Commitment,
  digestOfFile,
  readStatement,
  START,
  sha256Hex,
  signStatement,
  stateRoot,
} from '../ledger/index.ts';
import type { AuditOptions } from './audit.ts';
import { claimOf } from './claims.ts';
import { reportHtml, reportLines } from './report/index.ts';
import { signableOf } from './signed-audit.ts';
import { standingOf } from './standing.ts';
import {
  auditRun,
  commitmentOf,
  edit,
  editBytes,
  expectRefuted,
  findingsOf,
  fromRun,
  parentOfRun,
  TestBench,
} from './testing/audit-run.ts';
import { claimedBy } from './testing/claims.ts';
import { changeTensor, readState, redoEvidence } from './testing/run.ts';
import type { Audit } from './types.ts';

const bench = new TestBench();
const { signer: maker } = bench;
const TRAIN = { steps: 6 };
/** A parent, another run of its shape, a child of the first, and a child of that child. */
const parent = await bench.make(maker, { train: TRAIN });
const other = await bench.make(maker, { seed: 2, train: TRAIN });
const child = await bench.make(maker, { name: 'child', seed: 5, ...fromRun(parent), train: { steps: 20 } });
const grandchild = await bench.make(maker, {
  ...{ name: 'grandchild', ...fromRun(child) },
  train: { steps: 4, optimizer: 'muon' },
});

const look = (folder: string, options: Partial<AuditOptions> = {}): Promise<Audit> =>
  auditRun(folder, { replay: 'all', ...options });
const said = (found: Audit): string => Object.values(claimOf(standingOf(found), 'en')).join(' ');

/** Refuted by an audit in full, and not said to be built on anything. */
async function refuted(run: string, file: string, text: RegExp, options: Partial<AuditOptions> = {}): Promise<void> {
  const found = await expectRefuted(run, { file, text }, { replay: 'all', ...options });
  expect(said(found)).not.toMatch(/built on/);
}

describe('honest', () => {
  test('S_0 has the weights of the parent, as they stand in its model, and moments of zero', () => {
    const file = Safetensors.open(join(parent, 'model/model.safetensors'));
    const tensors = readState(child, TRAIN.steps).map(({ name, shape }) => {
      const data = new Uint8Array(4 * shape.reduce((a, b) => a * b, 1));
      if (file.tensors.has(name)) file.read(name, data);
      return { name, dtype: 'F32' as const, shape, data };
    });
    file.close();
    expect(commitmentOf(child).stateRoot).toBe(stateRoot(0, tensors));
    expect(commitmentOf(child)).toMatchObject({
      parent: {
        seal: digestOfFile(join(parent, 'seal.json')),
        weights: digestOfFile(join(parent, 'model/model.safetensors')),
      },
    });
    expect(digestOfFile(join(child, 'tokenizer/tokenizer.json'))).toBe(
      digestOfFile(join(parent, 'tokenizer/tokenizer.json')),
    );
  });

  test('without its parent: it holds, and nothing is said of the making of the parent', async () => {
    const found = await look(child);
    expect(findingsOf(found)).toEqual([]);
    expect(found).toMatchObject({ verdict: 'holds', extent: 'all', parent: { kind: 'run', audit: null } });
    expect(said(found)).toMatch(/made from those of its parent.*by nothing else.*Nothing of the making of that run/);
    expect(said(found)).not.toMatch(/random numbers|audited too/);
  });

  test('with all that it was built on: every link is audited, in any order', async () => {
    const found = await look(grandchild, { parents: [parent, child] });
    expect(findingsOf(found)).toEqual([]);
    expect(found.checks.at(-1)).toMatchObject({ name: 'parent', verdict: 'holds' });
    expect(said(found)).toMatch(/built on “child” .*audited too: Holds.*built on “small” .*audited too: Holds/);
    expect(said(found)).toMatch(/Of each run that was audited here: Every step was trained again/);
    // What is to be noted of a parent stands in the check, with its name.
    expect(found.checks.at(-1)!.notes.join('\n')).toMatch(/^child: Not lodged: no trusted time/m);
    expect(signableOf(found).links.map(({ extent, data, begins }) => [extent, data, begins])).toEqual([
      ['all', 'texts', 'run'],
      ['all', 'texts', 'run'],
      ['all', 'texts', 'drawn'],
    ]);
  });

  test('a path that it was not built on is a fault of the call, before anything is trained', async () => {
    const wrong: [string, string[], RegExp][] = [
      [child, [other], /a run with the seal [0-9a-f]{64}, which was not given/],
      [grandchild, [parent], /a run with the seal/],
      [grandchild, [parent, other, child], /begins with drawn weights/],
      [parent, [child], /begins with drawn weights/],
      [child, [join(bench.folder, 'texts')], /a run with the seal/],
    ];
    for (const [folder, parents, hint] of wrong) {
      const checked: string[] = [];
      const onProgress = ({ check }: { check: string }): void => void checked.push(check);
      await expect(look(folder, { parents, onProgress })).rejects.toMatchObject({
        code: 'usage',
        message: 'the run was not built on this',
        hint: expect.stringMatching(hint),
      });
      expect(checked).toEqual([]);
    }
  });

  test('the folder of sources is that of the run: other files of the same names say nothing of its parent', async () => {
    const sources = mkdtempSync(join(tmpdir(), 'jikji-sources-'));
    try {
      cpSync(join(bench.folder, 'texts'), join(sources, 'texts'), { recursive: true });
      for (const file of readdirSync(sources, { recursive: true, withFileTypes: true }))
        if (file.isFile()) appendFileSync(join(file.parentPath, file.name), '\nA line of another recipe.\n');
      const found = await look(child, { parents: [parent], sources });
      const { audit } = found.parent as { audit: Audit };
      expect([found.verdict, audit.verdict, audit.data.standing]).toEqual(['refuted', 'holds', 'texts']);
      expect(audit.data.sources[0]!.reason).toMatch(/other files of these names/);
      // Where they are the same they are compared, of each run.
      const same = await look(child, { parents: [parent], sources: bench.folder });
      expect((same.parent as { audit: Audit }).audit.data.standing).toBe('sources');
    } finally {
      rmSync(sources, { recursive: true });
    }
  });

  test('of two copies of one parent only one would be checked: the call is refused', async () => {
    const copy = bench.copy(parent);
    await expect(look(child, { parents: [parent, copy] })).rejects.toMatchObject({
      code: 'usage',
      input: `--parent ${copy}`,
    });
    expect((await look(child, { parents: [parent, join(parent, '.')] })).verdict).toBe('holds');
  });

  test('a genesis that was put beside the seal of a parent is a finding, and not a fault of the call', async () => {
    const copy = bench.copy(child);
    cpSync(join(other, 'genesis.json'), join(copy, 'genesis.json'));
    const found = await look(grandchild, { parents: [copy, parent] });
    expect(found.verdict).toBe('refuted');
    expect(findingsOf(found)).toContainEqual(
      expect.objectContaining({ verdict: 'refuted', file: expect.stringMatching(/seal|genesis/) }),
    );
  });

  test('a parent has a maker of its own', async () => {
    const stranger = bench.strangersKey('stranger');
    const parents = [parent];
    const known = { parents, maker: maker.fingerprint, parentMakers: [stranger.fingerprint, maker.fingerprint] };
    expect((await look(child, known)).verdict).toBe('holds');
    // The maker of the run says nothing of the parent's.
    const alone = await look(child, { parents, maker: maker.fingerprint });
    expect(alone.checks.at(-1)!.notes.join('\n')).toContain('--parent-maker');
    await refuted(child, 'small: genesis.json', /signed by .*, not by the given maker/, {
      parents,
      parentMakers: [stranger.fingerprint],
    });
  });

  test('the chain reaches as far as its weakest link, and only as far as it was followed', async () => {
    const found = await look(grandchild, { parents: [child], replay: 1 });
    expect(found).toMatchObject({ verdict: 'holds', parent: { audit: { parent: { audit: null } } } });
    expect(found.extent).not.toBe('all');
    expect(said(found)).toMatch(/“child” .*audited too.*Nothing of the making of that run/);
  });

  test('of a parent that was planted, and of which a part was trained again, nothing says that all was', async () => {
    const long = await bench.make(maker, { name: 'long', seed: 11, train: { steps: 40 } });
    const copy = bench.forged(long, (_, folder) =>
      changeTensor(folder, 20, 'adamw.exp_avg_sq.model.norm.weight', (values) => {
        values[0]! *= 1.000001;
      }),
    );
    const built = await bench.make(maker, { name: 'built', ...fromRun(copy), train: TRAIN });
    // A challenge that does not draw the planted segment, and the child in full.
    const segments = { from: 1, to: 3 };
    let found: Audit | undefined;
    for (let i = 0; found?.verdict !== 'holds'; i++) {
      expect(i).toBeLessThan(40);
      found = await look(built, { replay: undefined, segments, parents: [copy], challenge: `${10 + i}`.repeat(32) });
    }
    expect(found).toMatchObject({ extent: 'sampled', cost: { share: 1 }, parent: { audit: { verdict: 'holds' } } });
    const style = (_: string, text: string): string => text;
    const texts = [
      said(found),
      reportLines(found, { width: 100, style }).join(' ').replace(/\s+/g, ' '),
      await reportHtml(found, 'en'),
    ];
    for (const text of texts) {
      // What is said of all, without what is said of each run.
      const [ofAll] = text.split(/the run itself: |<section[^>]*links/);
      expect(claimedBy(ofAll!)).not.toMatch(/every step|100% of the steps/i);
      expect(text).not.toMatch(/nothing left to chance|nothing was left/i);
      expect(text).toMatch(/weakest link, “long”.*\d+% of the steps were trained again/);
    }
    for (const text of texts.slice(1)) expect(text).toMatch(/“long” \(seal [0-9a-f]{16}…\).*Holds \(sampled\)/);
    const korean = await reportHtml(found, 'ko');
    expect(claimedBy(korean.split(/<section[^>]*links/)[0]!)).not.toMatch(/모든 스텝을 다시/);
    const [itself, of] = signableOf(found).links;
    expect(itself).toMatchObject({ extent: 'all', draw: null });
    expect(of).toMatchObject({
      extent: 'sampled',
      makers: [maker.fingerprint],
      begins: 'drawn',
      room: expect.any(Number),
    });
  });

  test('no page of a run with a parent speaks of a random start', async () => {
    const found = await look(child);
    for (const [lang, words] of [
      ['en', /random start|from random|drawn again|trained on it/],
      ['ko', /난수 초기값|다시 뽑|말뭉치로 학습</],
    ] as const) {
      const page = await reportHtml(found, lang);
      expect(page.match(words)?.[0]).toBeUndefined();
    }
    expect(await reportHtml(await look(parent), 'en')).toMatch(/random start/);
  });

  test('the parent is not needed to resume, nor to audit', async () => {
    const copy = bench.path();
    mkdirSync(copy);
    for (const name of ['recipe.yaml', 'genesis.json', 'start', 'corpus', 'tokenizer']) {
      cpSync(join(child, name), join(copy, name), { recursive: true });
    }
    const recipe = parseRecipe(readFileSync(join(copy, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
    // The recipe's own folder is another one: what it names is not there.
    const more = { recipe, recipeFolder: join(copy, 'corpus'), out: copy, resume: true };
    await bench.make(maker, {}, more);
    expect(readFileSync(join(copy, 'transcript.jsonl'))).toEqual(readFileSync(join(child, 'transcript.jsonl')));
  });
});

describe('forged', () => {
  const changed = (run: string, change: (copy: string) => void, commitment: object = {}, version?: 2 | 3): string =>
    bench.forged(run, (_, copy) => change(copy), {
      commitment: commitment as Partial<Commitment>,
      ...(version && { version }),
    });
  const flip = (copy: string): void =>
    editBytes(join(copy, START), (bytes) => {
      bytes[bytes.length - 3]! ^= 1;
    });

  test('weights that are altered after the run', async () => {
    const copy = bench.copy(child);
    flip(copy);
    await refuted(copy, START, /other weights than genesis names/);
  });

  test('weights that are not those that the parent sealed', async () => {
    const altered = bench.copy(child);
    flip(altered);
    const weights = digestOfFile(join(altered, START));
    const copy = changed(child, flip, { parent: { ...parentOfRun(child), weights } });
    await refuted(copy, 'genesis.json', /other weights than those that its parent sealed/);
    await refuted(copy, 'genesis.json', /S_0 is not the state with the weights of the parent/);
  });

  test('another parent than the one whose weights were trained', async () => {
    const swap = (copy: string): void => {
      for (const name of ['seal.json', 'genesis.json']) cpSync(join(other, name), join(copy, 'start', name));
    };
    const seal = digestOfFile(join(other, 'seal.json'));
    const copy = changed(child, swap, { parent: { ...parentOfRun(child), seal } });
    await refuted(copy, 'genesis.json', /other weights than those that its parent sealed/);
    const weights = digestOfFile(join(other, 'model/model.safetensors'));
    const whole = changed(
      child,
      (run) => {
        swap(run);
        cpSync(join(other, 'model/model.safetensors'), join(run, START));
      },
      { parent: { seal, weights } },
    );
    await refuted(whole, 'genesis.json', /S_0 is not the state with the weights of the parent/);
  });

  test('a seal and a genesis of the parent by two keys', async () => {
    const copy = bench.copy(child);
    const stranger = bench.strangersKey('second');
    const again = bench.copy(parent);
    redoEvidence(again, stranger, {});
    const genesis = readFileSync(join(again, 'genesis.json'));
    // The stranger's genesis, sealed by the maker: the seal names it.
    writeFileSync(join(copy, 'start/genesis.json'), genesis);
    const { predicate, subjects, sizes } = readStatement(join(parent, 'seal.json'), 'seal');
    const named = [...subjects].map(([name, sha256]) => [name, sha256, sizes.get(name)] as const);
    const text = signStatement('seal', named, { ...predicate, genesis: sha256Hex(genesis.toString()) }, maker);
    writeFileSync(join(copy, 'start/seal.json'), text);
    const parentNow = { ...parentOfRun(child), seal: sha256Hex(text) };
    redoEvidence(copy, maker, { commitment: { parent: parentNow } as Partial<Commitment> });
    await refuted(copy, 'start/seal.json', /signed by another key than the genesis of the parent/);
  });

  test('a seal of the parent that is not the one that genesis names', async () => {
    const copy = bench.copy(child);
    cpSync(join(other, 'seal.json'), join(copy, 'start/seal.json'));
    await refuted(copy, 'start/seal.json', /another seal than genesis names/);
  });

  test('a parent that is kept secret', async () => {
    const copy = changed(child, withoutParent, {}, 2);
    await refuted(copy, 'genesis.json', /S_0 is not the state that the seed draws/);
  });

  test('a recipe with a parent, and a genesis without one', async () => {
    const copy = changed(child, () => {}, {}, 2);
    await refuted(copy, 'genesis.json', /names no parent/);
  });

  test('a parent that does not hold', async () => {
    const copy = bench.forged(parent, (_, folder) =>
      changeTensor(folder, 2, 'model.norm.weight', (values) => {
        values[0]! += 0.5;
      }),
    );
    const built = await bench.make(maker, { name: 'built', ...fromRun(copy), train: TRAIN });
    expect((await look(built)).verdict).toBe('holds');
    await refuted(built, 'small: checkpoints/step-000002/state.safetensors', /training this segment again/, {
      parents: [copy],
    });
  });

  test('evidence that is not there', async () => {
    for (const name of ['model.safetensors', 'seal.json', 'genesis.json']) {
      const copy = bench.copy(child);
      rmSync(join(copy, 'start', name));
      const found = await look(copy);
      expect(found.verdict).toBe('incomplete');
      expect(findingsOf(found)).toContainEqual(
        expect.objectContaining({ verdict: 'incomplete', file: `start/${name}` }),
      );
    }
  });
});

/** The recipe without its parent, and no trace of it. */
function withoutParent(copy: string): void {
  edit(join(copy, 'recipe.yaml'), (text) => {
    const { from: _, ...recipe } = parseRecipe(text, { file: 'recipe.yaml' });
    return recipeToYaml(recipe);
  });
  rmSync(join(copy, 'start'), { recursive: true });
}

describe('a model of files', () => {
  test('from a GGUF file: its digests stand in genesis, and the auditor’s own copy is compared', async () => {
    const file = join(bench.folder, 'model.gguf');
    await exportModel({ model: parent, to: 'gguf', out: file, type: 'q8_0' });
    const run = await bench.make(maker, { name: 'from-file', from: { model: 'model.gguf' }, train: TRAIN });
    const alone = await look(run);
    expect(findingsOf(alone)).toEqual([]);
    expect(alone).toMatchObject({ verdict: 'holds', parent: { kind: 'model', compared: false } });
    expect(said(alone)).toMatch(
      /weights whose making nobody showed.* the maker gives them: “config” SHA-256 .*maker’s word/,
    );
    expect(said(alone)).toContain(digestOfFile(file));
    const compared = await look(run, { parents: [file] });
    expect(compared).toMatchObject({ verdict: 'holds', parent: { compared: true } });
    const elsewhere = join(bench.folder, 'other.gguf');
    await exportModel({ model: other, to: 'gguf', out: elsewhere, type: 'q8_0' });
    await expect(look(run, { parents: [elsewhere] })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('bad input', () => {
  const begin = (changes: object): Promise<string> => bench.make(maker, { name: 'bad', train: TRAIN, ...changes });

  test.each([
    ['a run that is not there', { from: { run: 'nowhere' } }, 'parent-unfit', /no finished run/],
    ['a model that is not there', { from: { model: 'nowhere' } }, 'model-missing', /no such folder/],
    ['a folder of texts', { from: { model: 'texts' } }, 'not-a-model', /neither a run folder/],
  ])('%s', async (_, changes, code, message) => {
    await expect(begin(changes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('a run that is not finished, and one whose weights are not those that it sealed', async () => {
    const copy = bench.copy(parent);
    rmSync(join(copy, 'seal.json'));
    await expect(begin(fromRun(copy))).rejects.toMatchObject({ code: 'parent-unfit', message: /not finished/ });
    cpSync(join(other, 'seal.json'), join(copy, 'seal.json'));
    await expect(begin(fromRun(copy))).rejects.toMatchObject({ code: 'parent-unfit', message: /that it sealed/ });
  });

  test('weights that are not finite', async () => {
    const copy = bench.copy(parent);
    editBytes(join(copy, 'model/model.safetensors'), (bytes) => bytes.writeFloatLE(Number.NaN, bytes.length - 4));
    await expect(begin({ from: { model: join(basename(copy), 'model') } })).rejects.toMatchObject({
      code: 'parent-unfit',
      message: /is not finite/,
    });
  });

  test('a recipe that states another shape: in part, and wholly', async () => {
    const recipe = { name: 'bad', corpus: { sources: [{ files: 'texts/a' }] }, train: TRAIN, ...fromRun(parent) };
    const read = (model: object, more: object = {}) =>
      parseRecipe(JSON.stringify({ ...recipe, model, ...more }), {
        file: 'r.yaml',
        shapeOf: parentShape(bench.folder),
      });
    expect(() => read({ hiddenSize: 32 })).toThrow("model.hiddenSize is 32, the parent's is 16");
    const { model, tokenizer } = read({});
    const stated = read({ ...model, architecture: 'qwen3' }, { tokenizer, train: { ...TRAIN, sequenceLength: 16 } });
    const more = { ...bench.options(), recipe: stated, out: bench.path() };
    await expect(bench.make(maker, {}, more)).rejects.toMatchObject({ code: 'parent-differs' });
    expect(existsSync(more.out)).toBe(false);
  });

  test('nothing is said beforehand of what it will reach', async () => {
    const out = bench.path();
    await bench.make(maker, { name: 'quiet', ...fromRun(parent), train: { ...TRAIN, optimizer: 'muon' } }, { out });
    expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).expected).toEqual({
      unknown: 'only trainings from drawn weights were measured',
    });
  });

  test('texts of a run with another tokenizer are not taken over', async () => {
    const plain = { corpus: SOME, train: TRAIN };
    const first = await bench.make(maker, { ...plain, seed: 9 });
    const second = await bench.make(maker, { ...plain, ...fromRun(parent) }, { textFrom: first });
    expect(digestOfFile(join(second, 'tokenizer/tokenizer.json'))).toBe(
      digestOfFile(join(parent, 'tokenizer/tokenizer.json')),
    );
    expect((await look(second)).verdict).toBe('holds');
  });
});

/** A part of the texts: another tokenizer than the parent's follows from it. */
const SOME = { sources: [{ files: 'texts/a', licence: 'CC0-1.0' }], validation: 0.1 };
