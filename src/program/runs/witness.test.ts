// Runs that another program trained, on this machine: found, listed, followed while they train, audited by their evidence alone; hostile ones.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ToyOptions, writeToyRun } from '../../audit/witness/testing/toy-run.ts';
import { canonicalJson, digestOfCommitment, type Json } from '../../ledger/index.ts';
import { key } from '../../ledger/testing/register.ts';
import { cardOf, type RunEvent, Runs, runIdOf, runRecordOf } from './index.ts';
import { Home } from './testing/home.ts';

const [maker, office] = [key(), key()];
const home = new Home();
let runs: Runs;
beforeEach(() => {
  mkdirSync(join(home.folder, 'runs'));
  vi.spyOn(process, 'cwd').mockReturnValue(home.folder);
  runs = new Runs({ threads: 1 });
});
afterEach(async () => {
  await runs.close();
  home.clear();
  vi.restoreAllMocks();
});

/** A run in the folder in which runs of other programs are found. */
const make = (name: string, options: Partial<ToyOptions> = {}) =>
  writeToyRun(join(home.folder, 'runs', name), { maker, ...options });
const idOf = (name: string): string => runIdOf(join(home.folder, 'runs', name));

/** The bits of a member of each record, read without our reader. */
const figuresIn = (folder: string, name: 'loss' | 'gradNorm'): number[] =>
  readFileSync(join(folder, 'transcript.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => Buffer.from(JSON.parse(line)[name], 'hex').readDoubleBE());

test('a sealed run is found in the folder of runs; its curve, its evidence and what it declares', async () => {
  home.run('own', 3);
  const { folder, commitment } = make('toy', { office });
  const list = await runs.list();
  expect(
    list.map(({ name, witnessed, state, steps, stepsDone }) => [name, witnessed, state, steps, stepsDone]),
  ).toEqual(
    expect.arrayContaining([
      ['own', false, 'unfinished', 1000, 3],
      ['toy', true, 'finished', 40, 40],
    ]),
  );
  const id = idOf('toy');
  expect(runs.get(id)).toMatchObject({ parameters: 17, maker: maker.fingerprint, model: false, recipe: null });
  const curve = await runs.curves.curve(id, { points: 100 });
  expect(curve.loss).toEqual(figuresIn(folder, 'loss'));
  expect(curve.gradNorm).toEqual(figuresIn(folder, 'gradNorm'));
  expect(curve.validations).toEqual([]);
  const { genesis, seal, checkpoints, witness, unreadable } = await runs.evidence(id);
  expect(unreadable).toEqual([]);
  expect(genesis).toMatchObject({ signer: maker.fingerprint, lodged: { office: office.fingerprint } });
  expect(seal).toMatchObject({ signer: maker.fingerprint, lodged: { office: office.fingerprint } });
  expect(checkpoints.every(({ there, kept }) => there && kept)).toBe(true);
  expect(witness).toMatchObject({ environment: { torch: '0.0.0' }, code: { name: 'train.py' }, pairEvery: 10 });
  expect(witness!.heads.map(({ step }) => step)).toEqual([10, 20, 30]);
  expect(witness!.headCount).toBe(3);
  const states = [0, ...checkpoints.map(({ step }) => step)];
  expect(witness!.paired).toBe(states.filter((step) => states.includes(step - 1)).length);
  expect(runRecordOf(folder)).toMatchObject({
    made: 'all',
    devices: ['cpu'],
    maker: maker.fingerprint,
    unreadable: [],
  });
  expect(runs.lodgedAs(id)).toEqual({ maker: maker.fingerprint, run: commitment.lodging });
  expect(() => cardOf(folder)).toThrow(expect.objectContaining({ code: 'model-missing' }));
});

test('a run that trains is running while its recorder holds the folder, and is followed point by point', async () => {
  const { folder } = make('live');
  const transcript = join(folder, 'transcript.jsonl');
  const lines = readFileSync(transcript, 'utf8').trim().split('\n');
  const losses = figuresIn(folder, 'loss');
  rmSync(join(folder, 'seal.json'));
  writeFileSync(transcript, `${lines.slice(0, 10).join('\n')}\n`);
  // A validation file of the maker's own is no part of the evidence.
  writeFileSync(join(folder, 'validation.jsonl'), 'epoch,accuracy\n');
  const holder = spawn('flock', [folder, 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  const id = idOf('live');
  const ending = new AbortController();
  const events = runs.curves.follow(id, 0, ending.signal);
  const next = async (): Promise<RunEvent> => (await events.next()).value as RunEvent;
  expect(await next()).toMatchObject({ kind: 'state', run: { state: 'running', witnessed: true, steps: 40 } });
  expect(await next()).toMatchObject({ kind: 'points', loss: losses.slice(0, 10) });
  expect(() => runs.audits.start(id, {})).toThrow(expect.objectContaining({ code: 'run-running' }));
  appendFileSync(transcript, `${lines.slice(10, 25).join('\n')}\n${lines[25]!.slice(0, 50)}`);
  expect(await next()).toMatchObject({ kind: 'points', loss: losses.slice(10, 25) });
  holder.stdin.end();
  await once(holder, 'close');
  expect(await next()).toMatchObject({ kind: 'state', run: { state: 'unfinished' } });
  ending.abort();
  expect((await runs.evidence(id)).seal).toBeNull();
});

const audited = async (id: string) => {
  const { id: audit } = runs.audits.start(id, {});
  await runs.audits.ended();
  return runs.audits.get(audit);
};

test('its audit looks at the evidence alone, and no word of it is that of an audit of our own runs', async () => {
  make('honest', { office });
  const found = await audited(idOf('honest'));
  expect(found).toMatchObject({ state: 'done', verdict: 'incomplete', witnessed: true, standing: null, replayed: [] });
  expect(found.claim!.en.word).toBe('Incomplete (evidence alone, origin not shown)');
  expect(JSON.stringify(found.claim)).not.toMatch(/Holds|The claim holds|bit for bit|nothing else|주장이 성립/);
  const replay = found.checks.find(({ name }) => name === 'replay');
  expect(replay).toMatchObject({ verdict: 'incomplete', detail: expect.stringMatching(/no training code was given/) });
  // What refers to the seal of a run of ours refers to no witnessed audit.
  expect(runs.audits.ofSeal(idOf('honest'), found.seal!)).toEqual([]);
  for (const replay of [1, 'all'] as const)
    expect(() => runs.audits.start(idOf('honest'), { replay })).toThrow(
      expect.objectContaining({ code: 'run-witnessed' }),
    );
  expect(runs.audits.start(idOf('honest'), { replay: 0 }).state).toBe('running');

  make('forged', { change: (step) => (step === 1 ? { rate: 1.01 } : {}) });
  const forged = await audited(idOf('forged'));
  expect([forged.verdict, forged.claim!.en.word]).toEqual(['refuted', 'Refuted (evidence alone)']);
});

test('hostile folders are shown as far as they can be read, and never through a link', async () => {
  const { folder, commitment } = make('whole', { office });
  const copy = (name: string): string => {
    cpSync(folder, join(home.folder, 'runs', name), { recursive: true });
    return join(home.folder, 'runs', name);
  };
  symlinkSync(folder, join(home.folder, 'runs', 'a-link'));
  const linked = copy('linked');
  for (const name of ['environment.json', 'heads', 'genesis.json']) {
    rmSync(join(linked, name), { recursive: true });
    symlinkSync(join(folder, name), join(linked, name));
  }
  const halfLinked = copy('half-linked');
  for (const name of ['environment.json', 'heads']) {
    rmSync(join(halfLinked, name), { recursive: true });
    symlinkSync(join(folder, name), join(halfLinked, name));
  }
  expect((await runs.list()).map(({ name }) => name).sort()).toEqual(['half-linked', 'whole']);
  const { witness, unreadable } = await runs.evidence(idOf('half-linked'));
  expect(witness).toMatchObject({ environment: null, headCount: 0, heads: [] });
  expect(unreadable.map(({ file }) => file).sort()).toEqual(['environment.json', 'heads']);

  // Heads of another run, or whose answer is that of another head, are not shown as answered.
  const other = make('other', { office });
  expect(digestOfCommitment(other.commitment)).not.toBe(digestOfCommitment(commitment));
  rmSync(join(halfLinked, 'heads'));
  cpSync(join(other.folder, 'heads'), join(halfLinked, 'heads'), { recursive: true });
  expect((await runs.evidence(idOf('half-linked'))).witness!.heads).toEqual([]);

  const vast = join(folder, 'states/step-000000/state.json');
  const claimed = JSON.parse(readFileSync(vast, 'utf8'));
  claimed.tensors.find(({ name }: { name: string }) => name === 'layer.weight').shape = [1e15];
  writeFileSync(vast, `${canonicalJson(claimed as Json)}\n`);
  expect(runs.get(idOf('whole')).parameters).toBeNull();

  const transcript = join(folder, 'transcript.jsonl');
  const text = readFileSync(transcript, 'utf8');
  writeFileSync(transcript, text.replaceAll(/"loss":"\w+"/g, '"loss":"7ff8000000000000"'));
  const curve = await runs.curves.curve(idOf('whole'), { points: 100 });
  expect([curve.loss, curve.damaged]).toEqual([Array(40).fill(null), null]);
  expect(runs.info(idOf('whole')).loss).toBeNull();
  appendFileSync(transcript, `${'{"batch":"'.padEnd(10 << 20, 'a')}\n`);
  const cut = await runs.curves.curve(idOf('whole'), { points: 100 });
  expect([cut.step.length, cut.damaged]).toEqual([40, expect.stringMatching(/^transcript.jsonl, line 41/)]);
});
