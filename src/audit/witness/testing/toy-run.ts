// Writes the evidence of a toy training as docs/witness.md has it, honest or forged, for tests. Shares with the audit only the ledger.

import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../../formats/safetensors.ts';
import {
  bits32,
  bits64,
  canonicalJson,
  digestOfAnswer,
  type Json,
  type Lodgeable,
  nextLink,
  Register,
  readLodgeable,
  type Signer,
  type StateTensor,
  type Subject,
  sha256Hex,
  signHead,
  signStatement,
  stateRoot,
  type WitnessCommitment,
} from '../../../ledger/index.ts';
import {
  advance,
  batchOf,
  begin,
  learningRateOf,
  RECIPE,
  SHAPES,
  type StepChange,
  type ToyState,
} from './toy-training.ts';

export interface ToyOptions {
  maker: Signer;
  /** Who answers; without one nothing is lodged. */
  office?: Signer | undefined;
  steps?: number;
  every?: number;
  /** Steps whose states stay; the last step is one. */
  kept?: readonly number[];
  /** What differs from an honest step. The records of a forger claim honest learning rates and batches. */
  change?: ((step: number) => StepChange) | undefined;
  /** What is done to a state after its step. */
  plant?: ((state: ToyState) => ToyState) | undefined;
  /** What a live forger learns before he computes a pair: its later step. */
  onPair?: ((pair: { step: number; byOffice: boolean }) => void) | undefined;
  /** What is done to S_0. */
  plantOrigin?: ((state: ToyState) => ToyState) | undefined;
  /** S_0 is drawn from this instead of the seed. */
  otherSeed?: string | undefined;
  /** Heads whose answers the maker leaves out. */
  dropsAnswer?: ((step: number) => boolean) | undefined;
  recipe?: Json | undefined;
  /** What the maker's clock says at the end. */
  sealTime?: string;
  /** The office's answer to the request is thrown away, and the seed chosen. */
  hidesRequest?: boolean;
}

export const CODE = 'the training code\n';
export const SEED = '0000000000000007';

/** The tensors of a state as files have them, in the order of names. */
export function tensorsOf({ step, weights, first, second, beside = {} }: ToyState): StateTensor[] {
  const bytes = (values: Float32Array): Uint8Array =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const tensors = Object.entries(SHAPES).flatMap(([name, shape]): StateTensor[] => {
    const one = (key: string, values: Float32Array, of: readonly number[] = shape): StateTensor => ({
      name: key,
      dtype: 'F32',
      shape: [...of],
      data: bytes(values),
    });
    return [
      one(name, weights[name]!),
      ...(step === 0
        ? []
        : [
            one(`optimizer.exp_avg.${name}`, first[name]!),
            one(`optimizer.exp_avg_sq.${name}`, second[name]!),
            one(`optimizer.step.${name}`, Float32Array.of(step), []),
          ]),
    ];
  });
  for (const [name, values] of Object.entries(beside))
    tensors.push({ name, dtype: 'F32', shape: [values.length], data: bytes(values) });
  return tensors.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const rootOf = (state: ToyState): string => stateRoot(state.step, tensorsOf(state));

export function writeState(folder: string, state: ToyState): void {
  const inside = join(folder, `states/step-${String(state.step).padStart(6, '0')}`);
  mkdirSync(inside, { recursive: true });
  const fd = openSync(join(inside, 'part-0000-of-0001.safetensors'), 'w');
  try {
    writeSafetensors(fd, tensorsOf(state));
  } finally {
    closeSync(fd);
  }
  const tensors = tensorsOf(state).map(({ name, dtype, shape }) => ({ dtype, name, shape }));
  const note = { formatVersion: 1, parts: 1, stateRoot: rootOf(state), step: state.step, tensors };
  writeFileSync(join(inside, 'state.json'), `${canonicalJson(note)}\n`);
}

export interface ToyRun {
  folder: string;
  commitment: WitnessCommitment;
  /** The office's. */
  register: Register | undefined;
  registerText: string;
}

/** The office's answers, and the file that they are lodged in. */
class ToyOffice {
  readonly register: Register;
  readonly lines: string[];
  readonly #key: Signer;

  constructor(key: Signer) {
    this.#key = key;
    this.register = Register.create(key.publicKey);
    this.lines = [this.register.header];
  }

  answer(asked: Lodgeable) {
    const line = this.register.next(asked, this.#key);
    this.lines.push(line);
    return this.register.append(line, 'register');
  }
}

const time = (): string => new Date().toISOString();
const base64Key = ({ publicKey }: Signer): string => publicKey.toString('base64');

/** Writes a text into the run; the result is its SHA-256. */
function write(folder: string, file: string, text: string): string {
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), text);
  return sha256Hex(text);
}

