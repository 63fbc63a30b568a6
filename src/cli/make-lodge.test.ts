// `make --lodge URL` with the programme's own server on loopback: the whole run is in the register, even if the server is unreachable during
// training, and the audit with that register holds.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { audit } from '../audit/index.ts';
import { argv, typed } from '../base/testing/argv.ts';
import { type MakeEvent, makeRun, parseRecipe } from '../foundry/index.ts';
import { loadSigner, newKey, Register, type Signer } from '../ledger/index.ts';
import { TestServer } from '../program/api/testing/api.ts';
import { HttpOffice } from './office-client.ts';
import { registerFrom } from './register-source.ts';
import { callHere } from './testing/bad-input.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'jikji-make-lodge-'));
const server = new TestServer();
let gate: Server;
let url: string;
/** Whether the server is away: connections break off. */
let isAway = false;
/** Called for each request, before it is answered or broken off. */
let onRequest: () => void = () => {};
let token: string;
let maker: Signer;
const offices: HttpOffice[] = [];
let runs = 0;
const comesBack = (): void => {
  isAway = false;
};

const RECIPE_TEXT = {
  name: 'tiny',
  seed: 1377,
  corpus: { sources: [{ files: 'texts', licence: 'CC0-1.0' }], validation: 0.2 },
  tokenizer: { vocabSize: 300 },
  model: { hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 },
  train: {
    steps: 12,
    batchSize: 2,
    sequenceLength: 16,
    checkpointEvery: 2,
    keepEvery: 1,
    validateEvery: 50,
    validationTokens: 100,
  },
};
const RECIPE = parseRecipe(JSON.stringify(RECIPE_TEXT), { file: 'r.yaml' });

