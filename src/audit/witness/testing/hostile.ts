// Audits mutated evidence of a toy run in a separate process, which the test watches. usage: node testing/hostile.ts FOLDER SEED, with lines
// `CASES KIND` on standard input. For each line it writes `at KIND N` before case N begins, a line of JSON for each case with a wrong outcome,
// and at the end a line of JSON with counts.

import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../../base/index.ts';
import { HOSTILE, mutateBytes, mutateJson, type Random } from '../../../base/testing/mutate.ts';
import { Safetensors } from '../../../formats/index.ts';
import { digestOfFile, type Json } from '../../../ledger/index.ts';
import { key } from '../../../ledger/testing/register.ts';
import { bundleRun, withBundle } from '../../bundle.ts';
import { mutated, replaceFile, serveCases, signMutated, stackOf, Verdicts } from '../../testing/hostile-cases.ts';
import { mutateBundle } from '../../testing/mutate-bundle.ts';
import { auditWitness } from '../audit.ts';
import type { ReplayerOptions } from '../replayer.ts';
import type { WitnessAudit } from '../types.ts';
import { toyAuditor } from './toy-auditor.ts';
import { type ToyOptions, type ToyRun, writeToyRun } from './toy-run.ts';
import { RECIPE, type ToyState } from './toy-training.ts';

export const KINDS = [
  'statements',
  'made from',
  'transcript',
  'states',
  'bundle',
  'maker: statements',
  'maker: recipe',
  'maker: states',
  'trained again',
] as const;
export type Kind = (typeof KINDS)[number];

/** Small enough to be audited in hundredths of a second; it has pairs and heads. */
const SIZE = { steps: 6, every: 3 };
/** What stands for other numbers in a maker's state. */
const NUMBERS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  0,
  1e-45,
  -1e-45,
  3.4e38,
  -3.4e38,
  1e-30,
];

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => lstatSync(join(folder, name)).isFile());

/** The tensors of a state's file, in whatever way its header is spelt. */
function valuesOf(path: string): string {
  const file = Safetensors.open(path);
  return JSON.stringify(
    [...file.tensors]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { byteLength }]) => {
        const bytes = new Uint8Array(byteLength);
        file.read(name, bytes);
        return [name, Buffer.from(bytes).toString('base64')];
      }),
  );
}

/** What an audit says, but for what it does not say of the run. */
const saidOf = ({ checks }: WitnessAudit): string =>
  JSON.stringify(checks.map(({ name, verdict, findings }) => [name, verdict, findings.map(({ text }) => text)]));

class Cases {
  readonly #folder: string;
  readonly #maker = key();
  readonly #office = key();
  readonly #honest: ToyRun;
  readonly #whole: string;
  readonly #run: string;
  readonly #digests: Map<string, string>;
  readonly #python: ReplayerOptions;
  readonly verdicts = new Verdicts();
  #untouched = '';

  constructor(folder: string) {
    this.#folder = folder;
    this.#whole = join(folder, 'whole');
    this.#run = join(folder, 'run');
    this.#honest = writeToyRun(this.#whole, { maker: this.#maker, office: this.#office, ...SIZE });
    this.#digests = new Map(filesIn(this.#whole).map((name) => [name, digestOfFile(join(this.#whole, name))]));
    mkdirSync(join(folder, 'auditor'));
    this.#python = toyAuditor(join(folder, 'auditor'))('honest', 60);
    // mutate-bundle.ts aims its links at these.
    writeFileSync(join(folder, 'secret.txt'), 'not for an auditor');
    for (const inner of ['tmp', 'outside']) mkdirSync(join(folder, inner), { recursive: true });
    execFileSync('mkfifo', [join(folder, 'pipe')]);
  }

