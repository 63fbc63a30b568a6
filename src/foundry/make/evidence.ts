// Writes the statements of a run: request and lodging, genesis before step 1, the seal at the end. docs/proof.md defines them.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { extname, join, relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { JikjiError, packageVersion, writeFileAtomic } from '../../base/index.ts';
import {
  digestOfFile,
  digestOfJson,
  genesisFiles,
  genesisSubjects,
  madeFrom,
  madeFromFiles,
  parseStatement,
  readStatement,
  type Subject,
  seedOfLodging,
  sha256Hex,
  signStatement,
} from '../../ledger/index.ts';
import { RECIPE, REQUEST, requireHolder, runPaths } from '../../run-folder/index.ts';
import { type Recipe, recipeDigestInput } from '../recipe/index.ts';
import { askUntilAnswered, checkAnswer } from './office.ts';
import { notedParent } from './parent.ts';
import type { MakeResult } from './result.ts';
import type { TrainingInput } from './training-input.ts';

/** Version of docs/arithmetic.md that the bits of a run follow. */
export const ARITHMETIC_VERSION = 1;

/** Steps after which a checkpoint is written, and those whose checkpoint is kept. Both include the last step. */
export function checkpointPlan(train: Recipe['train']): { steps: number[]; kept: number[] } {
  const steps: number[] = [];
  for (let s = train.checkpointEvery; s < train.steps; s += train.checkpointEvery) steps.push(s);
  steps.push(train.steps);
  const kept = steps.filter((s, i) => (i + 1) % train.keepEvery === 0 || s === train.steps);
  return { steps, kept };
}

const now = (): string => new Date().toISOString();

/** Digests of the run's inputs, as request and genesis name them. */
export function subjectsOf({ folder, recipe, manifest, tokens }: TrainingInput) {
  const paths = runPaths(folder);
  const parent = notedParent(folder, recipe);
  return {
    ...(parent && { parent }),
    recipe: digestOfJson(recipeDigestInput(recipe)),
    corpusManifest: digestOfFile(paths.manifest),
    corpusRoot: manifest.corpusRoot,
    tokensManifest: digestOfFile(paths.tokens),
    tokensRoot: tokens.root,
    tokenizer: digestOfFile(paths.tokenizer),
  };
}

/** Sizes in bytes of files, by subject. */
const sizesOf = (folder: string, files: Readonly<Record<string, string>>): Map<string, number> =>
  new Map(Object.entries(files).map(([name, file]) => [name, statSync(join(folder, file)).size]));

/** The format version of a run's statements. */
const versionOf = (recipe: Recipe): 2 | 3 => (recipe.from ? 3 : 2);

/**
 * The run's seed, and the digest of the lodging that it follows from. A run that asks no office has the recipe's seed and null.
 * @throws JikjiError `key-changed`, `lodging-missing`, `lodging-other`, `statement-broken`, or the office's refusal
 */
export async function seedOf(input: TrainingInput): Promise<{ seed: bigint; lodging: string | null }> {
  const { folder, recipe, signer, lodge, office, signal, onEvent } = input;
  const paths = runPaths(folder);
  if (lodge === undefined && !office && !existsSync(paths.request)) return { seed: BigInt(recipe.seed), lodging: null };
  const makerKey = signer.publicKey.toString('base64');
  const subjects = subjectsOf(input);
  if (!existsSync(paths.request)) {
    const predicate = { formatVersion: versionOf(recipe), makerKey, time: now() };
    const list = madeFrom(subjects, sizesOf(folder, madeFromFiles(subjects)));
    writeFileAtomic(paths.request, signStatement('request', list, predicate, signer));
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
    const note = (text: string): void => onEvent({ kind: 'note', text });
    const text = await askUntilAnswered(office, { statement: readFileSync(paths.request, 'utf8') }, { signal, note });
    const { keyid, predicate } = checkAnswer(text, REQUEST, request.digest, office.address);
    writeFileAtomic(paths.lodging, text);
    note(`Lodged with office ${keyid.slice(0, 16)}... at ${predicate.time}.`);
  }
  const answer = lodge === undefined || lodge === 'wait' ? paths.lodging : lodge;
  if (answer !== paths.lodging || !existsSync(answer)) {
    onEvent({
      kind: 'note',
      text: `The request to the office is ${paths.request} (jikji lodge FILE --key KEY answers it).`,
    });
  }
  if (answer === paths.lodging) {
    if (!existsSync(answer)) onEvent({ kind: 'note', text: `Waiting for the office's answer at ${answer} ...` });
    while (!existsSync(answer)) {
      await setTimeout(200);
      signal.throwIfAborted();
    }
  } else if (!existsSync(answer)) {
    throw new JikjiError(
      'lodging-missing',
      'the office has not answered the request yet',
      answer,
      `give ${paths.request} to the office, then go on with --resume`,
    );
  }
  const text = readFileSync(answer, 'utf8');
  const lodging = parseStatement(text, 'lodging', answer);
  if (lodging.subjects.get(REQUEST) !== request.digest) {
    throw new JikjiError(
      'lodging-other',
      "the office's answer belongs to another request",
      answer,
      `give ${paths.request} to the office`,
    );
  }
  if (answer !== paths.lodging) writeFileAtomic(paths.lodging, text);
  const seed = seedOfLodging(subjects.recipe, makerKey, lodging.predicate.nonce);
  return { seed: BigInt(`0x${seed}`), lodging: lodging.digest };
}

