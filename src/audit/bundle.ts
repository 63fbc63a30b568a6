// A bundle: the files of a run that an auditor needs, as one tar file. The same run gives the same bytes. Packs and unpacks; does not
// check the contents.

import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { JikjiError, systemCode, writeFully } from '../base/index.ts';
import { openTar, type TarInput, tarPieces } from '../formats/index.ts';
import { SPLITS, sourceFile } from '../foundry/corpus/index.ts';
import { writeOutput, writePieces } from '../foundry/export/index.ts';
import { marksFile, tokensFile } from '../foundry/index.ts';
import { isConversations, parseRecipe } from '../foundry/recipe/index.ts';
import { handOversOf, parentOf, REFERENCES, readStatement, referencesOf, START } from '../ledger/index.ts';
import {
  CHAT_TEMPLATE,
  GENESIS,
  handOverFile,
  LODGING,
  MANIFEST,
  PARENT_GENESIS,
  PARENT_SEAL,
  PARENT_TOKENIZER,
  parentHandOvers,
  RECIPE,
  REQUEST,
  SEAL,
  SEAL_LODGING,
  SESSIONS,
  TOKENIZER,
  TOKENS,
  TRANSCRIPT,
  takeOverFile,
} from '../run-folder/index.ts';
import { RunFolder } from './folder.ts';
import { tokenizerOfParent } from './parent-tokenizer.ts';
import { stateFile, stateNote } from './states.ts';
import { MADE_FROM } from './witness/files.ts';
import { isWitnessed } from './witness/is-witnessed.ts';