  async begin(): Promise<void> {
    await bundleRun({ run: this.#whole, out: join(this.#folder, 'run.tar'), withoutData: false });
    this.#untouched = saidOf(await this.#audit(this.#whole));
    const again = await this.#audit(this.#whole, this.#python);
    if (again.verdict !== 'holds') throw new Error(`the honest run: ${again.verdict} ${saidOf(again)}`);
  }

  #audit(folder: string, replayer?: ReplayerOptions): Promise<WitnessAudit> {
    const register = { text: this.#honest.registerText, where: 'register' };
    return auditWitness({
      folder,
      maker: this.#maker.fingerprint,
      register,
      office: this.#office.fingerprint,
      ...(replayer && { replayer, replay: 'all' as const }),
    });
  }

  /** Mutates as `random` decides and audits. Returns a description of a wrong outcome, or undefined. */
  async runCase(kind: Kind, random: Random): Promise<string | undefined> {
    try {
      if (kind === 'bundle') return await this.#bundle(random);
      rmSync(this.#run, { recursive: true, force: true });
      if (kind === 'maker: recipe') return await this.#made({ recipe: this.#hostileRecipe(random) });
      if (kind === 'maker: states') return await this.#made({ plant: this.#hostileStates(random) });
      cpSync(this.#whole, this.#run, { recursive: true });
      const file = random.of(this.#filesOf(kind));
      if (kind === 'maker: statements')
        signMutated(join(this.#run, file), file.includes('lodging') ? this.#office : this.#maker, random);
      else this.#changed(file, random);
      return await this.#judge(this.#run, kind === 'trained again' ? this.#python : undefined);
    } catch (error) {
      // An audit of a folder reaches a verdict, whatever the folder contains.
      return stackOf(error);
    }
  }

  #filesOf(kind: Kind): string[] {
    const statement = /^(genesis|seal|request|lodging|seal-lodging)\.json$|^heads\//;
    const made = /^(recipe|data|code|environment)\.json$/;
    return [...this.#digests.keys()].filter(
      (name) =>
        kind === 'trained again' ||
        (kind === 'transcript' && name === 'transcript.jsonl') ||
        (kind === 'states' && name.startsWith('states/')) ||
        (kind === 'made from' && made.test(name)) ||
        (kind.endsWith('statements') && statement.test(name)),
    );
  }

  /** Whatever looks untouched is untouched: the values, where the bytes of a state's file are others. */
  async #judge(folder: string, replayer?: ReplayerOptions): Promise<string | undefined> {
    const found = await this.#audit(folder, replayer);
    this.verdicts.count(found.verdict);
    if (replayer ? found.verdict !== 'holds' : saidOf(found) !== this.#untouched) return undefined;
    const other = [...this.#digests].find(([name, digest]) => {
      const path = join(folder, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      // A run may lack these; without S_0 it is never consistent.
      if ((name === 'seal-lodging.json' || name.startsWith('states/step-000000/')) && !stat) return false;
      // The root covers the values of a state, and its file may spell them in other ways.
      if (name.endsWith('.safetensors') && stat?.isFile()) return valuesOf(path) !== valuesOf(join(this.#whole, name));
      return !stat?.isFile() || digestOfFile(path) !== digest;
    });
    return other && `${other[0]} was changed, and the audit says what it says of the honest run`;
  }

  /** An outsider changes bytes, or puts a link, a pipe or a folder in the file's place. */
  #changed(file: string, random: Random): void {
    const path = join(this.#run, file);
    const mutate = (bytes: Buffer): Uint8Array =>
      /\.json$/.test(file) && random.below(2) === 0
        ? Buffer.from(`${mutateJson(JSON.parse(bytes.toString()), HOSTILE, random)}\n`)
        : mutateBytes(bytes, random);
    if (random.below(20) > 0) writeFileSync(path, mutated(readFileSync(path), random, mutate));
    else replaceFile(path, this.#folder, random, [() => {}]);
  }

  #hostileRecipe(random: Random): Json {
    for (;;)
      try {
        return JSON.parse(mutateJson(RECIPE as unknown as Json, HOSTILE, random)) as Json;
      } catch {
        // Not every hostile text is JSON.
      }
  }

  #hostileStates(random: Random): (state: ToyState) => ToyState {
    const at = 1 + random.below(SIZE.steps);
    const part = random.of(['weights', 'first', 'second'] as const);
    const name = random.of(['layer.bias', 'layer.weight']);
    const [number, every] = [random.of(NUMBERS), random.below(2) === 0];
    return (state) => {
      if (state.step !== at) return state;
      const values = state[part][name]!.map((value, i) => (every || i === 1 ? number : value));
      return { ...state, [part]: { ...state[part], [name]: values } };
    };
  }

  /** A run whose evidence fits together, with something hostile in it: any verdict is right, and none is missing. */
  async #made(options: Partial<ToyOptions>): Promise<string | undefined> {
    try {
      writeToyRun(this.#run, { maker: this.#maker, ...SIZE, ...options });
    } catch (error) {
      // The toy's own writer takes no numbers that JSON has not.
      if (error instanceof TypeError || error instanceof JikjiError || error instanceof RangeError) {
        this.verdicts.count('unwritten');
        return undefined;
      }
      throw error;
    }
    const { verdict } = await auditWitness({ folder: this.#run, maker: this.#maker.fingerprint });
    this.verdicts.count(verdict);
    return verdict === 'holds' ? 'nothing was trained again, and the run holds' : undefined;
  }

  async #bundle(random: Random): Promise<string | undefined> {
    const path = join(this.#folder, 'tmp', 'mutated.tar');
    writeFileSync(path, mutateBundle(readFileSync(join(this.#folder, 'run.tar')), this.#folder, random));
    try {
      return await withBundle(path, (folder) => this.#judge(folder));
    } catch (error) {
      return this.verdicts.error(error);
    }
  }
}

if (import.meta.main) {
  const [folder, seed] = process.argv.slice(2) as [string, string];
  const cases = new Cases(folder);
  await cases.begin();
  await serveCases<Kind>(Number(seed), async () => {
    cases.verdicts.clear();
    return cases;
  });
}
