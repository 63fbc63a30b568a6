// Makes small runs for tests, and changes them as their maker could: after a change of any file every hash, root, link and signature is
// computed again, so that an audit can find only the change itself.

import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { setEnvironment } from '../../base/testing/environment.ts';
import { copyKept } from '../../base/testing/kept.ts';
import { Safetensors, writeSafetensors } from '../../formats/index.ts';
import {
  type CardFacts,
  type From,
  type MakeOptions,
  makeRun,
  modelOf,
  openReferences,
  parentShape,
  parseRecipe,
  parseRunRecipe,
  type RunRecipe,
  recipeDigestInput,
  runCard,
  scoreHeldOut,
  textBytes,
} from '../../foundry/index.ts';
import { loadRunTokenizer, type OpenTokenFiles, openTokenFiles } from '../../foundry/tokenizer/index.ts';
import { loadStart, Trainer } from '../../foundry/train/index.ts';
import {
  type Commitment,
  canonicalJson,
  digestOfFile,
  digestOfJson,
  genesisFiles,
  genesisSubjects,
  MerkleTree,
  nextLink,
  parentOf,
  REFERENCES,
  readStatement,
  referencesOf,
  type Signer,
  type StateTensor,
  type Subject,
  signStatement,
  stateRoot,
} from '../../ledger/index.ts';
import { keptSigner } from '../../ledger/testing/kept-signer.ts';
import type { TranscriptRecord } from '../../ledger/transcript.ts';
import { noteRun } from '../../run-folder/index.ts';

/** Changes to the small recipe. */
export interface RecipeChanges {
  name?: string;
  /** Relative to the bench's folder; model and tokenizer are then the parent's, unless `tokenizer` asks for more entries. */
  from?: From;
  tokenizer?: { vocabSize: number };
  seed?: number;
  corpus?: object;
  chat?: object;
  model?: object;
  train?: object;
}

