// Audits mutated evidence in a separate process; the test watches its memory and the files around it.
// usage: node testing/hostile.ts FOLDER SEED, with lines on standard input (`serveCases`).
// First `node testing/hostile.ts FOLDER prepare` fills FOLDER, which contains all folders of the process.

import {
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { Random } from '../../base/testing/mutate.ts';
import { makeRun, parseRecipe, parseRunRecipe, recipeToYaml } from '../../foundry/index.ts';
import { checkpointPlan } from '../../foundry/make/evidence.ts';
import { recipeDigestInput } from '../../foundry/recipe/index.ts';
import {
  canonicalJson,
  digestOfFile,
  digestOfJson,
  type Json,
  loadSigner,
  newKey,
  readStatement,
  type Signer,
  type Subject,
  signStatement,
} from '../../ledger/index.ts';
import { type Audit, audit, bundleRun, withBundle } from '../index.ts';
import { answer } from './forge.ts';
import { mutated, replaceFile, serveCases, signMutated, stackOf, Verdicts } from './hostile-cases.ts';
import { mutateBundle } from './mutate-bundle.ts';

/** The files that a kind of case changes. In the kinds of the maker the changed statements are signed again. */
export const KINDS = {
  genesis: ['genesis.json'],
  seal: ['seal.json'],
  lodging: ['lodging.json', 'seal-lodging.json', 'request.json'],
  transcript: ['transcript.jsonl'],
  recipe: ['recipe.yaml'],
  corpus: ['corpus/manifest.json', 'corpus/tokens.json'],
  texts: [
    'corpus/source-00.train.jsonl',
    'corpus/source-00.validation.jsonl',
    'corpus/source-00.train.bin',
    'corpus/source-00.files.jsonl',
    'tokenizer/tokenizer.json',
  ],
  safetensors: [
    'checkpoints/step-000001/state.safetensors',
    'checkpoints/step-000003/state.safetensors',
    'checkpoints/step-000002/state.json',
    'model/model.safetensors',
    'model/config.json',
  ],
  bundle: [],
  'maker: statements': ['genesis.json', 'seal.json', 'lodging.json', 'request.json', 'seal-lodging.json'],
  'maker: recipe': ['recipe.yaml'],
} as const satisfies Record<string, readonly string[]>;
export type Kind = keyof typeof KINDS;

/** Files that no audit verifies. */
const UNVERIFIED = /^(sessions|validation)\.jsonl$|^result\.json$/;

const RECIPE = {
  name: 'tiny',
  seed: 1377,
  corpus: { sources: [{ files: 'texts', language: 'en', licence: 'CC0-1.0' }], validation: 0.2 },
  tokenizer: { vocabSize: 262 },
  model: { hiddenSize: 8, intermediateSize: 16, numHiddenLayers: 1, numAttentionHeads: 1, numKeyValueHeads: 1 },
  train: {
    steps: 3,
    batchSize: 1,
    microBatchSize: 1,
    sequenceLength: 8,
    warmupSteps: 1,
    checkpointEvery: 1,
    validateEvery: 100,
    validationTokens: 20,
  },
};

/** Makes a lodged run of three steps, its bundle, and a file for links. The folders of the environment must be in `folder`. */
export async function prepare(folder: string): Promise<void> {
  const random = new Random(1377);
  mkdirSync(join(folder, 'texts'));
  const words = 'the people went to a river and it was cold as winter there by night'.split(' ');
  for (let i = 0; i < 12; i++) {
    const text = Array.from({ length: 30 }, () => words[random.below(words.length)]).join(' ');
    writeFileSync(join(folder, 'texts', `${i}.txt`), text);
  }
  writeFileSync(join(folder, 'secret.txt'), 'not for an auditor');
  for (const name of ['maker', 'office']) newKey(name);
  const recipe = parseRecipe(JSON.stringify(RECIPE), { file: 'r.yaml' });
  const out = join(folder, 'run');
  const options = {
    recipe,
    recipeFolder: folder,
    out,
    threads: 1,
    signer: loadSigner('maker'),
    lodge: join(folder, 'answer.json'),
    signal: new AbortController().signal,
    onEvent: () => {},
  };
  const stopped = await makeRun({ ...options, resume: false }).catch((error: unknown) => error);
  if (!(stopped instanceof JikjiError && stopped.code === 'lodging-missing')) throw stopped;
  lodge(out, 'request', join(folder, 'answer.json'), new Date().toISOString());
  await makeRun({ ...options, resume: true });
  lodge(out, 'seal', join(out, 'seal-lodging.json'), '2099-01-02T03:04:05.678Z');
  await bundleRun({ run: out, out: join(folder, 'run.tar'), withoutData: false });
  cpSync(out, join(folder, 'whole'), { recursive: true });
}

function lodge(run: string, kind: 'request' | 'seal', out: string, time: string): void {
  writeFileSync(out, answer(run, kind, { office: loadSigner('office'), time }));
}

/** Names and digests of the evidence in a folder, without the files that no audit verifies. */
const evidenceOf = (folder: string): [name: string, digest: string][] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile() && !UNVERIFIED.test(name) && name !== 'lock')
    .map((name) => [name, digestOfFile(join(folder, name))]);

