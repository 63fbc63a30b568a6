// The cost of viewing runs: reading a curve of a million steps, whole and in part, and how long that blocks other requests; and the
// processor time that 200 open pages of a run, over HTTP, take from the process that trains it.
// usage: npm run bench:watching -- [--steps N] [--pairs N]; exit code 1 where a limit is not kept

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { workFolder } from '../checks/work-folder.ts';
import { lines } from '../src/ledger/testing/transcript.ts';
import { serve } from '../src/program/api/index.ts';
import { Runs } from '../src/program/runs/index.ts';
import { median } from './table.ts';

const MAX_FIRST_MS = 3000;
const MAX_NEXT_MS = 50;
const MAX_BLOCKED_MS = 50;
/** Share of its time; the measurement is noisy. */
const MAX_COST = 1.03;
const PAGES = 200;
/** The requests of a page of a run beside its events, and how often it sends them. */
const ASKED = [
  ['', 10_000],
  ['/evidence', 30_000],
] as const;
const REPEATED = 9;

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '1000000' }, pairs: { type: 'string', default: '5' } },
});
const steps = Number(values.steps);

const folder = workFolder('bench-curve');
for (const name of ['CONFIG', 'STATE', 'CACHE']) process.env[`XDG_${name}_HOME`] = join(folder, name);

let kept = true;
const printLimit = (name: string, value: number, limit: number, { unit = 'ms', digits = 0 } = {}) => {
  kept &&= value < limit;
  const verdict = value < limit ? 'kept' : 'NOT KEPT';
  console.log(`${name.padEnd(44)} ${value.toFixed(digits)} ${unit} (under ${limit}: ${verdict})`);
};

function writeRun(run: string) {
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'recipe.yaml'), `name: long\ntrain:\n  steps: ${steps}\n`);
  const fd = openSync(join(run, 'transcript.jsonl'), 'w');
  let text = '';
  for (const record of lines(steps)) {
    text += record;
    if (text.length < 1 << 20) continue;
    writeSync(fd, text);
    text = '';
  }
  writeSync(fd, text);
  closeSync(fd);
  mkdirSync(join(folder, 'STATE', 'jikji'), { recursive: true });
  writeFileSync(
    join(folder, 'STATE', 'jikji', 'runs.jsonl'),
    `${JSON.stringify({ formatVersion: 1, folder: run, noted: new Date().toISOString() })}\n`,
    { flag: 'a' },
  );
}

/** Milliseconds of `work`, and the longest time in it that blocked the event loop. */
async function timed(work: () => Promise<unknown>) {
  const begun = performance.now();
  let last = begun;
  let blocked = 0;
  let turn: NodeJS.Immediate;
  const look = () => {
    const now = performance.now();
    blocked = Math.max(blocked, now - last);
    last = now;
    turn = setImmediate(look);
  };
  turn = setImmediate(look);
  await work();
  clearImmediate(turn);
  const now = performance.now();
  return { ms: now - begun, blocked: Math.max(blocked, now - last) };
}

async function reading(runs: Runs) {
  const run = join(folder, 'long');
  writeRun(run);
  const { id } = (await runs.list())[0]!;
  console.log(
    `${steps.toLocaleString('en')} steps, ${(statSync(join(run, 'transcript.jsonl')).size / 1e6).toFixed(0)} MB`,
  );
  const first = await timed(() => runs.curves.curve(id, { points: 2000 }));
  printLimit('first time, 2000 points', first.ms, MAX_FIRST_MS);
  printLimit('  others wait at most', first.blocked, MAX_BLOCKED_MS);
  for (const [what, from, to] of [
    ['all of it again', 1, steps],
    ['a tenth', 0.4 * steps, 0.5 * steps],
    ['1000 single steps', 0.7 * steps, 0.7 * steps + 999],
  ] as const) {
    const times: number[] = [];
    for (let i = 0; i < REPEATED; i++)
      times.push((await timed(() => runs.curves.curve(id, { from, to, points: 2000 }))).ms);
    printLimit(what, median(times), MAX_NEXT_MS, { digits: 1 });
  }
}

