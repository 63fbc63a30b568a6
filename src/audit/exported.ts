// Whether weights that somebody holds are those that a run sealed: tensor by tensor, to the bit or rounded to a narrower type. Says nothing of how
// the run was trained.

import { JikjiError } from '../base/index.ts';
import { elementsOf } from '../engine/index.ts';
import { narrow, Safetensors } from '../formats/index.ts';
import { digestOfFile, readStatement } from '../ledger/index.ts';
import { SEAL } from '../run-folder/index.ts';
import { RunFolder } from './folder.ts';
import { knownRun } from './known-run.ts';
import { MADE_FROM, readJsonIn } from './witness/files.ts';
import { isWitnessed } from './witness/is-witnessed.ts';
import { isGenerator, isOptimizers, WitnessState } from './witness/states.ts';

const MODEL = 'model/model.safetensors';
/** Elements that are compared at a time. */
const CHUNK = 1 << 18;

/** An output layer that is tied to the embedding is the same tensor, which files and states have once or twice. No layer of a stack is one. */
const TIED = [
  /^(?:[a-z_]+\.){0,2}(?:[a-z_]+_)?(lm_head|head|output|embed_out)\.weight$/i,
  /(^|\.)(wte|[a-z_]*embed[a-z_]*)\.weight$/,
] as const;

export interface ExportedFound {
  /** `partial`: all that is in the files is sealed, and weights of the run are in none of them. */
  verdict: 'holds' | 'partial' | 'refuted';
  /** Digests of the seal, and of what it names: the root of the last state, or the run's own model file. */
  seal: string;
  sealed: string;
  /** Tensors that are the same to the bit, and those that are the sealed ones rounded to a narrower type. */
  same: number;
  rounded: number;
  /** Names of tensors that differ, that the run does not have, and weights of the run that no file has. */
  differing: string[];
  foreign: string[];
  left: string[];
}

/** Tensors of files or of a state. */
interface Tensors {
  tensors: ReadonlyMap<string, { dtype: string; shape: readonly number[] }>;
  bytesOf: (name: string) => number;
  read: (name: string, target: Uint8Array, at: number) => void;
}

interface Sealed extends Tensors {
  seal: string;
  sealed: string;
  /** Names of weights; a state has more than these. */
  weights: readonly string[];
  close: () => void;
}

/**
 * Compares the tensors of safetensors files with what the run in a folder sealed.
 * @throws JikjiError `usage` where two files have a tensor of one name, `run-unsound` where signatures, chain or the sealed weights do not hold, `file-missing`, `safetensors-broken`, `interrupted`
 */
export async function compareExported(
  files: readonly string[],
  run: string,
  signal: AbortSignal,
): Promise<ExportedFound> {
  const sealed = await openSealed(run, signal);
  const result = { same: 0, rounded: 0, differing: [] as string[], foreign: [] as string[] };
  const [seen, found, tied] = [new Set<string>(), new Set<string>(), new Set<string>()];
  try {
    for (const path of files) {
      const file = Safetensors.open(path);
      try {
        for (const name of file.tensors.keys()) {
          signal.throwIfAborted();
          if (seen.has(name))
            throw new JikjiError(
              'usage',
              `has ${JSON.stringify(name)}, as a file before it`,
              path,
              'name each part once',
            );
          seen.add(name);
          const { how, as } = equalityInRun(tensorsOf(file), sealed, name);
          // A tensor has one other name at most: further copies of it are none of the run's.
          const isCopy = as !== name && tied.has(as);
          if (as !== name) tied.add(as);
          found.add(as);
          if (isCopy) result.foreign.push(name);
          else if (how === 'same' || how === 'rounded') result[how]++;
          else result[how].push(name);
        }
      } finally {
        file.close();
      }
    }
    const { seal, sealed: digest, weights } = sealed;
    const isLeft = (name: string): boolean =>
      !found.has(name) &&
      !tiedTo(name, weights).some(
        (other) => found.has(other) && equalityOf([sealed, name], [sealed, other]) === 'same',
      );
    const left = weights.filter(isLeft);
    const isFound = result.differing.length + result.foreign.length === 0 && result.same + result.rounded > 0;
    return {
      verdict: !isFound ? 'refuted' : left.length > 0 ? 'partial' : 'holds',
      ...{ seal, sealed: digest },
      ...result,
      left,
    };
  } finally {
    sealed.close();
  }
}