/** The four files that the genesis names. */
function writeMade(folder: string, recipe: Json): Subject[] {
  const list = (name: string, text: string) => ({
    files: [{ name, sha256: sha256Hex(text), size: Buffer.byteLength(text) }],
    formatVersion: 1,
  });
  const files: Record<string, Json> = {
    'recipe.json': recipe,
    'data.json': list('tokens.bin', 'tokens'),
    'environment.json': ENVIRONMENT,
    'code.json': list('train.py', CODE),
  };
  return Object.entries(files).map(([name, value]): Subject => {
    const text = `${canonicalJson(value)}\n`;
    return [name, write(folder, name, text), Buffer.byteLength(text)];
  });
}

interface Begun {
  commitment: WitnessCommitment;
  genesis: string;
  state: ToyState;
  /** The nonce of the request's answer. */
  nonce: string | undefined;
}

function writeGenesis(folder: string, options: ToyOptions, office: ToyOffice | undefined): Begun {
  const { maker, steps = 40, every = 10, recipe = RECIPE as unknown as Json } = options;
  const made = writeMade(folder, recipe);
  const digestOf = (name: string): string => made.find(([one]) => one === name)![1];
  let lodging: ReturnType<ToyOffice['answer']> | undefined;
  if (office) {
    const request = signStatement(
      'request',
      made,
      { formatVersion: 2, makerKey: base64Key(maker), time: time() },
      maker,
    );
    write(folder, 'request.json', request);
    lodging = office.answer(readLodgeable(request, undefined, 'request.json'));
    if (options.hidesRequest) rmSync(join(folder, 'request.json'));
    else write(folder, 'lodging.json', lodging.lodging);
  }
  if (options.hidesRequest) lodging = undefined;
  const seed = lodging ? seedOf(digestOf('recipe.json'), maker.publicKey, lodging.nonce) : SEED;
  const drawn = begin(options.otherSeed ?? seed);
  const state = options.plantOrigin?.(drawn) ?? drawn;
  const commitment: WitnessCommitment = {
    code: digestOf('code.json'),
    data: digestOf('data.json'),
    environment: digestOf('environment.json'),
    kept: [...(options.kept ?? [steps / 2, steps])],
    lodging: lodging ? digestOfAnswer(lodging.lodging) : null,
    makerKey: base64Key(maker),
    pairEvery: every,
    ranks: 1,
    recipe: digestOf('recipe.json'),
    seed,
    stateRoot: rootOf(state),
    steps,
  };
  const subjects: Subject[] = [...made, ['state-0', commitment.stateRoot]];
  const genesis = signStatement('witness-genesis', subjects, { formatVersion: 1, commitment, time: time() }, maker);
  write(folder, 'genesis.json', genesis);
  writeState(folder, state);
  return { commitment, genesis, state, nonce: lodging?.nonce };
}

/** The step that the head before it draws, as the later one of its pair. */
function drawPair(
  link: string,
  nonce: string | undefined,
  { after, every, steps }: { after: number; every: number; steps: number },
): number {
  const n = createHash('sha256')
    .update(Buffer.from(link, 'hex'))
    .update(Buffer.from(nonce ?? '', 'hex'))
    .digest()
    .readBigUInt64BE();
  return after + 2 + Number(n % BigInt(Math.min(every, steps - after - 1)));
}

