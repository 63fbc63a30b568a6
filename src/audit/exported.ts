// Whether weights that somebody holds are those that a run sealed: tensor by tensor, to the bit or rounded to a narrower type. Says nothing of how
// the run was trained.

import { JikjiError } from '../base/index.ts';
import { elementsOf } from '../engine/index.ts';
import { narrow, Safetensors } from '../formats/index.ts';
import { digestOfFile, readStatement } from '../ledger/index.ts';
import { SEAL } from '../run-folder/index.ts';
import { RunFolder } from './folder.ts';
import { knownRun } from './known-run.ts';
import { isWitnessed } from './witness/is-witnessed.ts';
import { isGenerator, WitnessState } from './witness/states.ts';

const MODEL = 'model/model.safetensors';
/** Elements that are compared at a time. */
const CHUNK = 1 << 18;

export interface ExportedFound {
  verdict: 'holds' | 'refuted';
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

interface Sealed {
  seal: string;
  sealed: string;
  tensors: ReadonlyMap<string, { dtype: string; shape: readonly number[] }>;
  /** Names of weights; a state has more than these. */
  weights: readonly string[];
  read: (name: string, target: Uint8Array, at: number) => void;
  close: () => void;
}

/**
 * Compares the tensors of safetensors files with what the run in a folder sealed.
 * @throws JikjiError `run-unsound` where signatures, chain or the sealed weights do not hold, `file-missing`, `safetensors-broken`, `interrupted`
 */
export async function compareExported(
  files: readonly string[],
  run: string,
  signal: AbortSignal,
): Promise<ExportedFound> {
  const sealed = await openSealed(run, signal);
  const result = { same: 0, rounded: 0, differing: [] as string[], foreign: [] as string[] };
  const seen = new Set<string>();
  try {
    for (const path of files) {
      const file = Safetensors.open(path);
      try {
        for (const name of file.tensors.keys()) {
          signal.throwIfAborted();
          seen.add(name);
          const how = sealed.tensors.has(name) ? equalityOf(file, sealed, name) : 'foreign';
          if (how === 'same' || how === 'rounded') result[how]++;
          else result[how].push(name);
        }
      } finally {
        file.close();
      }
    }
  } finally {
    sealed.close();
  }
  const { seal, sealed: digest, weights } = sealed;
  const isFound = result.differing.length + result.foreign.length === 0 && result.same + result.rounded > 0;
  return {
    verdict: isFound ? 'holds' : 'refuted',
    ...{ seal, sealed: digest },
    ...result,
    left: weights.filter((name) => !seen.has(name)),
  };
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
    const read = (name: string, target: Uint8Array, at: number): void => file.read(name, target, at);
    return {
      seal: known.seal,
      sealed,
      tensors: file.tensors,
      weights: [...file.tensors.keys()],
      read,
      close: () => file.close(),
    };
  }
  const state = WitnessState.open(folder, known.kept.at(-1)!);
  const sealed = readStatement(folder.file(SEAL), 'witness-seal').subjects.get('state');
  if (sealed === undefined || (await state.root(async () => signal.throwIfAborted())) !== sealed) {
    state.close();
    throw unsound(run, `its last state is not the one that ${SEAL} names`);
  }
  const isWeight = (name: string): boolean => !name.startsWith('optimizer.') && !isGenerator(name);
  return {
    ...{ seal: known.seal, sealed, tensors: state.tensors, weights: [...state.tensors.keys()].filter(isWeight) },
    read: (name, target, at) => state.read(name, target, at),
    close: () => state.close(),
  };
}

function equalityOf(file: Safetensors, sealed: Sealed, name: string): 'same' | 'rounded' | 'differing' {
  const [own, theirs] = [file.tensors.get(name)!, sealed.tensors.get(name)!];
  if (own.shape.length !== theirs.shape.length || own.shape.some((n, i) => n !== theirs.shape[i])) return 'differing';
  const isNarrower = theirs.dtype === 'F32' && (own.dtype === 'BF16' || own.dtype === 'F16');
  if (own.dtype !== theirs.dtype && !isNarrower) return 'differing';
  const elements = elementsOf([...own.shape]);
  const width = elements === 0 ? 0 : own.byteLength / elements;
  const wide = isNarrower ? 4 : width;
  for (let from = 0; from < elements; from += CHUNK) {
    const count = Math.min(CHUNK, elements - from);
    const [a, b] = [Buffer.alloc(count * width), Buffer.alloc(count * wide)];
    file.read(name, a, from * width);
    sealed.read(name, b, from * wide);
    const wanted = isNarrower ? narrow(own.dtype as 'BF16' | 'F16', new Float32Array(new Uint8Array(b).buffer)) : b;
    if (!a.equals(wanted)) return 'differing';
  }
  return isNarrower ? 'rounded' : 'same';
}