/** Signs what the run commits to before step 1. `stateRoot` is the root of S_0. */
export function writeGenesis(input: TrainingInput, seed: bigint, lodging: string | null, stateRoot: string): void {
  const { folder, recipe, signer, threads } = input;
  const subjects = subjectsOf(input);
  const { steps, kept } = checkpointPlan(recipe.train);
  const commitment = {
    arithmeticVersion: ARITHMETIC_VERSION,
    ...subjects,
    ...(recipe.train.dpoBeta !== undefined && { references: digestOfFile(runPaths(folder).references) }),
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
  const list = genesisSubjects(commitment, sizesOf(folder, genesisFiles(commitment)));
  const text = signStatement('genesis', list, { formatVersion: versionOf(recipe), commitment, circumstances }, signer);
  writeFileAtomic(runPaths(folder).genesis, text);
}

/** Signs the result: state, recipe and model files; of a run that was handed over also the chain of its keys. */
export function writeSeal(input: TrainingInput, result: MakeResult): void {
  const paths = runPaths(input.folder);
  const files = readdirSync(paths.model).sort();
  const file = (name: string, path: string): Subject => [name, digestOfFile(path), statSync(path).size];
  const list: Subject[] = [
    ['state', result.stateRoot],
    file(RECIPE, paths.recipe),
    ...files.map((name) => file(`model/${name}`, join(paths.model, name))),
  ];
  const { genesis, chain } = requireHolder(input.folder, input.signer.fingerprint);
  // The clock may have been set back since genesis, or another site's clock be behind: the seal is never dated before it.
  const [time] = [genesis.predicate.circumstances.time, now()].sort().slice(-1) as [string];
  const handOvers = chain.flatMap(({ taken }) => taken?.digest ?? []);
  const version =
    handOvers.length > 0 ? { formatVersion: 4 as const, handOvers } : { formatVersion: versionOf(input.recipe) };
  const predicate = {
    ...version,
    makerKey: input.signer.publicKey.toString('base64'),
    genesis: genesis.digest,
    head: result.head,
    steps: result.steps,
    tokens: result.tokens,
    ...(result.usedTokens !== undefined && { usedTokens: result.usedTokens }),
    valBitsPerByte: Number.isFinite(result.valBitsPerByte) ? result.valBitsPerByte : null,
    time,
  };
  writeFileAtomic(paths.seal, signStatement('seal', list, predicate, input.signer));
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

let code: string | undefined;

/** Digest over names and digests of the program's files and of the kernels. It only informs: an audit decides by bits. */
export function codeDigest(): string {
  code ??= digestOfCode(); // once: a process keeps the code that it has loaded, even if the files change
  return code;
}

function digestOfCode(): string {
  const extension = extname(import.meta.url);
  const source = resolve(root, extension === '.ts' ? 'src' : 'dist');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension) && !/\.test\.ts$|(^|[\\/])testing[\\/]/.test(name))
    .map((name) => join(source, name));
  files.push(join(root, 'kernels/build/kernels.wasm'));
  return sha256Hex(
    files
      .map((file) => `${digestOfFile(file)}  ${relative(root, file)}\n`)
      .sort()
      .join(''),
  );
}
