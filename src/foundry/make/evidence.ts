// The statements of a run: request and lodging, genesis before step 1, the seal at the end. docs/proof.md says what they hold.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { extname, join, relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { JikjiError, packageVersion, writeFileAtomic } from '../../base/index.ts';
import {
  digestOfFile,
  digestOfJson,
  lodgedSeed,
  MADE_FROM_FILES,
  madeFrom,
  parseStatement,
  readStatement,
  type Subject,
  sha256Hex,
  signStatement,
} from '../../ledger/index.ts';
import { RECIPE, REQUEST, runPaths } from '../../run-folder/index.ts';
import { type Recipe, recipeDigestInput } from '../recipe/index.ts';
import { askUntilAnswered, checkAnswer } from './office.ts';
import type { MakeResult } from './result.ts';
import type { TrainingInput } from './training-input.ts';

/** Version of docs/arithmetic.md that the bits of a run follow. */
export const ARITHMETIC_VERSION = 1;

/** Steps at which a state is written, and which of them stay. The last step is always one of both. */
export function checkpointPlan(train: Recipe['train']): { steps: number[]; kept: number[] } {
  const steps: number[] = [];
  for (let s = train.checkpointEvery; s < train.steps; s += train.checkpointEvery) steps.push(s);
  steps.push(train.steps);
  const kept = steps.filter((s, i) => (i + 1) % train.keepEvery === 0 || s === train.steps);
  return { steps, kept };
}

const now = (): string => new Date().toISOString();

/** What a run is made from, as request and genesis name it. */
export function subjectsOf({ folder, recipe, manifest, tokens }: TrainingInput) {
  const paths = runPaths(folder);
  return {
    recipe: digestOfJson(recipeDigestInput(recipe)),
    corpusManifest: digestOfFile(paths.manifest),
    corpusRoot: manifest.corpusRoot,
    tokensManifest: digestOfFile(paths.tokens),
    tokensRoot: tokens.root,
    tokenizer: digestOfFile(paths.tokenizer),
  };
}

/** Bytes of the files that request and genesis name. */
const sizesOf = (folder: string): Map<string, number> =>
  new Map(Object.entries(MADE_FROM_FILES).map(([name, file]) => [name, statSync(join(folder, file)).size]));

/** The seed and the digest of the lodging it follows from: null, and the recipe's seed, where nobody asked for one. */
export async function seedOf(input: TrainingInput): Promise<{ seed: bigint; lodging: string | null }> {
  const { folder, recipe, signer, lodge, office, signal, tell } = input;
  const paths = runPaths(folder);
  if (lodge === undefined && !office && !existsSync(paths.request)) return { seed: BigInt(recipe.seed), lodging: null };
  const makerKey = signer.publicKey.toString('base64');
  const subjects = subjectsOf(input);
  if (!existsSync(paths.request)) {
    const predicate = { formatVersion: 2 as const, makerKey, time: now() };
    writeFileAtomic(paths.request, signStatement('request', madeFrom(subjects, sizesOf(folder)), predicate, signer));
  }
  const request = readStatement(paths.request, 'request');
  if (request.keyid !== signer.fingerprint) {
    throw new JikjiError(
      'key-changed',
      'the request was signed with another key',
      paths.request,
      'use that key: --key NAME',
    );
  }
  if (office && !existsSync(paths.lodging)) {
    const note = (text: string): void => tell({ kind: 'note', text });
    const asked = { statement: readFileSync(paths.request, 'utf8') };
    const text = await askUntilAnswered(office, asked, { signal, note });
    const { keyid, predicate } = checkAnswer(text, REQUEST, request.digest, office.address);
    writeFileAtomic(paths.lodging, text);
    note(`Lodged with office ${keyid.slice(0, 16)}... at ${predicate.time}.`);
  }
  const answer = lodge === undefined || lodge === 'wait' ? paths.lodging : lodge;
  if (answer !== paths.lodging || !existsSync(answer)) {
    tell({
      kind: 'note',
      text: `The request to the office is ${paths.request} (jikji lodge FILE --key KEY answers it).`,
    });
  }
  if (answer === paths.lodging) {
    if (!existsSync(answer)) tell({ kind: 'note', text: `Waiting for the office's answer at ${answer} ...` });
    while (!existsSync(answer)) {
      await setTimeout(200);
      signal.throwIfAborted();
    }
  } else if (!existsSync(answer)) {
    throw new JikjiError(
      'lodging-missing',
      "there is no office's answer yet",
      answer,
      `give ${paths.request} to the office, then go on with --resume`,
    );
  }
  const text = readFileSync(answer, 'utf8');
  const lodging = parseStatement(text, 'lodging', answer);
  if (lodging.subjects.get(REQUEST) !== request.digest) {
    throw new JikjiError(
      'lodging-other',
      "the office's answer is to another request",
      answer,
      `have ${paths.request} answered`,
    );
  }
  if (answer !== paths.lodging) writeFileAtomic(paths.lodging, text);
  const seed = lodgedSeed(subjects.recipe, makerKey, lodging.predicate.nonce);
  return { seed: BigInt(`0x${seed}`), lodging: lodging.digest };
}