export interface BundleOptions {
  /** The run folder. */
  run: string;
  /** The tar file to write; an existing file is replaced at the end. */
  out: string;
  /** Leaves out texts and tokens. The bundle of a witnessed run never has them. */
  withoutData: boolean;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface BundleResult {
  file: string;
  files: number;
  bytes: number;
  sha256: string;
  withoutData: boolean;
}

/** The files of a chain of hand-overs. */
const chainFiles = (count: number, { handOver, takeOver }: typeof parentHandOvers): string[] =>
  Array.from({ length: count }, (_, i) => [handOver(i + 1), takeOver(i + 1)]).flat();

/** The name of this run's folder in its bundle, and the names of its files. */
function namesOf(folder: RunFolder, withoutData: boolean): { name: string; files: string[] } {
  if (!folder.has(SEAL)) {
    throw new JikjiError(
      'run-unfinished',
      'this run is not finished',
      folder.path,
      'continue it: jikji make RECIPE --resume',
    );
  }
  const { commitment } = readStatement(folder.file(GENESIS), 'genesis').predicate;
  const seal = readStatement(folder.file(SEAL), 'seal');
  const recipe = parseRecipe(folder.text(RECIPE, 4 << 20), { file: RECIPE });
  const needed = [RECIPE, GENESIS, SEAL, TRANSCRIPT, MANIFEST, TOKENS, TOKENIZER];
  if (commitment.lodging !== null) needed.push(REQUEST, LODGING);
  if (recipe.chat) needed.push(CHAT_TEMPLATE);
  const parent = parentOf(commitment);
  if (parent) needed.push(START);
  if (referencesOf(commitment) !== undefined) needed.push(REFERENCES);
  const genesis = parent && 'seal' in parent ? readStatement(folder.file(PARENT_GENESIS), 'genesis') : undefined;
  if (genesis) {
    needed.push(PARENT_SEAL, PARENT_GENESIS);
    const { predicate } = readStatement(folder.file(PARENT_SEAL), 'seal');
    needed.push(...chainFiles(handOversOf(predicate).length, parentHandOvers));
  }
  if (parent && tokenizerOfParent(commitment, genesis) !== commitment.tokenizer) needed.push(PARENT_TOKENIZER);
  needed.push(...chainFiles(handOversOf(seal.predicate).length, { handOver: handOverFile, takeOver: takeOverFile }));
  for (const step of commitment.kept) needed.push(stateFile(step), stateNote(step));
  needed.push(...[...seal.subjects.keys()].filter((name) => name.startsWith('model/') && isExpected(name)));
  recipe.corpus.sources.forEach(({ read }, i) => {
    needed.push(`corpus/${sourceFile(i, 'files')}`);
    if (withoutData) return;
    for (const split of SPLITS) {
      const names = [sourceFile(i, split), tokensFile(i, split)];
      if (isConversations(read)) names.push(marksFile(i, split));
      needed.push(...names.map((name) => `corpus/${name}`));
    }
  });
  return { name: recipe.name, files: [...needed, ...[SESSIONS, SEAL_LODGING].filter((file) => folder.has(file))] };
}

const STEP = String.raw`step-\d{6,10}`;
const OF_WITNESSED = new RegExp(
  `^((recipe|data|environment|code)\\.json|heads/${STEP}(\\.lodging)?\\.json|states/${STEP}/(state\\.json|part-\\d{4}-of-\\d{4}\\.safetensors))$`,
);

/** Whether a witnessed run has a file of this name, and a run of our own trainer has not. */
const isOfWitnessed = (name: string): boolean => OF_WITNESSED.test(name);

/**
 * The same of a run that another program trained, without its data, which the auditor brings: statements, what the run is made from, transcript, heads, every
 * recorded state that is there.
 * @throws JikjiError `run-unfinished`, and those of `readStatement`
 */
function bundleOfWitnessed(folder: RunFolder): { name: string; files: string[] } {
  if (!folder.has(SEAL))
    throw new JikjiError(
      'run-unfinished',
      'this run is not finished',
      folder.path,
      'let its training go on to the last step, where the witness seals it',
    );
  const { digest, predicate } = readStatement(folder.file(GENESIS), 'witness-genesis');
  const files = [...Object.keys(MADE_FROM), GENESIS, SEAL, TRANSCRIPT];
  if (predicate.commitment.lodging !== null) files.push(REQUEST, LODGING);
  if (folder.has(SEAL_LODGING)) files.push(SEAL_LODGING);
  const inside = (path: string): string[] => folder.names(path).map((name) => `${path}/${name}`);
  files.push(...[...inside('heads'), ...inside('states').flatMap(inside)].filter(isOfWitnessed));
  return { name: `run-${digest.slice(0, 12)}`, files };
}

const EXPECTED =
  /^(recipe\.yaml|(genesis|request|lodging|seal|seal-lodging)\.json|(transcript|sessions)\.jsonl|corpus\/(manifest|tokens)\.json|corpus\/source-\d{2,4}\.((files|train|validation)\.jsonl|(train|validation)\.(bin|marks))|tokenizer\/(tokenizer\.json|chat_template\.jinja)|(start\/)?hand-overs\/\d{3}(\.taken)?\.json|start\/(model\.safetensors|references\.bin|(seal|genesis|tokenizer)\.json)|checkpoints\/step-\d{6,10}\/state\.(json|safetensors)|model\/[A-Za-z0-9][A-Za-z0-9._-]{0,99})$/;

/** Whether a file of this name may be in a bundle. */
export const isExpected = (name: string): boolean => EXPECTED.test(name) || isOfWitnessed(name);

/**
 * Packs a finished run. The file is written whole or not at all. Memory does not grow with the run.
 * @throws JikjiError `not-a-run`, `run-unfinished`, `evidence-missing` (naming the file), `file-is-folder`, `disk-full`, `not-writable`, `interrupted`
 */
export async function bundleRun(options: BundleOptions): Promise<BundleResult> {
  const { out, withoutData, signal, onProgress } = options;
  const folder = new RunFolder(resolve(options.run));
  if (!folder.has(GENESIS))
    throw new JikjiError('not-a-run', 'is not a run with evidence', folder.path, 'name a folder that jikji make wrote');
  const witnessed = isWitnessed(folder.path);
  const { name, files } = witnessed ? bundleOfWitnessed(folder) : namesOf(folder, withoutData);
  const inputs = files.sort().map((file): TarInput => {
    folder.file(file);
    return { path: `${name}/${file}`, size: folder.size(file)!, pieces: () => folder.pieces(file) };
  });
  const total = inputs.reduce((sum, input) => sum + input.size, 0);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory())
    throw new JikjiError('file-is-folder', 'is a folder', out, 'name a file with --out');
  let [sha256, bytes] = ['', 0];
  await writeOutput(out, async (temporary) => {
    sha256 = await writePieces(temporary, tarPieces(inputs), total, { out, signal, onProgress });
    bytes = statSync(temporary).size;
  });
  return { file: out, files: files.length, bytes, sha256, withoutData: withoutData || witnessed };
}