/** A page of a run, as in the console: loads its data, follows the events, and reloads from time to time. */
async function page(url: string, token: string, signal: AbortSignal) {
  const ask = (path: string) => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` }, signal });
  const asking = ASKED.map(async ([path, every]) => {
    while (!signal.aborted) {
      await (await ask(path)).text();
      await setTimeout(every, undefined, { signal });
    }
  });
  const following = async () => {
    const { last } = (await (await ask('/curve?points=600')).json()) as { last: number };
    const events = await ask(`/events?after=${last}`);
    for await (const _ of events.body!) {
      // drawn by a browser, elsewhere
    }
  };
  await Promise.all([...asking, following()]);
}

/** Processor seconds of a training in a separate process, with this many open pages of its run. */
async function training({ runs, url, token }: Watching, name: string, pages: number) {
  const out = join(folder, name);
  const args = [join(import.meta.dirname, '../src/foundry/runs/testing/train.ts'), folder, out];
  const child = spawn(process.execPath, ['--no-warnings', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [begun] = await once(child.stdout, 'data');
  if (String(begun) !== 'begun\n') throw new Error(`the training said ${begun}`);
  const ending = new AbortController();
  const id = (await runs.list()).find((run) => runs.folder(run.id) === out)?.id ?? (await later(runs, out));
  const open = Array.from({ length: pages }, () =>
    page(`${url}/api/runs/${id}`, token, ending.signal).catch((error) => {
      if (!ending.signal.aborted) throw error;
    }),
  );
  const [said] = await once(child.stdout, 'data');
  ending.abort();
  await Promise.all(open);
  return Number(said);
}

interface Watching {
  runs: Runs;
  url: string;
  token: string;
}

/** A separate server, and a token for its office. */
async function served() {
  const nobody = () => Promise.reject(new Error('nothing is signed here'));
  const server = await serve({
    places: [{ where: { folder: join(folder, 'database') }, files: join(folder, 'files') }],
    office: { signer: nobody, signerAtHand: async () => undefined, newSigner: nobody },
    version: '0',
    host: '127.0.0.1',
    port: 0,
    orNext: false,
    threads: 1,
    onTrouble: console.error,
  });
  const post = async (path: string, body: object, cookie = '') => {
    const headers = { 'content-type': 'application/json', origin: server.url, ...(cookie && { cookie }) };
    const response = await fetch(`${server.url}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    return response;
  };
  const who = { token: server.first!.split('#')[1], user: 'bench', name: 'Bench', password: 'a long enough one' };
  const accepted = await post('/invitations/accept', who);
  const cookie = accepted.headers.get('set-cookie')!.split(';')[0]!;
  const made = await post('/tokens', { name: 'bench' }, cookie);
  const { token } = (await made.json()) as { token: string };
  return { url: server.url, token, close: server.close };
}

async function later(runs: Runs, out: string) {
  for (;;) {
    const found = (await runs.list()).find((run) => runs.folder(run.id) === out);
    if (found) return found.id;
    await setTimeout(100);
  }
}

async function watching(runs: Runs) {
  const { url, token, close } = await served();
  const ratios: number[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const seconds: number[] = [];
    // In turn first and second.
    for (const pages of pair % 2 ? [PAGES, 0] : [0, PAGES])
      seconds[pages === 0 ? 0 : 1] = await training({ runs, url, token }, `run-${pair}-${pages}`, pages);
    ratios.push(seconds[1]! / seconds[0]!);
  }
  await close();
  console.log(`each pair: ${ratios.map((ratio) => ratio.toFixed(3)).join(', ')}`);
  printLimit(`training with ${PAGES} open pages, to without`, median(ratios), MAX_COST, {
    unit: 'times the processor',
    digits: 3,
  });
}

const runs = new Runs({ threads: 1 });
try {
  await reading(runs);
  await watching(runs);
  if (!kept) process.exitCode = 1;
} finally {
  await runs.close();
}