beforeAll(async () => {
  const line = (i: number) => `the ${i % 7} little words of line ${i * i} say ${i % 11} things`;
  mkdirSync(join(folder, 'texts'));
  for (let i = 0; i < 40; i++)
    writeFileSync(join(folder, 'texts', `t${i}.txt`), Array.from({ length: 9 }, (_, j) => line(i * 9 + j)).join('\n'));
  await server.begin();
  newKey('team');
  maker = loadSigner('team');
  await server.office.say('consortium-key-named', { consortium: 'a', key: maker.fingerprint });
  const { user } = server.sessions.get('consortium')!.viewer;
  token = (await server.users.newToken(user!, { name: 'training', days: 1 })).token;
  const listener = getRequestListener((request) => server.application.app.fetch(request));
  gate = createServer((request, response) => {
    onRequest();
    if (isAway) return void request.socket.destroy();
    // The server is called by the name that it was begun with.
    const at = request.rawHeaders.findIndex((name) => name.toLowerCase() === 'host');
    request.rawHeaders[at + 1] = 'localhost:1377';
    request.headers.host = 'localhost:1377';
    void listener(request, response);
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}/programmes/test`;
});
afterEach(async () => {
  isAway = false;
  onRequest = () => {};
  await Promise.all(offices.splice(0).map((office) => office.close()));
});
afterAll(async () => {
  gate.closeAllConnections();
  await new Promise((resolve) => gate.close(resolve));
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Making {
  out?: string;
  resume?: boolean;
  seed?: number;
  signal?: AbortSignal;
  given?: string;
  onEvent?: (event: MakeEvent) => void;
}

/** Makes a run of a name of its own, so that the office has not seen it; says its notes. */
async function make({ out, resume = false, seed = runs, signal, given = token, onEvent }: Making = {}) {
  const notes: string[] = [];
  const office = new HttpOffice(url, given);
  offices.push(office);
  const run = out ?? join(folder, `run-${runs++}`);
  const made = makeRun({
    recipe: { ...RECIPE, seed },
    recipeFolder: folder,
    out: run,
    threads: 1,
    resume,
    signer: maker,
    office,
    signal: signal ?? new AbortController().signal,
    onEvent: (event) => {
      if (event.kind === 'note') notes.push(event.text);
      onEvent?.(event);
    },
  });
  await made;
  return { run, notes };
}

const entries = async () => {
  const { text } = await registerFrom(url, undefined);
  return Register.read(text, url).entries;
};
/** What the office answered since there were `from` entries. */
const since = async (from: number) =>
  (await entries()).slice(from).map(({ kind, step }) => (kind === 'head' ? step : kind));
const size = async () => (await entries().catch(() => [])).length;

test('the request, each kept state and the seal; the audit by the register holds', async () => {
  const { run, notes } = await make();
  expect(await since(0)).toEqual(['request', 2, 4, 6, 8, 10, 12, 'seal']);
  expect(notes.join('\n')).toMatch(/^Lodged with office /m);
  expect(notes.join('\n')).not.toContain(token);
  expect(existsSync(join(run, 'seal-lodging.json'))).toBe(true);
  const register = await registerFrom(url, undefined);
  const found = await audit({ folder: run, threads: 1, maker: maker.fingerprint, register });
  expect(found.verdict).toBe('holds');
  expect(found.checks.at(-1)!.detail).toContain('request in entry 1, 6 heads during the training, seal in entry 8');
});

test('the server goes away while it trains, and comes back: nothing is lost', async () => {
  const before = await size();
  let refused = 0;
  let trained = false;
  // The server comes back after training has ended and one request has failed.
  onRequest = () => {
    if (!isAway) return;
    refused++;
    if (trained) queueMicrotask(comesBack);
  };
  const { run } = await make({
    onEvent: (event) => {
      if (event.kind === 'step' && event.step === 3) isAway = true;
      if (event.kind !== 'stage' || event.stage !== 'model') return;
      trained = true;
      if (refused > 0) isAway = false;
    },
  });
  expect(refused).toBeGreaterThan(0);
  const answered = await since(before);
  expect(answered.filter((one) => typeof one === 'number').toSorted((a, b) => Number(a) - Number(b))).toEqual([
    2, 4, 6, 8, 10, 12,
  ]);
  expect([answered[0], answered.at(-1)]).toEqual(['request', 'seal']);
  expect(existsSync(join(run, 'seal-lodging.json'))).toBe(true);
});

test('away to the end: the run is made, and --resume lodges what is left, once', async () => {
  const before = await size();
  const stopping = new AbortController();
  const out = join(folder, 'left');
  // It was the last thing that it waited for: the result is written by then.
  onRequest = () => {
    if (existsSync(join(out, 'result.json'))) stopping.abort();
  };
  const { notes } = await make({
    out,
    seed: 100,
    signal: stopping.signal,
    onEvent: (event) => {
      if (event.kind === 'step' && event.step === 1) isAway = true;
    },
  });
  isAway = false;
  expect(await since(before)).toEqual(['request']);
  expect(notes.at(-1)).toContain('--resume to lodge the rest');
  expect(existsSync(join(out, 'seal-lodging.json'))).toBe(false);
  onRequest = () => {};
  await make({ out, seed: 100, resume: true });
  expect(await since(before)).toEqual(['request', 2, 4, 6, 8, 10, 12, 'seal']);
  // Once more: there is nothing left.
  await make({ out, seed: 100, resume: true });
  expect(await since(before)).toEqual(['request', 2, 4, 6, 8, 10, 12, 'seal']);
});

test('stopped midway and gone on with: each head once', async () => {
  const before = await size();
  const stopping = new AbortController();
  const out = join(folder, 'stopped');
  const stopped = make({
    out,
    seed: 200,
    signal: stopping.signal,
    onEvent: (event) => {
      if (event.kind === 'step' && event.step === 5) stopping.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  await make({ out, seed: 200, resume: true });
  const answered = await since(before);
  expect(answered.filter((one) => typeof one === 'number').toSorted((a, b) => Number(a) - Number(b))).toEqual([
    2, 4, 6, 8, 10, 12,
  ]);
  expect([answered[0], answered.at(-1)]).toEqual(['request', 'seal']);
  const sessions = readFileSync(join(out, 'sessions.jsonl'), 'utf8');
  expect(sessions.match(/"event":"lodged"/g)).toHaveLength(6);
});

test('a token that is not known: before step 1 it ends there, and the token is in no word of it', async () => {
  const wrong = 'a-token-that-nobody-may-see';
  const error = await make({ given: wrong, seed: 300 }).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'log-in' });
  const { message, input, hint, stack } = error as Error & { input: string; hint: string };
  expect([message, input, hint, stack].join()).not.toContain(wrong);
});

test('a key that is not the team’s is refused', async () => {
  newKey('another');
  const office = new HttpOffice(url, token);
  offices.push(office);
  const made = makeRun({
    recipe: { ...RECIPE, seed: 400 },
    recipeFolder: folder,
    out: join(folder, 'another'),
    threads: 1,
    resume: false,
    signer: loadSigner('another'),
    office,
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  await expect(made).rejects.toMatchObject({ code: 'forbidden' });
});

test('by the command line: the token is in no word of it, and the audit takes the register from there', {
  timeout: 600_000,
}, async () => {
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify({ ...RECIPE_TEXT, seed: 500 }));
  const file = join(folder, 'token');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  const apart = typed(async (args) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = { stdout: '', stderr: '', code: null as number | null };
    child.stdout.on('data', (piece) => (ended.stdout += piece));
    child.stderr.on('data', (piece) => (ended.stderr += piece));
    ended.code = (await once(child, 'close'))[0];
    expect(ended.stdout + ended.stderr).not.toContain(token);
    return ended;
  });
  const here = typed(async (args) => {
    const { status: code, ...said } = await callHere(folder, args, {});
    expect(said.stdout + said.stderr).not.toContain(token);
    return { code, ...said };
  });
  const before = await size();
  const make = argv`make recipe.json --out by-call --key team --lodge ${url} --json`;
  const made = await apart`${make} --office-token ${file}`;
  expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('Lodged with office')]);
  expect(await since(before)).toEqual(['request', 2, 4, 6, 8, 10, 12, 'seal']);
  const audited = await here`audit by-call --register ${url} --json`;
  const found = JSON.parse(audited.stdout);
  expect([audited.code, found.verdict, found.register.entries]).toEqual([0, 'holds', before + 8]);
  // No token: it says so before anything is made, and ends.
  const none = await here`${make.with(3, 'by-nobody')}`;
  expect([none.code, JSON.parse(none.stdout).error.code]).toEqual([2, 'log-in']);
  const wrong = await here`make recipe.json --out x --lodge http://office.example/programmes/test --json`;
  expect([wrong.code, JSON.parse(wrong.stdout).error.code]).toEqual([2, 'office-address']);
  const alone = await here`make recipe.json --out x --office-token ${file} --json`;
  expect([alone.code, JSON.parse(alone.stdout).error.code]).toEqual([2, 'usage']);
});