/** A temporary folder for the texts, runs and keys of a test. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'jikji-audit-'));
  #runs = 0;

  constructor() {
    writeTexts(join(this.folder, 'texts'));
  }

  /** A key of this name, the same one for all tests, outside the folders in which this process looks for keys. */
  strangersKey(name: string): Signer {
    return keptSigner(process.env.JIKJI_TEST_RUNS, name, join(this.folder, 'elsewhere'));
  }

  /**
   * Options for a run of the small recipe; `changes` replace its keys, `train` and `model` only those that they name. One thread: to
   * start a second takes longer than such a run, and changes no bit of it.
   */
  options(changes: RecipeChanges = {}): MakeOptions {
    const recipe = parseRecipe(
      JSON.stringify({
        ...RECIPE,
        ...changes,
        ...(changes.from
          ? { model: undefined, tokenizer: changes.tokenizer }
          : { model: { ...RECIPE.model, ...changes.model } }),
        train: { ...RECIPE.train, ...changes.train },
      }),
      { file: 'r.yaml', shapeOf: parentShape(this.folder) },
    );
    const signal = new AbortController().signal;
    const shared = { recipeFolder: this.folder, threads: 1, resume: false, signal, onEvent: () => {} };
    return { recipe, out: this.path(), ...shared };
  }

  /** Makes a run; one of its own texts with nothing special is made once for all tests. */
  async make(signer: Signer, changes: RecipeChanges = {}, more: Partial<MakeOptions> = {}): Promise<string> {
    const options = { ...this.options(changes), signer, ...more };
    const isPlain = Object.keys(more).length === 0 && !changes.from && !changes.corpus && !changes.chat;
    if (!isPlain) {
      await makeRun(options);
      return options.out;
    }
    const name = digestOfJson({
      recipe: JSON.stringify(options.recipe),
      signer: signer.fingerprint,
      texts: this.#texts(),
    });
    await copyKept(process.env.JIKJI_TEST_RUNS, name, options.out, async (made) => {
      // Noted where nobody looks: only the copy is a run of this test.
      const restore = setEnvironment({ XDG_STATE_HOME: join(this.folder, 'elsewhere') });
      await makeRun({ ...options, out: made }).finally(restore);
    });
    noteRun(options.out);
    return options.out;
  }

  /** Digests of all texts: a test may have changed some. */
  #texts(): string[] {
    const texts = join(this.folder, 'texts');
    const files = readdirSync(texts, { recursive: true, encoding: 'utf8' }).sort();
    return files
      .filter((file) => statSync(join(texts, file)).isFile())
      .map((file) => `${file} ${digestOfFile(join(texts, file))}`);
  }

  path(): string {
    return join(this.folder, `run-${this.#runs++}`);
  }

  copy(run: string): string {
    const out = this.path();
    cpSync(run, out, { recursive: true });
    return out;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const RECIPE = {
  name: 'small',
  seed: 1377,
  corpus: {
    sources: [
      { files: 'texts/a', language: 'en', licence: 'CC0-1.0' },
      { files: 'texts/b', language: 'ko', licence: 'CC0-1.0', weight: 2.5 },
    ],
    validation: 0.1,
  },
  tokenizer: { vocabSize: 400 },
  model: { hiddenSize: 16, numHiddenLayers: 2, numAttentionHeads: 2, numKeyValueHeads: 1 },
  train: {
    steps: 25,
    batchSize: 4,
    microBatchSize: 2,
    sequenceLength: 16,
    warmupSteps: 3,
    learningRate: 0.002,
    checkpointEvery: 2,
    keepEvery: 1,
    validateEvery: 100,
    validationTokens: 100,
  },
};

/** Texts of made-up words. */
function writeTexts(folder: string): void {
  let state = 1377;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const letters = 'etaoinshrdlu가나다라마바"\\';
  const words = Array.from({ length: 300 }, () =>
    Array.from({ length: 2 + below(6) }, () => letters.charAt(below(letters.length))).join(''),
  );
  for (const source of ['a', 'b']) {
    mkdirSync(join(folder, source), { recursive: true });
    for (let f = 0; f < 30; f++) {
      const text = Array.from({ length: 12 }, () => Array.from({ length: 9 }, () => words[below(300)]).join(' '));
      writeFileSync(join(folder, source, `${f}.txt`), text.join('\n'));
    }
  }
}

export const checkpointOf = (run: string, step: number): string =>
  join(run, 'checkpoints', `step-${String(step).padStart(6, '0')}`);

export function readState(run: string, step: number): StateTensor[] {
  const file = Safetensors.open(join(checkpointOf(run, step), 'state.safetensors'));
  try {
    return [...file.tensors].map(([name, { shape, byteLength }]) => {
      const data = new Uint8Array(byteLength);
      file.read(name, data);
      return { name, dtype: 'F32', shape, data };
    });
  } finally {
    file.close();
  }
}

function write(path: string, tensors: StateTensor[], format: string): void {
  const fd = openSync(path, 'w');
  writeSafetensors(fd, tensors, { format });
  closeSync(fd);
}

export const writeState = (run: string, step: number, tensors: StateTensor[]): void =>
  write(join(checkpointOf(run, step), 'state.safetensors'), tensors, 'jikji-state');

/** Changes one tensor of a kept state, as floats. */
export function changeTensor(run: string, step: number, name: string, change: (values: Float32Array) => void): void {
  const tensors = readState(run, step);
  const { data } = tensors.find((tensor) => tensor.name === name)!;
  change(new Float32Array(data.buffer));
  writeState(run, step, tensors);
}

export const readRecords = (run: string): TranscriptRecord[] =>
  readFileSync(join(run, 'transcript.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { link: _, ...record } = JSON.parse(line);
      return record;
    });

export interface Changes {
  commitment?: Partial<Commitment>;
  records?: (records: TranscriptRecord[]) => unknown;
  /** Members of the seal's predicate. */
  seal?: { valBitsPerByte?: number | null; time?: string; usedTokens?: number | undefined };
  /** Write the statements of this format version. */
  version?: 2 | 3;
}

/**
 * Computes again what a maker can compute after changes to a run's files: digests of tokens and manifest, genesis (with changes to its
 * commitment), roots of all states on disk, the chain, the exported model, the figure, the card, the seal.
 */
export function redoEvidence(
  run: string,
  signer: Signer,
  { commitment: commitmentChanges, records: changeRecords, seal: sealChanges, version }: Changes = {},
): void {
  const at = (name: string): string => join(run, name);
  const recipe = parseRunRecipe(readFileSync(at('recipe.yaml'), 'utf8'), 'recipe.yaml');
  const {
    commitment: before,
    circumstances,
    formatVersion: previousVersion,
  } = readStatement(at('genesis.json'), 'genesis').predicate;
  const formatVersion = version ?? previousVersion;
  const sizeOf = (name: string): number => statSync(at(name)).size;
  redoCorpus(run);
  const commitment: Commitment = {
    ...before,
    recipe: digestOfJson(recipeDigestInput(recipe)),
    corpusManifest: digestOfFile(at('corpus/manifest.json')),
    corpusRoot: JSON.parse(readFileSync(at('corpus/manifest.json'), 'utf8')).corpusRoot,
    tokensManifest: digestOfFile(at('corpus/tokens.json')),
    tokensRoot: JSON.parse(readFileSync(at('corpus/tokens.json'), 'utf8')).root,
    tokenizer: digestOfFile(at('tokenizer/tokenizer.json')),
    makerKey: signer.publicKey.toString('base64'),
    ...(referencesOf(before) !== undefined && { references: digestOfFile(at(REFERENCES)) }),
    ...commitmentChanges,
  };
  if (formatVersion < 3 && 'parent' in commitment) delete (commitment as { parent?: unknown }).parent;
  const sizes = new Map(Object.entries(genesisFiles(commitment)).map(([name, file]) => [name, sizeOf(file)]));
  const subjects = genesisSubjects(commitment, sizes);
  const predicate = { formatVersion, commitment, circumstances };
  writeFileSync(at('genesis.json'), signStatement('genesis', subjects, predicate, signer));

  const records = readRecords(run);
  for (const name of readdirSync(at('checkpoints'))) {
    const step = Number(name.slice(5));
    const root = stateRoot(step, readState(run, step));
    writeFileSync(
      at(`checkpoints/${name}/state.json`),
      `${canonicalJson({ formatVersion: 1, stateRoot: root, step })}\n`,
    );
    const record = records[step - 1];
    if (record) record.stateRoot = root;
  }
  changeRecords?.(records);
  let link = digestOfJson(commitment as never);
  const lines = records.map((record) => {
    link = nextLink(link, canonicalJson(record));
    return `${canonicalJson({ ...record, link })}\n`;
  });
  writeFileSync(at('transcript.jsonl'), lines.join(''));

  const last = readState(run, commitment.steps).filter(({ name }) => !/^(adamw|muon)\./.test(name));
  write(at('model/model.safetensors'), last, 'pt');
  writeFileSync(at('model/tokenizer.json'), readFileSync(at('tokenizer/tokenizer.json')));
  const seal = readStatement(at('seal.json'), 'seal').predicate;
  const head = link;
  const figure = redoFigures(run, recipe, {
    ...{ stateRoot: String(records.at(-1)?.stateRoot), head },
    parent: parentOf(commitment),
    seedOfLodging: commitment.lodging === null ? undefined : commitment.seed,
    seed: BigInt(`0x${commitment.seed}`),
  });
  const files = readdirSync(at('model')).sort();
  const sealed: Subject[] = [
    ['state', String(records.at(-1)?.stateRoot)],
    ...['recipe.yaml', ...files.map((name) => `model/${name}`)].map(
      (name): Subject => [name, digestOfFile(at(name)), sizeOf(name)],
    ),
  ];
  const { train } = recipe;
  const sealing = {
    ...seal,
    valBitsPerByte: figure === undefined ? seal.valBitsPerByte : Number.isFinite(figure) ? figure : null,
    ...sealChanges,
    formatVersion,
    makerKey: commitment.makerKey,
    genesis: digestOfFile(at('genesis.json')),
    head,
    tokens: train.steps * train.batchSize * train.sequenceLength,
  };
  // Without the members that are undefined.
  writeFileSync(at('seal.json'), signStatement('seal', sealed, JSON.parse(JSON.stringify(sealing)), signer));
}

/**
 * Computes the validation figure from the last state, and writes the card again. Gives undefined where the files allow no figure: then
 * the old figure and card stay.
 */
function redoFigures(
  run: string,
  recipe: RunRecipe,
  { seed, ...sealed }: Pick<CardFacts, 'stateRoot' | 'head' | 'parent' | 'seedOfLodging'> & { seed: bigint },
): number | undefined {
  const tokens = JSON.parse(readFileSync(join(run, 'corpus/tokens.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(join(run, 'corpus/manifest.json'), 'utf8'));
  const opened: (OpenTokenFiles & { references?: Float64Array })[] = [];
  let trainer: Trainer | undefined;
  try {
    const tokenizer = loadRunTokenizer(join(run, 'tokenizer/tokenizer.json'), recipe.tokenizer);
    const config = modelOf(recipe, tokenizer.vocabSize);
    const references = recipe.train.dpoBeta !== undefined && openReferences(join(run, REFERENCES), tokens);
    for (const [
      i,
      {
        validation: { file, marks, tokens: count },
      },
    ] of tokens.sources.entries()) {
      const options = { width: tokens.width, count, vocabSize: tokenizer.vocabSize };
      const paths = { tokens: join(run, 'corpus', file), ...(marks && { marks: join(run, 'corpus', marks.file) }) };
      opened.push({
        ...openTokenFiles({ ...paths, ...options }),
        ...(references && { references: references(i, 'validation') }),
      });
    }
    trainer = new Trainer(config, recipe.train, { threads: 1 });
    const scoreNow = () => scoreHeldOut(trainer!, opened, textBytes(tokenizer), recipe.train.validationTokens);
    let before: CardFacts['before'];
    if (sealed.parent) {
      const partsOf = tokenizer.partsOf.bind(tokenizer);
      loadStart(join(run, 'start/model.safetensors'), trainer, { seed, partsOf });
      before = scoreNow();
    }
    const state = new Map(readState(run, recipe.train.steps).map(({ name, data }) => [name, data]));
    for (const { name, data } of trainer.weights()) {
      if (state.get(name)?.length !== data.length) return undefined;
      data.set(state.get(name)!);
    }
    const score = scoreNow();
    writeFileSync(join(run, 'model/README.md'), runCard({ recipe, config, manifest, ...score, before, ...sealed }));
    return score.bitsPerByte;
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  } finally {
    trainer?.close();
    for (const shard of opened) shard.close();
  }
}

/** Computes digests and roots of manifest and tokens again, from the files on disk. */
function redoCorpus(run: string): void {
  const at = (name: string): string => join(run, 'corpus', name);
  const manifest = JSON.parse(readFileSync(at('manifest.json'), 'utf8'));
  const tokens = JSON.parse(readFileSync(at('tokens.json'), 'utf8'));
  const tree = new MerkleTree();
  manifest.sources.forEach(
    (source: { files: Record<string, { name: string; bytes: number; sha256: string }> }, i: number) => {
      for (const split of ['train', 'validation']) {
        const file = source.files[split]!;
        file.bytes = readFileSync(at(file.name)).length;
        file.sha256 = digestOfFile(at(file.name));
        const shard = tokens.sources[i][split];
        shard.sha256 = digestOfFile(at(shard.file));
        shard.tokens = readFileSync(at(shard.file)).length / tokens.width;
        tree.add(Buffer.from(shard.sha256, 'hex'));
        if (shard.marks) {
          shard.marks.sha256 = digestOfFile(at(shard.marks.file));
          tree.add(Buffer.from(shard.marks.sha256, 'hex'));
        }
      }
    },
  );
  if (tokens.template) tokens.template = digestOfFile(join(run, 'tokenizer/chat_template.jinja'));
  tokens.root = tree.root().toString('hex');
  tokens.tokenizer = digestOfFile(join(run, 'tokenizer/tokenizer.json'));
  writeFileSync(at('manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(at('tokens.json'), `${canonicalJson(tokens)}\n`);
}
