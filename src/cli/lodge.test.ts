// The verbs key and lodge, and runs that wait for an office, from outside: exit codes, JSON, and a passphrase that stays secret.

import { spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callHere, MAIN } from './testing/bad-input.ts';

const PASSPHRASE = 'a-Word-Nobody-May-See';
const HEX = /^[0-9a-f]{64}$/;
let folder: string;
/** All that any process wrote to a screen. */
let screens = '';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface As {
  home?: string;
  passphrase?: string;
}

/** The environment of a user with a configuration of his own; `passphrase` is in it. */
function environmentOf({ home = 'maker', passphrase }: As): NodeJS.ProcessEnv {
  const own = (name: string) => join(folder, home, name);
  mkdirSync(own('tmp'), { recursive: true });
  return {
    NO_COLOR: '1',
    TMPDIR: own('tmp'),
    XDG_CONFIG_HOME: own('config'),
    XDG_STATE_HOME: own('state'),
    XDG_CACHE_HOME: own('cache'),
    JIKJI_PASSPHRASE: passphrase,
  };
}

/** Calls the command line. */
async function jikji(args: string[], as: As = {}): Promise<Ended> {
  const { status, stdout, stderr } = await callHere(folder, args, environmentOf(as));
  screens += stdout + stderr;
  return { code: status, stdout, stderr };
}

/** Calls it in a process of its own, which waits for somebody. */
function jikjiApart(args: string[], onStart: (end: () => void) => void = () => {}): Promise<Ended> {
  const env = { ...process.env, ...environmentOf({}) };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => {
    ended.stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    ended.stderr += piece;
  });
  onStart(() => child.kill('SIGINT'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      screens += ended.stdout + ended.stderr;
      resolve({ ...ended, code });
    });
  });
}

const office = (...args: string[]) => jikji(args, { home: 'office', passphrase: PASSPHRASE });
const errorOf = ({ stdout }: Ended) => JSON.parse(stdout).error.code;
const at = (name: string): string => join(folder, name);