/** Names that may be those of the same tensor: of the other kind, where there is none of its own. */
const tiedTo = (name: string, names: readonly string[]): string[] => {
  const [head, embedding] = TIED;
  const [own, wanted] = head.test(name) ? [head, embedding] : embedding.test(name) ? [embedding, head] : [];
  const isAlone = !names.some((other) => other !== name && own?.test(other));
  return wanted && isAlone ? names.filter((other) => wanted.test(other)) : [];
};

type Found = 'same' | 'rounded' | 'differing' | 'foreign';

/** How a file's tensor stands to the run's of its name, or to the one that it is tied to where the run has that alone. */
function equalityInRun(file: Tensors, sealed: Sealed, name: string): { how: Found; as: string } {
  if (sealed.tensors.has(name)) return { how: equalityOf([file, name], [sealed, name]), as: name };
  const tied = tiedTo(name, sealed.weights).map((as) => ({ how: equalityOf([file, name], [sealed, as]), as }));
  return tied.find(({ how }) => how !== 'differing') ?? { how: 'foreign', as: name };
}

const unsound = (run: string, what: string): JikjiError =>
  new JikjiError('run-unsound', what, run, 'get the run again from its maker, and audit it');

async function openSealed(run: string, signal: AbortSignal): Promise<Sealed> {
  const known = await knownRun(run, signal);
  const folder = new RunFolder(run);
  if (!isWitnessed(run)) {
    const sealed = readStatement(folder.file(SEAL), 'seal').subjects.get(MODEL);
    if (sealed === undefined || digestOfFile(folder.file(MODEL)) !== sealed)
      throw unsound(run, `its ${MODEL} is not the one that ${SEAL} names`);
    const file = Safetensors.open(folder.file(MODEL));
    const weights = [...file.tensors.keys()];
    return { ...tensorsOf(file), seal: known.seal, sealed, weights, close: () => file.close() };
  }
  const state = WitnessState.open(folder, known.kept.at(-1)!);
  const sealed = readStatement(folder.file(SEAL), 'witness-seal').subjects.get('state');
  if (sealed === undefined || (await state.root(async () => signal.throwIfAborted())) !== sealed) {
    state.close();
    throw unsound(run, `its last state is not the one that ${SEAL} names`);
  }
  const { groups } = readJsonIn(folder, 'recipe.json', MADE_FROM['recipe.json']).value.optimizer;
  const parameters = new Set(groups.flatMap((group) => group.parameters));
  const isWeight = (name: string): boolean => !isOptimizers(name, parameters) && !isGenerator(name);
  return {
    ...{ seal: known.seal, sealed, tensors: state.tensors, weights: [...state.tensors.keys()].filter(isWeight) },
    bytesOf: (name) => state.bytesOf(name),
    read: (name, target, at) => state.read(name, target, at),
    close: () => state.close(),
  };
}

type Placed = readonly [Tensors, string];

const tensorsOf = (file: Safetensors): Tensors => ({
  tensors: file.tensors,
  bytesOf: (name) => file.tensors.get(name)!.byteLength,
  read: (name, target, at) => file.read(name, target, at),
});

function equalityOf([file, name]: Placed, [sealed, other]: Placed): 'same' | 'rounded' | 'differing' {
  const [own, theirs] = [file.tensors.get(name)!, sealed.tensors.get(other)!];
  if (own.shape.length !== theirs.shape.length || own.shape.some((n, i) => n !== theirs.shape[i])) return 'differing';
  const isNarrower = theirs.dtype === 'F32' && (own.dtype === 'BF16' || own.dtype === 'F16');
  if (own.dtype !== theirs.dtype && !isNarrower) return 'differing';
  const elements = elementsOf([...own.shape]);
  const width = elements === 0 ? 0 : file.bytesOf(name) / elements;
  const wide = isNarrower ? 4 : width;
  for (let from = 0; from < elements; from += CHUNK) {
    const count = Math.min(CHUNK, elements - from);
    const [a, b] = [Buffer.alloc(count * width), Buffer.alloc(count * wide)];
    file.read(name, a, from * width);
    sealed.read(other, b, from * wide);
    const wanted = isNarrower ? narrow(own.dtype as 'BF16' | 'F16', new Float32Array(new Uint8Array(b).buffer)) : b;
    if (!a.equals(wanted)) return 'differing';
  }
  return isNarrower ? 'rounded' : 'same';
}
