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
import { argv, typed } from '../base/testing/argv.ts';
import {
  callHere,
  environmentAt,
  errorOf,
  MAIN,
  type Outcome,
  succeed,
  tinyRecipe,
  writeLines,
} from './testing/bad-input.ts';

const PASSPHRASE = 'a-Word-Nobody-May-See';
const HEX = /^[0-9a-f]{64}$/;
let folder: string;
/** All that any process wrote to a screen. */
let screens = '';

interface As {
  home?: string;
  passphrase?: string;
}

const environmentOf = ({ home = 'maker', passphrase }: As): NodeJS.ProcessEnv => ({
  ...environmentAt(join(folder, home)),
  JIKJI_PASSPHRASE: passphrase,
});

/** Calls the command line. */
async function jikji(args: string[], as: As = {}): Promise<Outcome> {
  const ended = await callHere(folder, args, environmentOf(as));
  screens += ended.stdout + ended.stderr;
  return ended;
}

/** Calls it in a process of its own, which waits for somebody. */
function jikjiApart(args: string[], onStart: (end: () => void) => void = () => {}): Promise<Outcome> {
  const env = { ...process.env, ...environmentOf({}) };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Outcome = { status: null, stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => {
    ended.stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    ended.stderr += piece;
  });
  onStart(() => child.kill('SIGINT'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      screens += ended.stdout + ended.stderr;
      resolve({ ...ended, status });
    });
  });
}

