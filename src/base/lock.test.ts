// Locks between processes: the error names the holder, a dead process holds nothing, and of many that try at once one takes the lock.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isLocked, takeLock } from './index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const FACE = new URL('./index.ts', import.meta.url).href;

/** A process that takes the lock, says `held` or the error's code, and holds it until its standard input ends. */
function holder(before = '') {
  const script = `const { takeLock } = await import(${JSON.stringify(FACE)});
${before}
try { const release = takeLock(${JSON.stringify(path)}, 'it'); console.log('held');
  process.stdin.on('end', () => { release(); process.exit(0); }).resume();
} catch (error) { console.log(error.code); process.exit(0); }`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
}

const said = async (child: ReturnType<typeof holder>) => String((await once(child.stdout, 'data'))[0]).trim();

test('a lock is taken, reported as taken, and released', () => {
  const release = takeLock(path, 'this run');
  expect(() => takeLock(path, 'this run')).toThrow(
    expect.objectContaining({ code: 'locked', message: `this run is in use by process ${process.pid}`, input: path }),
  );
  release();
  expect(readdirSync(folder)).toEqual([]);
  takeLock(path, 'x')();
});

test('another process holds a lock while it lives; a killed process holds nothing', async () => {
  const child = holder();
  expect(await said(child)).toBe('held');
  expect(() => takeLock(path, 'it')).toThrow(`it is in use by process ${child.pid}`);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  expect(existsSync(path)).toBe(true);
  takeLock(path, 'it')();
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['no process has this id', JSON.stringify({ pid: 2 ** 30, started: '1' })],
  ['nothing', ''],
  ['half a line', '{"pid":'],
  ['no process id', '{"pid":"x"}'],
  ['a process id that means a group', '{"pid":-1}'],
  ['zero', '{"pid":0}'],
  ['null', 'null'],
])('a stale lock: %s', (_, text) => {
  writeFileSync(path, text);
  takeLock(path, 'it')();
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('a reused process id does not block', () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: '1' }));
  const release = takeLock(path, 'it');
  // The start time is the one that the system tells.
  const stat = readFileSync('/proc/self/stat', 'utf8');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    pid: process.pid,
    started: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19],
    host: hostname(),
  });
  release();
});

test('a lock that another process has taken over is not released', () => {
  const release = takeLock(path, 'it');
  const other = JSON.stringify({ pid: 1, started: '1' });
  writeFileSync(path, other);
  release();
  expect(readFileSync(path, 'utf8')).toBe(other);
});

test('ten processes at once on a stale lock: one takes it', async () => {
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, started: '1' }));
  // All wait for the same file, so that they try together.
  const start = join(folder, 'start');
  const wait = `const { existsSync } = await import('node:fs'); console.error = () => {};
await new Promise((go) => { const look = () => (existsSync(${JSON.stringify(start)}) ? go() : setImmediate(look)); look(); });`;
  const children = Array.from({ length: 10 }, () => holder(wait));
  const answers = Promise.all(children.map(said));
  writeFileSync(start, '');
  expect((await answers).sort()).toEqual(['held', ...Array(9).fill('locked')]);
  const ended = Promise.all(children.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined)));
  for (const child of children) child.stdin.end();
  await ended;
  expect(readdirSync(folder)).toEqual(['start']);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written to', () => {
  chmodSync(folder, 0o555);
  expect(() => takeLock(path, 'it')).toThrow(expect.objectContaining({ code: 'not-writable' }));
  chmodSync(folder, 0o755);
});

test.skipIf(process.platform !== 'linux')(
  'a process of another machine holds a lock as long as it touches the file',
  () => {
    // No process here has its process id.
    writeFileSync(path, JSON.stringify({ pid: 2 ** 22 + 1, started: '1', host: 'node-7.elsewhere' }));
    expect(isLocked(path)).toBe(true);
    expect(() => takeLock(path, 'this run')).toThrow(
      expect.objectContaining({ code: 'locked', message: 'this run is in use by process 4194305 on node-7.elsewhere' }),
    );
    expect(readdirSync(folder)).toEqual(['lock']);
    const before = (seconds: number) => utimesSync(path, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);
    before(90);
    expect(isLocked(path)).toBe(true);
    before(110);
    expect(isLocked(path)).toBe(false);
    takeLock(path, 'this run')();
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('a held lock is touched; a lock that another process has taken is not', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const release = takeLock(path, 'it');
    utimesSync(path, 1, 1);
    vi.advanceTimersByTime(10_000);
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'node-7.elsewhere' }));
    utimesSync(path, 1, 1);
    vi.advanceTimersByTime(10_000);
    expect(statSync(path).mtimeMs).toBe(1000);
    release();
    expect(existsSync(path)).toBe(true);
    rmSync(path);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