/** Signs what the run commits to before step 1. `stateRoot` is that of S_0. */
export function writeGenesis(input: TrainingInput, seed: bigint, lodging: string | null, stateRoot: string): void {
  const { folder, recipe, signer, threads } = input;
  const subjects = subjectsOf(input);
  const { steps, kept } = checkpointPlan(recipe.train);
  const commitment = {
    arithmeticVersion: ARITHMETIC_VERSION,
    ...subjects,
    seed: seed.toString(16).padStart(16, '0'),
    stateRoot,
    steps: recipe.train.steps,
    checkpoints: steps,
    kept,
    makerKey: signer.publicKey.toString('base64'),
    lodging,
  };
  const circumstances = {
    time: now(),
    device: cpus()[0]?.model.trim() ?? process.arch,
    threads,
    node: process.versions.node,
    v8: process.versions.v8,
    version: packageVersion(),
    code: codeDigest(),
  };
  const list: Subject[] = [...madeFrom(subjects, sizesOf(folder)), ['state-0', stateRoot]];
  const text = signStatement('genesis', list, { formatVersion: 2, commitment, circumstances }, signer);
  writeFileAtomic(runPaths(folder).genesis, text);
}

/** Signs what came out. */
export function writeSeal(input: TrainingInput, result: MakeResult): void {
  const paths = runPaths(input.folder);
  const files = readdirSync(paths.model).sort();
  const file = (name: string, path: string): Subject => [name, digestOfFile(path), statSync(path).size];
  const list: Subject[] = [
    ['state', result.stateRoot],
    file(RECIPE, paths.recipe),
    ...files.map((name) => file(`model/${name}`, join(paths.model, name))),
  ];
  // A clock may have been set back meanwhile: what came first is not dated later.
  const begun = readStatement(paths.genesis, 'genesis').predicate.circumstances.time;
  const [time] = [begun, now()].sort().slice(-1) as [string];
  const predicate = {
    formatVersion: 2 as const,
    makerKey: input.signer.publicKey.toString('base64'),
    genesis: digestOfFile(paths.genesis),
    head: result.head,
    steps: result.steps,
    tokens: result.tokens,
    valBitsPerByte: Number.isFinite(result.valBitsPerByte) ? result.valBitsPerByte : null,
    time,
  };
  writeFileAtomic(paths.seal, signStatement('seal', list, predicate, input.signer));
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

let code: string | undefined;

/** Digest over the code that runs: names and digests of the program's files and of the kernels. It informs; bits decide. */
export function codeDigest(): string {
  code ??= digestOfCode(); // what a process has loaded it goes on running, whatever becomes of the files
  return code;
}

function digestOfCode(): string {
  const extension = extname(import.meta.url);
  const source = resolve(root, extension === '.ts' ? 'src' : 'dist');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension) && !/\.(test|testing)\.ts$/.test(name))
    .map((name) => join(source, name));
  files.push(join(root, 'kernels/build/kernels.wasm'));
  return sha256Hex(
    files
      .map((file) => `${digestOfFile(file)}  ${relative(root, file)}\n`)
      .sort()
      .join(''),
  );
}