/** Resolves when a file is there. */
function appears(parent: string, name: string): Promise<void> {
  mkdirSync(parent, { recursive: true });
  return new Promise((resolve) => {
    const watcher = watch(parent, look);
    function look(): void {
      if (!existsSync(join(parent, name))) return;
      watcher.close();
      resolve();
    }
    look();
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-cli-lodge-'));
  const line = (i: number) => `the ${i % 7} little words of line ${i * i} say ${i % 11} things`;
  for (let i = 0; i < 40; i++)
    writeFileSync(at(`t${i}.txt`), Array.from({ length: 9 }, (_, j) => line(i * 9 + j)).join('\n'));
  writeFileSync(
    at('recipe.yaml'),
    `name: tiny
seed: 1377
corpus: { sources: [{ files: "t*.txt", licence: CC0-1.0 }], validation: 0.2 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 }
train: { steps: 4, batchSize: 2, sequenceLength: 16, checkpointEvery: 2, validateEvery: 50, validationTokens: 100 }
`,
  );
  expect((await office('key', 'new', 'office', '--passphrase', '--json')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('key new, show, list: one JSON object each, none with the private key', async () => {
  const as = { home: 'someone' };
  expect(JSON.parse((await jikji(['key', 'list', '--json'], as)).stdout)).toEqual({ keys: [] });
  const made = await jikji(['key', 'new', '--json'], as);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const key = JSON.parse(made.stdout);
  expect(key).toEqual({
    name: 'default',
    fingerprint: expect.stringMatching(HEX),
    publicKey: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
    protected: false,
  });
  expect(JSON.parse((await jikji(['key', 'show', '--json'], as)).stdout)).toEqual(key);
  expect(JSON.parse((await jikji(['key', 'list', '--json'], as)).stdout)).toEqual({ keys: [key] });
  expect((await jikji(['key', 'show'], as)).stdout).toContain(key.fingerprint);
  expect((await jikji(['key', 'list'], as)).stdout).toContain(key.fingerprint);
  expect(statSync(join(folder, 'someone/config/jikji/keys/default.pem')).mode & 0o777).toBe(0o600);

  const again = await jikji(['key', 'new', '--json'], as);
  expect([again.code, errorOf(again)]).toEqual([2, 'key-exists']);
  const none = await jikji(['key', 'show', 'none', '--json'], as);
  expect([none.code, errorOf(none)]).toEqual([2, 'key-missing']);
  const bad = await jikji(['key', 'new', '../x', '--json'], as);
  expect([bad.code, errorOf(bad)]).toEqual([2, 'key-name']);
  expect(existsSync(join(folder, 'someone/config/jikji/x.pem'))).toBe(false);
  // No terminal for the question, and nothing made.
  const dumb = await jikji(['key', 'new', 'secret', '--passphrase', '--json'], as);
  expect([dumb.code, errorOf(dumb)]).toEqual([2, 'no-terminal']);
  expect(JSON.parse((await jikji(['key', 'list', '--json'], as)).stdout).keys).toHaveLength(1);
});

test('make --lodge wait: it waits for the answer, goes on, and the audit names the office', {
  timeout: 600_000,
}, async () => {
  const run = at('waiting');
  let ended = false;
  const making = jikjiApart(['make', 'recipe.yaml', '--out', 'waiting', '--lodge', 'wait', '--json']).finally(() => {
    ended = true;
  });
  await appears(run, 'request.json');
  expect(existsSync(join(run, 'genesis.json'))).toBe(false);
  expect(ended).toBe(false);
  const lodged = await office('lodge', 'waiting/request.json', '--key', 'office', '--json');
  expect(lodged.code).toBe(0);
  const answer = JSON.parse(lodged.stdout);
  expect(answer).toEqual({
    file: 'waiting/lodging.json',
    office: expect.stringMatching(HEX),
    maker: expect.stringMatching(HEX),
    nonce: expect.stringMatching(HEX),
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    fresh: true,
    answer: 1,
    register: { file: expect.stringContaining(answer.office), entry: 1, head: expect.stringMatching(HEX) },
  });
  const made = await making;
  expect(made.code).toBe(0);
  expect(JSON.parse(made.stdout)).toMatchObject({ steps: 4, head: expect.stringMatching(HEX) });
  expect(made.stderr).toContain('Waiting for the office');

  // Twice: the answer that is there stays, and is the one that the register has.
  const before = readFileSync(join(run, 'lodging.json'));
  const twice = await office('lodge', 'waiting/request.json', '--key', 'office', '--json');
  expect([twice.code, JSON.parse(twice.stdout)]).toEqual([0, { ...answer, fresh: false }]);
  expect((await office('lodge', 'waiting/request.json', '--key', 'office')).stdout).toContain('was answered before');
  expect(readFileSync(join(run, 'lodging.json')).equals(before)).toBe(true);
  // Anything else that is there is not overwritten, and nothing is added to a register for it.
  writeFileSync(at('other.json'), 'x');
  const lodge = ['lodge', 'waiting/request.json', '--key', 'office', '--json'];
  const other = await office(...lodge, '--out', 'other.json');
  expect([other.code, errorOf(other), readFileSync(at('other.json'), 'utf8')]).toEqual([2, 'file-exists', 'x']);
  const elsewhere = await office(...lodge, '--register', at('none.jsonl'));
  expect([elsewhere.code, errorOf(elsewhere), existsSync(at('none.jsonl'))]).toEqual([2, 'file-exists', false]);

  const seal = await office('lodge', 'waiting/seal.json', '--key', 'office');
  expect(seal.code).toBe(0);
  expect(seal.stdout).toContain(answer.maker.slice(0, 16));
  const audit = await jikji(['audit', 'waiting', '--office', answer.office, '--maker', answer.maker, '--json']);
  expect(audit.code).toBe(0);
  expect(JSON.parse(audit.stdout)).toMatchObject({
    verdict: 'holds',
    run: { office: answer.office, lodgedAt: answer.time },
  });
  expect((await jikji(['audit', 'waiting', '--office', answer.maker])).code).toBe(1);
});

test('a second request to an office shows at once, and in the audit through the register', async () => {
  const copy = (name: string): string => {
    cpSync(at('waiting'), at(name), { recursive: true });
    return name;
  };
  // The same file: the answer that it has.
  const same = await office('lodge', 'waiting/seal.json', '--key', 'office', '--out', 'same.json', '--json');
  expect(JSON.parse(same.stdout)).toMatchObject({ fresh: false, answer: 1, register: { entry: 2 } });
  expect(readFileSync(at('same.json')).equals(readFileSync(at('waiting/seal-lodging.json')))).toBe(true);
  // Another seal of the same run: made by who holds the maker's key.
  const other = copy('sealed-anew');
  rmSync(at(`${other}/result.json`));
  rmSync(at(`${other}/seal-lodging.json`));
  expect((await jikji(['make', 'recipe.yaml', '--out', other, '--resume', '--lodge', 'wait'])).code).toBe(0);
  const second = await office('lodge', `${other}/seal.json`, '--key', 'office');
  expect(second.code).toBe(0);
  expect(second.stdout).toContain('It is answer 2 to a seal of this run');
  const { register } = JSON.parse(same.stdout);
  const { file } = register;
  const audit = async (run: string, ...more: string[]) => {
    const ended = await jikji(['audit', run, '--register', file, ...more, '--json'], { home: 'auditor' });
    return { code: ended.code, found: JSON.parse(ended.stdout) };
  };
  const first = await audit('waiting');
  expect([first.code, first.found.verdict, first.found.register.entries]).toEqual([0, 'holds', 3]);
  const again = await audit(other);
  expect([again.code, again.found.verdict]).toEqual([1, 'incomplete']);
  const text = (await jikji(['audit', other, '--register', file], { home: 'auditor' })).stdout.replace(/\s+/g, ' ');
  expect(text).toContain('is answer 2 of 2 to seals of this run');
  expect(text).toContain(first.found.register.head);
  // With a head that others hold.
  const { head } = first.found.register;
  expect((await audit('waiting', '--register-head', head)).code).toBe(0);
  const elsewhere = await audit('waiting', '--register-head', 'ab'.repeat(32));
  expect([elsewhere.code, elsewhere.found.error.code]).toEqual([2, 'register-other-head']);
  // A register that came with the run is the maker's.
  copyFileSync(file, at('waiting/register.jsonl'));
  const own = await jikji(['audit', 'waiting', '--register', 'waiting/register.jsonl', '--json'], { home: 'auditor' });
  expect([own.code, errorOf(own)]).toEqual([2, 'usage']);
  rmSync(at('waiting/register.jsonl'));
  const alone = await jikji(['audit', 'waiting', '--register-head', head, '--json'], { home: 'auditor' });
  expect([alone.code, errorOf(alone)]).toEqual([2, 'usage']);
  // A seal without its genesis could be of any run.
  mkdirSync(at('apart'));
  copyFileSync(at('waiting/seal.json'), at('apart/seal.json'));
  const apart = await office('lodge', 'apart/seal.json', '--key', 'office', '--json');
  expect([apart.code, errorOf(apart)]).toEqual([2, 'genesis-missing']);
});

test('make --lodge FILE: it stops for the office, and goes on only with the answer to this request', async () => {
  const make = ['make', 'recipe.yaml', '--out', 'by-file', '--lodge', 'answer.json', '--json'];
  const stopped = await jikji(make);
  expect([stopped.code, errorOf(stopped)]).toEqual([2, 'lodging-missing']);
  expect(existsSync(at('by-file/genesis.json'))).toBe(false);
  // An answer to another request, and a file that is none.
  copyFileSync(at('waiting/lodging.json'), at('answer.json'));
  const other = await jikji([...make, '--resume']);
  expect([other.code, errorOf(other)]).toEqual([2, 'lodging-other']);
  copyFileSync(at('waiting/seal.json'), at('answer.json'));
  const wrong = await jikji([...make, '--resume']);
  expect([wrong.code, errorOf(wrong)]).toEqual([2, 'statement-broken']);
  rmSync(at('answer.json'));
  expect((await office('lodge', 'by-file/request.json', '--key', 'office', '--out', 'answer.json')).code).toBe(0);
  expect((await jikji([...make, '--resume'])).code).toBe(0);
  expect(readFileSync(at('by-file/lodging.json')).equals(readFileSync(at('answer.json')))).toBe(true);
  expect((await jikji(['audit', 'by-file'])).code).toBe(0);
});

test('Ctrl-C interrupts waiting for an office', async () => {
  let interrupt: () => void = () => {};
  const making = jikjiApart(['make', 'recipe.yaml', '--out', 'stopped', '--lodge', 'wait'], (end) => {
    interrupt = end;
  });
  await appears(at('stopped'), 'request.json');
  interrupt();
  expect((await making).code).toBe(130);
  expect(existsSync(at('stopped/genesis.json'))).toBe(false);
});

test.each([
  ['waiting/genesis.json', 'not-lodgeable'],
  ['waiting/recipe.yaml', 'not-lodgeable'],
  ['waiting/model/model.safetensors', 'not-lodgeable'],
  ['waiting', 'not-lodgeable'],
  ['nowhere.json', 'file-missing'],
])('lodge of %s is refused', async (file, code) => {
  const found = await office('lodge', file, '--key', 'office', '--out', 'refused.json', '--json');
  expect([found.code, errorOf(found)]).toEqual([2, code]);
  expect(existsSync(at('refused.json'))).toBe(false);
});

test('lodge of an altered request, without a key, with a wrong passphrase', async () => {
  writeFileSync(
    at('altered.json'),
    readFileSync(at('waiting/request.json'), 'utf8').replace(/"sig":"..../, '"sig":"MEUC'),
  );
  writeFileSync(at('altered.json'), readFileSync(at('altered.json'), 'utf8').replace('"payload":"', '"payload":"A'));
  const altered = await office('lodge', 'altered.json', '--key', 'office', '--out', 'refused.json', '--json');
  expect(altered.code).toBe(2);
  const lodge = ['lodge', 'waiting/request.json', '--key', 'office', '--out', 'refused.json', '--json'];
  const wrong = await jikji(lodge, { home: 'office', passphrase: 'something else' });
  expect([wrong.code, errorOf(wrong)]).toEqual([2, 'key-passphrase']);
  const none = await jikji(lodge, { home: 'office' });
  expect([none.code, errorOf(none)]).toEqual([2, 'no-terminal']);
  const missing = await office(...lodge.map((word) => (word === 'office' ? 'nobody' : word)));
  expect([missing.code, errorOf(missing)]).toEqual([2, 'key-missing']);
  const usage = await office('lodge', 'waiting/request.json', '--json');
  expect([usage.code, errorOf(usage)]).toEqual([2, 'usage']);
  expect(existsSync(at('refused.json'))).toBe(false);
});

test('audit of a bundle truncated at any place: exit code 2 and no files left', async () => {
  expect((await jikji(['bundle', 'waiting', '--out', 'whole.tar', '--json'])).code).toBe(0);
  const { size } = statSync(at('whole.tar'));
  for (const length of [0, 1, 511, 512, 1000, size >> 1, size - 1024, size - 512]) {
    copyFileSync(at('whole.tar'), at('cut.tar'));
    truncateSync(at('cut.tar'), length);
    const found = await jikji(['audit', 'cut.tar', '--json'], { home: 'auditor' });
    expect(found.code, `${length} bytes`).toBe(2);
    expect(errorOf(found), `${length} bytes`).toMatch(/^tar-/);
  }
  expect(readdirSync(at('auditor/tmp'))).toEqual([]);
});

test('a passphrase from the environment is not printed, and not in a file', () => {
  expect(screens.length).toBeGreaterThan(1000);
  expect(screens).not.toContain(PASSPHRASE);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (statSync(at(name)).isFile()) expect(readFileSync(at(name), 'latin1').includes(PASSPHRASE), name).toBe(false);
  }
});
