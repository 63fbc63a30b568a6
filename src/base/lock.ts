// A lock file that does not outlive its holder: it names the holder by process id, start time and machine. On a shared file system a
// process of another machine cannot be looked up, so every holder touches its lock to show that it lives.

import { linkSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { JikjiError, systemCode, writeFailure } from './errors.ts';

/** Start time of a process in clock ticks since boot, or undefined without such a process or without /proc. */
function startTime(pid: number): string | undefined {
  // Field 22; the second field (the command in parentheses) may itself contain spaces and parentheses.
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

interface Holder {
  pid: number;
  started?: string;
  host?: string;
}

/** Only on Linux, as clusters are: on other systems the name of a machine changes with its network. */
const HOST = process.platform === 'linux' ? hostname() : undefined;

/** The time between touches, and the time without one after which a holder on another machine counts as gone. */
const TOUCH_MS = 10_000;
const MAX_SILENCE_MS = 100_000;

const isElsewhere = ({ host }: Holder): boolean => host !== undefined && HOST !== undefined && host !== HOST;

/** Whether the holder of the lock at `path` lives. `now` is the time of the lock's file system. */
function isAlive(holder: Holder, path: string, now: number): boolean {
  if (!isElsewhere(holder)) return isHolder(holder.pid, holder.started);
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
  return now - touched < MAX_SILENCE_MS;
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function isHolder(pid: number, started: string | undefined): boolean {
  if (!isRunning(pid)) return false;
  const now = startTime(pid);
  // Process ids are reused: the start time tells the holder from a later process.
  return now === undefined || started === undefined || now === started;
}

/** The content of a lock that a process holds. */
export const lockText = (pid: number): string => JSON.stringify({ pid, started: startTime(pid), host: HOST });

/** Whether a living process holds the lock at `path`. Changes nothing. */
export function isLocked(path: string): boolean {
  const holder = parse(read(path) ?? '');
  return holder !== undefined && isAlive(holder, path, Date.now());
}

/** Whether this process still holds the lock at `path`: after a long silence a process of another machine may have taken it. */
export function holdsLock(path: string): boolean {
  try {
    return readFileSync(path, 'utf8') === lockText(process.pid);
  } catch (error) {
    return systemCode(error) !== 'ENOENT'; // a lock that cannot be read now still counts as held
  }
}

/**
 * Takes the lock at `path`; `name` is the locked thing, for messages. Returns the function that releases it.
 * @throws JikjiError `locked`, which names the holder; `disk-full`, `disk-broken` or `not-writable`
 */
export function takeLock(path: string, name: string): () => void {
  const own = lockText(process.pid);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, own);
  } catch (error) {
    rmSync(draft, { force: true });
    throw writeFailure(error, path);
  }
  const now = statSync(draft).mtimeMs;
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(draft, path); // atomic: fails where the lock exists, and never shows a half-written lock
        const touching = setInterval(() => touch(path, own), TOUCH_MS).unref();
        return () => {
          clearInterval(touching);
          try {
            if (read(path) === own) rmSync(path, { force: true });
          } catch {
            // The disk became read-only, which other writes report. The lock ends with this process.
          }
        };
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw writeFailure(error, path);
      }
      const text = read(path);
      if (text === undefined) continue;
      const holder = parse(text);
      if (holder && isAlive(holder, path, now)) {
        const elsewhere = isElsewhere(holder);
        throw new JikjiError(
          'locked',
          `${name} is in use by process ${holder.pid}${elsewhere ? ` on ${holder.host}` : ''}`,
          path,
          `wait until it ends, or stop that process${elsewhere ? '; if that machine is gone, wait two minutes' : ''}`,
        );
      }
      breakLock(path, text, draft);
    }
    throw new JikjiError('locked', `${name} is in use`, path, 'wait until the other process ends');
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes the lock of a crashed process. A second lock lets in one process at a time: otherwise a process could remove the lock that
 * another one has just taken.
 */
function breakLock(path: string, text: string, draft: string): void {
  const mark = `${path}.break.tmp`;
  try {
    linkSync(draft, mark);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw writeFailure(error, path);
    const other = parse(read(mark) ?? '');
    if (!other || !isAlive(other, mark, statSync(draft).mtimeMs)) rmSync(mark, { force: true });
    return;
  }
  try {
    if (read(path) === text) rmSync(path, { force: true });
  } finally {
    rmSync(mark, { force: true });
  }
}

function touch(path: string, own: string): void {
  try {
    if (read(path) === own) utimesSync(path, new Date(), new Date());
  } catch {
    // the file system may be unavailable for a while
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, started, host } = JSON.parse(text);
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, started, ...(typeof host === 'string' ? { host } : {}) };
  } catch {
    return undefined;
  }
}