const auditFolder = (folder: string): Promise<Audit> =>
  audit({ folder, threads: 1, engine: { tile: 8 }, challenge: '5a'.repeat(32) });

/** Runs cases on one folder, and counts their verdicts. */
class Cases {
  readonly folder: string;
  readonly run: string;
  readonly whole: string;
  readonly evidence: [name: string, digest: string][];
  readonly makers: Signer[];
  readonly verdicts = new Verdicts();

  constructor(folder: string) {
    this.folder = folder;
    this.run = join(folder, 'run');
    this.whole = join(folder, 'whole');
    this.evidence = evidenceOf(this.whole);
    this.makers = [loadSigner('maker'), loadSigner('office')];
  }

  async expectHonest(why: string): Promise<void> {
    if ((await auditFolder(this.run)).verdict !== 'holds') throw new Error(why);
  }

  end(): Promise<void> {
    return this.expectHonest('a case left something behind');
  }

  /** Mutates the evidence as `random` decides, audits it and restores it. Returns a description of a wrong outcome, or undefined. */
  async runCase(kind: Kind, random: Random): Promise<string | undefined> {
    if (kind === 'bundle') return this.#bundle(random);
    const file = random.of<string>(KINDS[kind]);
    try {
      if (kind === 'maker: recipe') this.#recipeSigned(random);
      else if (kind === 'maker: statements')
        signMutated(join(this.run, file), this.makers[file.includes('lodging') ? 1 : 0]!, random);
      else this.#file(file, random);
      const { verdict } = await auditFolder(this.run);
      this.verdicts.count(verdict);
      // An office may answer a seal twice.
      if (verdict !== 'holds' || (kind === 'maker: statements' && file === 'seal-lodging.json')) return undefined;
      return this.#intact(this.run) ? undefined : `${file} was changed, and the run holds`;
    } catch (error) {
      // An audit of a run folder must reach a verdict, whatever the folder contains.
      return stackOf(error);
    } finally {
      for (const name of [file, 'genesis.json']) {
        rmSync(join(this.run, name), { recursive: true, force: true });
        copyFileSync(join(this.whole, name), join(this.run, name));
      }
    }
  }

  /** Whether a folder has all evidence unchanged. Only the seal's lodging may be missing. */
  #intact(folder: string): boolean {
    return this.evidence.every(([name, digest]) => {
      const path = join(folder, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      return stat ? stat.isFile() && digestOfFile(path) === digest : name === 'seal-lodging.json';
    });
  }

