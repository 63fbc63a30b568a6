// A disk that fills up at any moment of a run: exit code 2 with the name of the disk, finished files stay whole, and with more space --resume
// gives the same bits. The disk is a small tmpfs; its size decides where it is full.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { skipped } from '../base/testing/skipped.ts';
import { call, checkpoints, errorOf, rootOf, succeed, tree, workFolder } from './testing/bad-input.ts';
import { mount, noSmallDisk } from './testing/small-disk.ts';

const SWEEP = process.env.JIKJI_TORTURE ? 200 : 5;
const SETS = ['steps=60', 'checkpointEvery=20', 'validateEvery=30'].flatMap((set) => ['--set', `train.${set}`]);

const folder = workFolder();
let disk: string;
/** The same run where there is room: its folder. */
let straight: string;
let page: number;

const sized = (pages: number) => `size=${pages * page}`;

const skip = skipped('a full disk', noSmallDisk());

beforeAll(async () => {
  if (skip) return;
  straight = `${folder}.home/straight`;
  mkdirSync(`${folder}.home`);
  await succeed(call(folder, argv`make t.yaml --out ${straight} ${SETS}`));
});
beforeEach(() => {
  if (skip) return;
  disk = mkdtempSync(join(tmpdir(), 'jikji-disk-'));
  expect(mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk).status).toBe(0);
  page = statfsSync(disk).bsize;
});
afterEach(() => {
  if (skip) return;
  spawnSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true });
});

/** Pages that files of the straight run take, by a pattern of their names. */
function pages(pattern: RegExp): number {
  const names = Object.keys(tree(straight)).filter((name) => pattern.test(name));
  const sizes = names.map((name) => statSync(join(straight, name))).filter((stat) => stat.isFile());
  return sizes.reduce((sum, { size }) => sum + Math.ceil(size / page), 0);
}

/** Makes the run on a disk of so many pages; where it is full, more room must bring the run to its end. Gives where it was full. */
async function fill(size: number): Promise<string | undefined> {
  expect(mount('-o', `remount,${sized(size)}`, disk).status).toBe(0);
  const out = join(disk, 'run');
  const make = (...args: string[]) => call(folder, argv`make t.yaml --out ${out} ${SETS} ${args}`);
  const first = await make();
  let place: string | undefined;
  if (first.status !== 0) {
    const error = errorOf(first);
    expect(error).toMatchObject({ code: 'disk-full', message: 'the disk is full' });
    expect(error.input.startsWith(disk)).toBe(true);
    expect(error.hint).toContain('--resume');
    place = error.input.slice(out.length + 1);
    whole(out);
    // No room yet: the same again, and still nothing is lost.
    const kept = checkpoints(out);
    expect(errorOf(await make('--resume')).code).toBe('disk-full');
    expect(checkpoints(out)).toEqual(expect.arrayContaining(kept));
    whole(out);
    expect(mount('-o', 'remount,size=64m', disk).status).toBe(0);
    await succeed(make('--resume'));
  }
  expect(rootOf(out)).toBe(rootOf(straight));
  for (const name of ['transcript.jsonl', 'validation.jsonl', 'model/model.safetensors', 'corpus/manifest.json']) {
    expect(readFileSync(join(out, name)).equals(readFileSync(join(straight, name))), name).toBe(true);
  }
  expect(Object.keys(tree(out))).toEqual(Object.keys(tree(straight)));
  return place;
}

/** Files of a folder that this process still holds open. */
const openOn = (place: string): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const to = readlinkSync(`/proc/self/fd/${fd}`);
      return to.startsWith(place) ? [to] : [];
    } catch {
      return []; // closed meanwhile
    }
  });

/** Every checkpoint there is one of the straight run's, to the byte; nothing half-written and no lock lies about. */
function whole(out: string): void {
  expect(openOn(disk)).toEqual([]);
  const there = Object.entries(tree(disk));
  expect(there.filter(([name]) => /\.tmp(\/|$)|lock/.test(name))).toEqual([]);
  const wanted = tree(straight);
  const is = ([name, what]: [string, string]) => what !== wanted[name.replace(/^run\//, '')];
  const files = there.filter(
    ([name, what]) => /^run\/(checkpoints|corpus|tokenizer)\//.test(name) && !what.startsWith('folder'),
  );
  expect(files.filter(is)).toEqual([]);
  expect(checkpoints(out)).toEqual(checkpoints(straight).slice(0, checkpoints(out).length));
}

// Locks and sessions take a page each.
const BEFORE_TRAINING = /^(recipe\.yaml|corpus\/.*|tokenizer\/.*|genesis\.json|sessions\.jsonl)$/;
const STEP = (step: number) => new RegExp(`^checkpoints/step-0000${step}/`);

test.skipIf(skip).each<[string, () => number, RegExp]>([
  ['at once', () => 1, /^(recipe\.yaml|lock|corpus.*)$/],
  ['in the corpus', () => 10, /^corpus$/],
  [
    'in the tokens',
    () => 2 + pages(/^corpus\/.*(jsonl|manifest\.json)$/) + pages(/^tokenizer/) + 3,
    /^corpus\/.*\.bin$/,
  ],
  ['in the first checkpoint', () => 1 + pages(BEFORE_TRAINING) + 2 + 40, /^checkpoints\/step-000020$/],
  [
    'in the third checkpoint',
    () => 1 + pages(BEFORE_TRAINING) + 6 + 2 * pages(STEP(20)) + 40,
    /^checkpoints\/step-000060$/,
  ],
  ['in the transcript', () => 1 + pages(BEFORE_TRAINING) + 1, /^transcript\.jsonl$/],
  [
    'in the transcript after a checkpoint',
    () => 1 + pages(BEFORE_TRAINING) + pages(STEP(20)) + 2 + 1,
    /^(transcript|validation)\.jsonl$/,
  ],
  ['in the model', () => 1 + pages(/^(?!model|seal|result)/) + 10, /^model$/],
  ['in the seal or the result', () => 1 + pages(/^(?!seal|result)/), /^(seal|result)\.json$/],
])('full %s', async (_, size, place) => {
  expect(await fill(size())).toMatch(place);
});

test.skipIf(skip)(`full at ${SWEEP} sizes from nothing to enough`, { timeout: 1_200_000 }, async () => {
  const all = pages(/./) + 2;
  const places = new Set<string | undefined>();
  for (let i = 0; i <= SWEEP; i++) {
    places.add(await fill(Math.max(1, Math.round((all * i) / SWEEP))));
    for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  }
  expect(places.has(undefined)).toBe(true);
  expect(places.size).toBeGreaterThan(3);
});
