// An innocent model and a reference that was relabelled afterwards to fit it: its units are put where the innocent model has those that look
// most like them, and their signs turned. It computes what it computed before. The weights fit; who came first says what that means.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { argv, typed } from '../base/testing/argv.ts';
import type { Lineage } from '../lineage/index.ts';
import { en } from '../lineage/report/en.ts';
import { call, callHere, environment, RECIPE, succeed, workFolder } from './testing/bad-input.ts';

const folder = workFolder();
const jikji = typed((args) => call(folder, args));
const WEIGHTS = 'model/model.safetensors';
const [D, F, LAYERS] = [64, 128, 2];

/** Matrices of a file of weights as views into its bytes. */
function openWeights(run: string) {
  const path = join(folder, run, WEIGHTS);
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start));
  const of = (name: string): Float32Array => {
    const { dtype, data_offsets: [from, to] } = header[name]; // biome-ignore format: one thing
    expect(dtype).toBe('F32');
    return new Float32Array(bytes.buffer, bytes.byteOffset + start + from, (to - from) / 4);
  };
  return { of, save: () => writeFileSync(path, bytes) };
}

const cosine = (a: Float32Array, b: Float32Array): number => {
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    ab += x * b[i]!;
    aa += x * x;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
};

/** Rows with the gains of the norm before them, without their mean. */
function unitsOf(rows: Float32Array, gains: Float32Array): Float32Array[] {
  const units = Array.from({ length: F }, (_, i) => rows.slice(i * D, (i + 1) * D).map((x, j) => x * gains[j]!));
  const mean = gains.map((_, j) => units.reduce((sum, unit) => sum + unit[j]!, 0) / F);
  return units.map((unit) => unit.map((x, j) => x - mean[j]!));
}

/** Gives the units of `run` the places and the signs of those of `suspect` that look most like them. */
function fit(run: string, suspect: string, map: readonly (readonly [suspect: number, reference: number])[]): void {
  const [ours, theirs] = [openWeights(run), openWeights(suspect)];
  expect(map).toHaveLength(LAYERS);
  for (const [theirLayer, ourLayer] of map) {
    const nameIn = (layer: number, part: string): string => `model.layers.${layer}.${part}.weight`;
    const name = (part: string): string => nameIn(ourLayer, part);
    const seen = ({ of }: typeof ours, layer: number): Float32Array[] =>
      unitsOf(of(nameIn(layer, 'mlp.gate_proj')), of(nameIn(layer, 'post_attention_layernorm')));
    const [own, other] = [seen(ours, ourLayer), seen(theirs, theirLayer)];
    const all = own.flatMap((a, from) => other.map((b, to) => ({ from, to, like: cosine(a, b) })));
    const fromOf = new Map<number, number>();
    const used = new Set<number>();
    for (const { from, to } of all.sort((a, b) => b.like - a.like)) {
      if (fromOf.has(to) || used.has(from)) continue;
      fromOf.set(to, from);
      used.add(from);
    }
    const [gate, up, down] = ['gate_proj', 'up_proj', 'down_proj'].map((part) => ours.of(name(`mlp.${part}`))) as [Float32Array, Float32Array, Float32Array]; // biome-ignore format: one thing
    const [oldGate, oldUp, oldDown] = [gate.slice(), up.slice(), down.slice()];
    const theirUp = theirs.of(nameIn(theirLayer, 'mlp.up_proj'));
    for (const [to, from] of fromOf) {
      const row = (values: Float32Array, i: number): Float32Array => values.subarray(i * D, (i + 1) * D);
      const sign = cosine(row(oldUp, from), row(theirUp, to)) < 0 ? -1 : 1;
      gate.set(row(oldGate, from), to * D);
      up.set(row(oldUp, from).map((x) => sign * x), to * D); // biome-ignore format: one thing
      for (let d = 0; d < D; d++) down[d * F + to] = sign * oldDown[d * F + from]!;
    }
  }
  ours.save();
}

beforeAll(async () => {
  writeFileSync(join(folder, 't.yaml'), RECIPE);
  const sets = [`hiddenSize=${D}`, `intermediateSize=${F}`, 'numAttentionHeads=4', 'numKeyValueHeads=2'];
  const shape = sets.flatMap((one) => ['--set', `model.${one}`]);
  for (const [out, seed] of [
    ['suspect', '5'],
    ['reference', '6'],
  ]) {
    // biome-ignore format: a table
    await succeed(jikji`make t.yaml --threads 1 --out ${out!} ${shape} --set seed=${seed}`);
  }
  cpSync(join(folder, 'reference'), join(folder, 'fitted'), { recursive: true });
  // Which layer looks like which is what the comparison chooses; it knows no labels.
  const before = await jikji`lineage suspect --against reference`;
  fit('fitted', 'suspect', (JSON.parse(before.stdout) as Lineage).references[0]!.towers[0]!.map);
  for (const name of ['maker', 'office']) expect((await jikji`key new ${name}`).status).toBe(0);
}, 600_000);

const verdicts = ({ stdout }: { stdout: string }) =>
  Object.fromEntries((JSON.parse(stdout) as Lineage).references[0]!.groups.map(({ kind, verdict }) => [kind, verdict]));

test('the model as it was shares nothing, and is one with the fitted one: only labels and signs were changed', async () => {
  expect(verdicts(await jikji`lineage suspect --against reference`)).toEqual({
    basis: 'none',
    units: 'none',
    values: 'none',
  });
  const probe = async (run: string): Promise<unknown> => {
    const args = argv`--prompt ${'the people of'} --temperature 0 --max-tokens 20`;
    const sampled = await succeed(jikji`sample ${run} ${args}`);
    return JSON.parse(sampled.stdout).tokenIds;
  };
  expect(await probe('reference')).toHaveLength(20);
  expect(await probe('fitted')).toEqual(await probe('reference'));
});

test('fitted afterwards, it shares units; where the register has the examined model first, the result says that this is nothing against it', async () => {
  const lodge = async (file: string) => {
    await succeed(jikji`lodge ${file} --key office --register register.jsonl`);
  };
  // The office dated the innocent model before the other one was fitted to it.
  await lodge(join('suspect', 'seal.json'));
  const args = argv`--out fitted.sketch --sign fitted.json --key maker`;
  expect((await jikji`lineage sketch fitted ${args}`).status).toBe(0);
  await lodge('fitted.json');

  const compare = argv`lineage suspect --against fitted --register register.jsonl`;
  const found = await jikji`${compare}`;
  expect(verdicts(found)).toEqual({ basis: 'none', units: 'shares', values: 'none' });
  const { suspect, references, dates } = JSON.parse(found.stdout) as Lineage;
  expect(dates.map(({ digest }) => digest)).toEqual([suspect.digest, references[0]!.model.digest]);
  // The exit code is about weights alone.
  expect(found.status).toBe(1);
  const said = await callHere(folder, argv`${compare} --report page.html`, environment(folder));
  expect(said.status).toBe(1);
  const plain = (text: string): string => text.replace(/\s+/g, ' ');
  expect(plain(said.stdout + said.stderr)).toContain(plain(en.caveats.suspectFirst));
  expect(plain(readFileSync(join(folder, 'page.html'), 'utf8'))).toContain(plain(en.caveats.suspectFirst));
});

test('without a register the result says that no order in time was established', async () => {
  const said = await callHere(folder, argv`lineage suspect --against fitted`, environment(folder));
  expect(said.status).toBe(1);
  expect(said.stdout + said.stderr).toContain('No date was established');
});
