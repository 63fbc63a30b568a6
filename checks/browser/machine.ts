// A separate machine for the check: two small runs of two teams, a practice programme, the console. Everything goes through the command
// line, as for a person.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { argv } from '../../src/base/testing/argv.ts';
import { lines } from '../../src/ledger/testing/transcript.ts';
import { workFolder } from '../work-folder.ts';

export const LAUNCHER = fileURLToPath(new URL('../../bin/jikji', import.meta.url));

/** Trains in a second or two; its text is the licence's, which is at hand. */
const RECIPE = `name: small
seed: 1377
corpus:
  sources:
    - { files: texts.jsonl, language: en, licence: Apache-2.0 }
  validation: 0.1
tokenizer: { vocabSize: 400 }
model: { hiddenSize: 64, intermediateSize: 128, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train: { steps: 60, batchSize: 4, sequenceLength: 64, warmupSteps: 5, validateEvery: 20, validationTokens: 500, checkpointEvery: 20 }
`;

export const RULES = `name: two-teams
version: 1
title: { en: "Small <b>stage</b>", ko: 작은 단계 }
originality: { veto: true, components: [tokenizer, mlp], audit: { holds: true, makerKey: true } }
blocks:
  - { id: text, title: { en: Held-out text, ko: 남겨 둔 글 }, points: 40, tasks: [{ task: held-out, metric: bits_per_byte, scale: { floor: 8, ceiling: 0 } }] }
  - { id: given, title: { en: Measured elsewhere, ko: 다른 곳에서 잰 값 }, points: 10, entered: { by: { en: NIA } } }
  - { id: experts, title: { en: Experts, ko: 전문가 }, points: 30, forms: { experts: 2, criteria: [{ id: plan, title: { en: Plan, ko: 계획 }, points: 20 }, { id: use, title: { en: Use, ko: 쓸모 }, points: 10 }] } }
  - { id: users, title: { en: Users, ko: 사용자 }, points: 20, judgements: { users: 1, minimumPerPair: 1 } }
kept: 1
limits: { bundleBytes: 1.0e+8, trainingFlops: 1.0e+13, parameters: 10000000, steps: 1000, auditSeconds: 300, evalSeconds: 300 }
`;

export interface Served {
  url: string;
  first: string | null;
}

export class Machine {
  readonly folder = workFolder('browser');
  readonly env = {
    ...process.env,
    NO_COLOR: '1',
    XDG_CONFIG_HOME: join(this.folder, 'config'),
    XDG_STATE_HOME: join(this.folder, 'state'),
    XDG_DATA_HOME: join(this.folder, 'data'),
    XDG_CACHE_HOME: join(this.folder, 'cache'),
  };
  #server: ChildProcess | undefined;

  at = (name: string): string => join(this.folder, name);

  /** Runs a command that must succeed; returns its output as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: results of many kinds
  jikji(...args: string[]): any {
    const { status, stdout, stderr } = spawnSync(LAUNCHER, [...args, '--json'], {
      cwd: this.folder,
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(`jikji ${args.join(' ')} ended with ${status}\n${stderr}`);
    return JSON.parse(stdout);
  }

  /** Makes a run of a team, signed by its key; returns the fingerprint of the key. */
  run(team: string, seed: number, ...more: string[]): string {
    const { fingerprint } = this.jikji('key', 'new', team);
    this.jikji(...argv`make small.yaml --out ${team} --key ${team} --set seed=${seed} --set name=${team} ${more}`);
    return fingerprint;
  }

  /** A run of very many steps, as `make` would have written it: its transcript, and a line in the list of runs. */
  long(name: string, steps: number): void {
    const folder = this.at(name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'recipe.yaml'), `name: ${name}\ntrain:\n  steps: ${steps}\n`);
    const file = openSync(join(folder, 'transcript.jsonl'), 'w');
    let piece = '';
    for (const line of lines(steps)) {
      piece += line;
      if (piece.length < 1 << 20) continue;
      writeSync(file, piece);
      piece = '';
    }
    writeSync(file, piece);
    closeSync(file);
    const noted = { formatVersion: 1, folder, noted: new Date().toISOString() };
    appendFileSync(join(this.env.XDG_STATE_HOME, 'jikji', 'runs.jsonl'), `${JSON.stringify(noted)}\n`);
  }

  /** Begins another run in a terminal. */
  begin(out: string, steps: number): ChildProcess {
    const sets = argv`--set name=${out} --set train.steps=${steps} --set train.checkpointEvery=1000`;
    const args = argv`make small.yaml --out ${out} ${sets} --threads 1`;
    return spawn(LAUNCHER, args, { cwd: this.folder, env: this.env, stdio: 'ignore' });
  }

  prepare(): void {
    // Each paragraph is a document.
    const licence = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8').split(/\n\s*\n/);
    writeFileSync(this.at('texts.jsonl'), licence.map((text) => JSON.stringify({ text })).join('\n'));
    writeFileSync(this.at('small.yaml'), RECIPE);
    writeFileSync(this.at('rules.yaml'), RULES);
  }

  async serve(port: number, ...databases: string[]): Promise<Served> {
    const places = databases.flatMap((one) => ['--database', one]);
    const args = argv`console --json --port ${port} --threads 2 ${places}`;
    const server = spawn(LAUNCHER, args, { cwd: this.folder, env: this.env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#server = server;
    const line = await Promise.race([
      once(createInterface(server.stdout!), 'line'),
      once(server, 'exit').then(() => ['']),
    ]);
    if (!line[0]) throw new Error('the console did not start');
    return JSON.parse(String(line[0])) as Served;
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }
}