const office = typed((args) => jikji(args, { home: 'office', passphrase: PASSPHRASE }));
/** A call that is refused with this code. */
const refused = async (call: Promise<Outcome>, code: string) => expect(errorOf(await call).code).toBe(code);
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
  writeLines(folder);
  writeFileSync(at('recipe.yaml'), tinyRecipe(4));
  await succeed(office`key new office --passphrase --json`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('key new, show, list: one JSON object each, none with the private key', async () => {
  const as = { home: 'someone' };
  expect(JSON.parse((await jikji(argv`key list --json`, as)).stdout)).toEqual({ keys: [] });
  const made = await jikji(argv`key new --json`, as);
  expect(made).toMatchObject({ status: 0, stderr: '' });
  const key = JSON.parse(made.stdout);
  expect(key).toEqual({
    name: 'default',
    fingerprint: expect.stringMatching(HEX),
    publicKey: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
    protected: false,
  });
  expect(JSON.parse((await jikji(argv`key show --json`, as)).stdout)).toEqual(key);
  expect(JSON.parse((await jikji(argv`key list --json`, as)).stdout)).toEqual({ keys: [key] });
  expect((await jikji(['key', 'show'], as)).stdout).toContain(key.fingerprint);
  expect((await jikji(['key', 'list'], as)).stdout).toContain(key.fingerprint);
  expect(statSync(join(folder, 'someone/config/jikji/keys/default.pem')).mode & 0o777).toBe(0o600);

  await refused(jikji(argv`key new --json`, as), 'key-exists');
  await refused(jikji(argv`key show none --json`, as), 'key-missing');
  await refused(jikji(argv`key new ../x --json`, as), 'key-name');
  expect(existsSync(join(folder, 'someone/config/jikji/x.pem'))).toBe(false);
  // No terminal for the question, and nothing made.
  await refused(jikji(argv`key new secret --passphrase --json`, as), 'no-terminal');
  expect(JSON.parse((await jikji(argv`key list --json`, as)).stdout).keys).toHaveLength(1);
});

test('make --lodge wait: it waits for the answer, goes on, and the audit names the office', {
  timeout: 600_000,
}, async () => {
  const run = at('waiting');
  let ended = false;
  const making = jikjiApart(argv`make recipe.yaml --out waiting --lodge wait --json`).finally(() => {
    ended = true;
  });
  await appears(run, 'request.json');
  expect(existsSync(join(run, 'genesis.json'))).toBe(false);
  expect(ended).toBe(false);
  const lodged = await succeed(office`lodge waiting/request.json --key office --json`);
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
  const made = await succeed(making);
  expect(JSON.parse(made.stdout)).toMatchObject({ steps: 4, head: expect.stringMatching(HEX) });
  expect(made.stderr).toContain('Waiting for the office');

  // Twice: the answer that is there stays, and is the one that the register has.
  const before = readFileSync(join(run, 'lodging.json'));
  const twice = await office`lodge waiting/request.json --key office --json`;
  expect([twice.status, JSON.parse(twice.stdout)]).toEqual([0, { ...answer, fresh: false }]);
  expect((await office`lodge waiting/request.json --key office`).stdout).toContain('was answered before');
  expect(readFileSync(join(run, 'lodging.json')).equals(before)).toBe(true);
  // Anything else that is there is not overwritten, and nothing is added to a register for it.
  writeFileSync(at('other.json'), 'x');
  const lodge = argv`lodge waiting/request.json --key office --json`;
  await refused(office`${lodge} --out other.json`, 'file-exists');
  expect(readFileSync(at('other.json'), 'utf8')).toBe('x');
  await refused(office`${lodge} --register ${at('none.jsonl')}`, 'file-exists');
  expect(existsSync(at('none.jsonl'))).toBe(false);

  const seal = await succeed(office`lodge waiting/seal.json --key office`);
  expect(seal.stdout).toContain(answer.maker.slice(0, 16));
  const audit = await succeed(jikji(argv`audit waiting --office ${answer.office} --maker ${answer.maker} --json`));
  expect(JSON.parse(audit.stdout)).toMatchObject({
    verdict: 'holds',
    run: { office: answer.office, lodgedAt: answer.time },
  });
  expect((await jikji(argv`audit waiting --office ${answer.maker}`)).status).toBe(1);
});

test('a second request to an office shows at once, and in the audit through the register', async () => {
  const copy = (name: string): string => {
    cpSync(at('waiting'), at(name), { recursive: true });
    return name;
  };
  // The same file: the answer that it has.
  const same = await office`lodge waiting/seal.json --key office --out same.json --json`;
  expect(JSON.parse(same.stdout)).toMatchObject({ fresh: false, answer: 1, register: { entry: 2 } });
  expect(readFileSync(at('same.json')).equals(readFileSync(at('waiting/seal-lodging.json')))).toBe(true);
  // Another seal of the same run: made by who holds the maker's key.
  const other = copy('sealed-anew');
  rmSync(at(`${other}/result.json`));
  rmSync(at(`${other}/seal-lodging.json`));
  await succeed(jikji(argv`make recipe.yaml --out ${other} --resume --lodge wait`));
  const second = await succeed(office`lodge ${other}/seal.json --key office`);
  expect(second.stdout).toContain('It is answer 2 to a seal of this run');
  const { register } = JSON.parse(same.stdout);
  const { file } = register;
  const audit = async (run: string, ...more: string[]) => {
    const ended = await jikji(argv`audit ${run} --register ${file} ${more} --json`, { home: 'auditor' });
    return { status: ended.status, found: JSON.parse(ended.stdout) };
  };
  const first = await audit('waiting');
  expect([first.status, first.found.verdict, first.found.register.entries]).toEqual([0, 'holds', 3]);
  const again = await audit(other);
  expect([again.status, again.found.verdict]).toEqual([1, 'incomplete']);
  const text = (await jikji(argv`audit ${other} --register ${file}`, { home: 'auditor' })).stdout.replace(/\s+/g, ' ');
  expect(text).toContain('is answer 2 of 2 to seals of this run');
  expect(text).toContain(first.found.register.head);
  // With a head that others hold.
  const { head } = first.found.register;
  expect((await audit('waiting', '--register-head', head)).status).toBe(0);
  const elsewhere = await audit('waiting', '--register-head', 'ab'.repeat(32));
  expect([elsewhere.status, elsewhere.found.error.code]).toEqual([2, 'register-other-head']);
  // A register that came with the run is the maker's.
  copyFileSync(file, at('waiting/register.jsonl'));
  await refused(jikji(argv`audit waiting --register waiting/register.jsonl --json`, { home: 'auditor' }), 'usage');
  rmSync(at('waiting/register.jsonl'));
  await refused(jikji(argv`audit waiting --register-head ${head} --json`, { home: 'auditor' }), 'usage');
  // A seal without its genesis could be of any run.
  mkdirSync(at('apart'));
  copyFileSync(at('waiting/seal.json'), at('apart/seal.json'));
  await refused(office`lodge apart/seal.json --key office --json`, 'genesis-missing');
});

test('make --lodge FILE: it stops for the office, and goes on only with the answer to this request', async () => {
  const make = argv`make recipe.yaml --out by-file --lodge answer.json --json`;
  await refused(jikji(make), 'lodging-missing');
  expect(existsSync(at('by-file/genesis.json'))).toBe(false);
  // An answer to another request, and a file that is none.
  copyFileSync(at('waiting/lodging.json'), at('answer.json'));
  await refused(jikji([...make, '--resume']), 'lodging-other');
  copyFileSync(at('waiting/seal.json'), at('answer.json'));
  await refused(jikji([...make, '--resume']), 'statement-broken');
  rmSync(at('answer.json'));
  await succeed(office`lodge by-file/request.json --key office --out answer.json`);
  await succeed(jikji([...make, '--resume']));
  expect(readFileSync(at('by-file/lodging.json')).equals(readFileSync(at('answer.json')))).toBe(true);
  await succeed(jikji(['audit', 'by-file']));
});

test('Ctrl-C interrupts waiting for an office', async () => {
  let interrupt: () => void = () => {};
  const making = jikjiApart(argv`make recipe.yaml --out stopped --lodge wait`, (end) => {
    interrupt = end;
  });
  await appears(at('stopped'), 'request.json');
  interrupt();
  expect((await making).status).toBe(130);
  expect(existsSync(at('stopped/genesis.json'))).toBe(false);
});

test.each([
  ['waiting/genesis.json', 'not-lodgeable'],
  ['waiting/recipe.yaml', 'not-lodgeable'],
  ['waiting/model/model.safetensors', 'not-lodgeable'],
  ['waiting', 'not-lodgeable'],
  ['nowhere.json', 'file-missing'],
])('lodge of %s is refused', async (file, code) => {
  await refused(office`lodge ${file} --key office --out refused.json --json`, code);
  expect(existsSync(at('refused.json'))).toBe(false);
});

test('lodge of an altered request, without a key, with a wrong passphrase', async () => {
  writeFileSync(
    at('altered.json'),
    readFileSync(at('waiting/request.json'), 'utf8').replace(/"sig":"..../, '"sig":"MEUC'),
  );
  writeFileSync(at('altered.json'), readFileSync(at('altered.json'), 'utf8').replace('"payload":"', '"payload":"A'));
  const altered = await office`lodge altered.json --key office --out refused.json --json`;
  expect(altered.status).toBe(2);
  const lodge = argv`lodge waiting/request.json --key office --out refused.json --json`;
  await refused(jikji(lodge, { home: 'office', passphrase: 'something else' }), 'key-passphrase');
  await refused(jikji(lodge, { home: 'office' }), 'no-terminal');
  await refused(office`${lodge.map((word) => (word === 'office' ? 'nobody' : word))}`, 'key-missing');
  await refused(office`lodge waiting/request.json --json`, 'usage');
  expect(existsSync(at('refused.json'))).toBe(false);
});

test('audit of a bundle truncated at any place: exit code 2 and no files left', async () => {
  await succeed(jikji(argv`bundle waiting --out whole.tar --json`));
  const { size } = statSync(at('whole.tar'));
  for (const length of [0, 1, 511, 512, 1000, size >> 1, size - 1024, size - 512]) {
    copyFileSync(at('whole.tar'), at('cut.tar'));
    truncateSync(at('cut.tar'), length);
    const found = await jikji(argv`audit cut.tar --json`, { home: 'auditor' });
    expect(errorOf(found).code, `${length} bytes`).toMatch(/^tar-/);
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