/**
 * Unpacks a bundle into a temporary folder, calls `work` with it, and always removes it. Writes only files that belong in a bundle, only
 * inside the folder, and never more bytes than the bundle has.
 * @throws JikjiError `bundle-strange` for entries that do not belong in a bundle, and the errors of `openTar`
 */
export async function withBundle<T>(
  file: string,
  work: (folder: string) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const size = uncompressedSize(file);
  const folder = mkdtempSync(join(tmpdir(), 'jikji-bundle-'));
  try {
    await unpack(file, size, folder, signal);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const strange = (file: string, what: string): JikjiError =>
  new JikjiError('bundle-strange', what, file, 'get the bundle again from its maker: jikji bundle writes it');

/**
 * Whether a bundle is of a witnessed run, by the first name that only one kind of run has, unverified.
 * @throws JikjiError those of `openTar`
 */
export async function isWitnessedBundle(file: string): Promise<boolean> {
  const limits = { totalBytes: uncompressedSize(file), fileBytes: Number.MAX_SAFE_INTEGER, entries: 3_000_000 };
  for await (const { path, type } of openTar(file, limits)) {
    if (type !== 'file') continue;
    const name = path.split('/').slice(1).join('/');
    if (isOfWitnessed(name)) return true;
    if (/^(recipe\.yaml|sessions\.jsonl|(corpus|tokenizer|start|checkpoints|model)\/)/.test(name)) return false;
  }
  return false;
}

/** Bytes of an uncompressed tar file: an upper bound of the unpacked bytes. @throws JikjiError `bundle-strange`, `run-missing` */
function uncompressedSize(file: string): number {
  const magic = Buffer.alloc(2);
  let size: number;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw strange(file, 'is neither a run folder nor a bundle');
    size = stat.size;
    const fd = openSync(file, 'r');
    try {
      readSync(fd, magic);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw new JikjiError('run-missing', 'cannot be opened', file, 'name a run folder or a bundle', { cause });
  }
  if (magic[0] === 0x1f && magic[1] === 0x8b) throw strange(file, 'is compressed: unpack it with gunzip first');
  return size;
}

/** Milliseconds between two checks of the signal. */
const SIGNAL_INTERVAL_MS = 50;

function throwIfStopped(file: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new JikjiError('interrupted', 'the audit was stopped', file, 'start it again');
}

async function unpack(file: string, size: number, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const seen = new Set<string>();
  let root: string | undefined;
  // A file cannot be larger than the archive, so its stated size needs no limit.
  const limits = { totalBytes: size, fileBytes: Number.MAX_SAFE_INTEGER, entries: 3_000_000 };
  let checkedAt = performance.now();
  for await (const entry of openTar(file, limits)) {
    if (performance.now() - checkedAt > SIGNAL_INTERVAL_MS) {
      await setImmediate(); // an archive can have millions of entries without a body
      throwIfStopped(file, signal);
      checkedAt = performance.now();
    }
    if (entry.type === 'folder') continue; // other tar writers add folders; here each file creates its own
    const [first, ...rest] = entry.path.split('/');
    const name = rest.join('/');
    root ??= first;
    const shown = JSON.stringify(entry.path.slice(0, 200));
    if (entry.type !== 'file') throw strange(file, `holds ${shown}, which is a ${entry.type}`);
    if (first !== root || !isExpected(name)) throw strange(file, `holds ${shown}, which does not belong in a bundle`);
    if (seen.has(name)) throw strange(file, `holds ${shown} twice`);
    seen.add(name);
    const path = join(folder, name);
    try {
      mkdirSync(dirname(path), { recursive: true });
      const fd = openSync(path, 'wx', 0o600);
      try {
        for await (const piece of entry.body()) {
          writeFully(fd, piece);
          throwIfStopped(file, signal);
        }
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      if (systemCode(error) !== 'ENOSPC') throw error;
      throw new JikjiError(
        'disk-full',
        `${tmpdir()} has no room for the files of the bundle`,
        file,
        'free some space, or name another folder in TMPDIR',
        { cause: error },
      );
    }
  }
  if (!new RunFolder(folder).hasEvidence()) throw strange(file, 'holds no run');
}