/** Lodges the head after a step; without its answer's nonce where the maker leaves it out. */
function lodgeHead(
  folder: string,
  { run, step, head }: { run: string; step: number; head: string },
  { maker, dropsAnswer }: ToyOptions,
  office: ToyOffice,
): string | undefined {
  const signed = signHead({ run, step, head }, maker);
  const answer = office.answer(readLodgeable(signed, undefined, 'head.json'));
  if (dropsAnswer?.(step)) return undefined;
  write(folder, `heads/step-${String(step).padStart(6, '0')}.json`, signed);
  write(folder, `heads/step-${String(step).padStart(6, '0')}.lodging.json`, answer.lodging);
  return answer.nonce;
}

/** The steps with their records and recorded states; the result is the last state and the transcript's head. */
function writeSteps(folder: string, begun: Begun, options: ToyOptions, office: ToyOffice | undefined) {
  const { commitment } = begun;
  const { change = () => ({}), plant = (state) => state } = options;
  const { pairEvery: every, steps } = commitment;
  const recorded = new Set([1, ...commitment.kept]);
  let { state } = begun;
  let link = sha256Hex(canonicalJson(commitment as unknown as Json));
  const run = commitment.lodging ?? link;
  let transcript = '';
  for (let step = 1; step <= steps; step++) {
    const after = step - 1;
    if (every > 0 && after % every === 0 && steps - after > 1) {
      const nonce =
        office && after > 0 ? lodgeHead(folder, { run, step: after, head: link }, options, office) : undefined;
      const answer = after === 0 ? begun.nonce : nonce;
      const pair = drawPair(link, answer, { after, every, steps });
      options.onPair?.({ step: pair, byOffice: answer !== undefined });
      recorded.add(pair - 1).add(pair);
    }
    const { state: next, loss, gradNorm } = advance(state, change(step));
    state = plant(next);
    const record = {
      batch: batchOf(step),
      gradNorm: bits64(gradNorm),
      learningRate: bits32(learningRateOf(step)),
      loss: bits64(loss),
      step,
      ...(recorded.has(step) && { stateRoot: rootOf(state) }),
    };
    if (recorded.has(step)) writeState(folder, state);
    link = nextLink(link, canonicalJson(record));
    transcript += `${canonicalJson({ ...record, link })}\n`;
  }
  write(folder, 'transcript.jsonl', transcript);
  return { state, head: link };
}

/** Writes a run. */
export function writeToyRun(folder: string, options: ToyOptions): ToyRun {
  const { maker } = options;
  const office = options.office && new ToyOffice(options.office);
  const begun = writeGenesis(folder, options, office);
  const { commitment, genesis } = begun;
  const { state, head } = writeSteps(folder, begun, options, office);
  const sealed = {
    formatVersion: 1 as const,
    makerKey: base64Key(maker),
    genesis: sha256Hex(genesis),
    head,
    steps: commitment.steps,
    time: options.sealTime ?? time(),
  };
  const seal = signStatement('witness-seal', [['state', rootOf(state)]], sealed, maker);
  write(folder, 'seal.json', seal);
  if (office) write(folder, 'seal-lodging.json', office.answer(readLodgeable(seal, genesis, 'seal.json')).lodging);
  return { folder, commitment, register: office?.register, registerText: office?.lines.join('') ?? '' };
}

const seedOf = (recipe: string, spki: Buffer, nonce: string): string =>
  createHash('sha256')
    .update(Buffer.from(recipe, 'hex'))
    .update(spki)
    .update(Buffer.from(nonce, 'hex'))
    .digest('hex')
    .slice(0, 16);

export const ENVIRONMENT = {
  formatVersion: 1,
  torch: '0.0.0',
  python: '3.13.0',
  device: 'cpu',
  processor: 'a toy',
  threads: 1,
  capability: 'NONE',
  deterministic: true,
  flags: { OPENBLAS_NUM_THREADS: '4' },
  ranks: 1,
  parallel: 'none',
};