  /** An outsider changes bytes, or replaces the file by a link, a pipe, a folder or a sparse file. */
  #file(file: string, random: Random): void {
    const path = join(this.run, file);
    if (random.below(40) > 0) writeFileSync(path, mutated(readFileSync(path), random));
    else
      replaceFile(path, this.folder, random, [
        () => symlinkSync(join(this.whole, file), path),
        () => {
          writeFileSync(path, '{');
          truncateSync(path, 2 ** (20 + random.below(6)) + random.below(3)); // holes
        },
      ]);
  }

  /** The maker signs a genesis for another recipe, perhaps a huge one. The seal stays the old one, so the run must not hold. */
  #recipeSigned(random: Random): void {
    const path = join(this.run, 'recipe.yaml');
    const before = parseRecipe(readFileSync(path, 'utf8'), { file: 'recipe.yaml' });
    for (let attempt = 0; attempt < 100; attempt++) {
      const changed = structuredClone(before) as unknown as Record<string, Record<string, unknown>>;
      for (let n = 1 + random.below(3); n > 0; n--) {
        const section = changed[random.of(['model', 'train', 'train', 'model', 'tokenizer'])]!;
        const key = random.of(Object.keys(section));
        if (typeof section[key] === 'number') {
          section[key] = random.of([1, 2, 3, 7, 64, 1000, 65536, 262144, 1e6, 1e9, 1e-30, 0.999999, 1e-3, 10]);
        }
      }
      if (random.below(4) === 0) {
        const [steps, checkpointEvery] = random.of([
          [1e9, 1e9],
          [1e9, 1e6],
          [1e8, 5e7],
          [1e7, 1e7],
          [1e7, 1000],
        ]) as [number, number];
        Object.assign(changed.train!, { steps, checkpointEvery, keepEvery: random.of([1, 10, 1e9]) });
      }
      try {
        const recipe = parseRunRecipe(JSON.stringify(changed), 'recipe.yaml');
        if (canonicalJson(recipe as unknown as Json) === canonicalJson(before as unknown as Json)) continue;
        const { train } = recipe;
        if (train.steps / train.checkpointEvery > 1e5) continue; // ten times as many are allowed, and take a minute
        const { predicate, subjects, sizes } = readStatement(join(this.whole, 'genesis.json'), 'genesis');
        const digest = digestOfJson(recipeDigestInput(recipe));
        const plan = checkpointPlan(train);
        const commitment = {
          ...predicate.commitment,
          recipe: digest,
          steps: train.steps,
          checkpoints: plan.steps,
          kept: plan.kept,
        };
        writeFileSync(path, recipeToYaml(recipe));
        const list = [...subjects].map(
          ([name, old]): Subject => [name, name === 'recipe' ? digest : old, sizes.get(name)],
        );
        const text = signStatement('genesis', list, { ...predicate, commitment }, this.makers[0]!);
        writeFileSync(join(this.run, 'genesis.json'), text);
        return;
      } catch (error) {
        if (!(error instanceof JikjiError)) throw error;
      }
    }
    throw new Error('no other valid recipe was found');
  }

  async #bundle(random: Random): Promise<string | undefined> {
    const path = join(this.folder, 'tmp', 'mutated.tar');
    writeFileSync(path, mutateBundle(readFileSync(join(this.folder, 'run.tar')), this.folder, random));
    try {
      return await withBundle(path, async (folder) => {
        const { verdict } = await auditFolder(folder);
        this.verdicts.count(verdict);
        if (verdict === 'holds' && !this.#intact(folder)) return 'a file in the bundle was changed, and the run holds';
        return undefined;
      });
    } catch (error) {
      return this.verdicts.error(error);
    } finally {
      rmSync(path, { force: true });
    }
  }
}

if (import.meta.main) {
  const [folder, seed] = process.argv.slice(2) as [string, string];
  if (seed === 'prepare') await prepare(folder);
  else
    await serveCases<Kind>(Number(seed), async () => {
      const cases = new Cases(folder);
      await cases.expectHonest('the honest run does not hold');
      return cases;
    });
}
