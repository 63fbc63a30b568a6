// A lock file that a crash does not leave behind: it names the holder by process id and start time. On a file system that machines
// share it names the machine too: whether a process of another one lives nobody here can know, so it shows by touching its lock.

import { closeSync, linkSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { JikjiError, writeFailure } from './errors.ts';

/** When a process started, in clock ticks since boot, or undefined where there is no such process or no /proc. */
function startTime(pid: number): string | undefined {
  try {
    // Field 22; the second field (the command in parentheses) may itself hold spaces and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

interface Holder {
  pid: number;
  started?: string;
  host?: string;
}

/** Elsewhere a machine's name changes with the network it is in; and clusters run Linux. */
const HOST = process.platform === 'linux' ? hostname() : undefined;

/** Milliseconds between touches, and without one after which the process of another machine counts as gone. */
const TOUCH = 10_000;
const SILENCE = 100_000;

const isElsewhere = ({ host }: Holder): boolean => host !== undefined && HOST !== undefined && host !== HOST;

/** Whether the holder of the lock at `path` lives; `now` by the clock of the lock's file system. */
function alive(holder: Holder, path: string, now: number): boolean {
  if (!isElsewhere(holder)) return isHolder(holder.pid, holder.started);
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
  return now - touched < SILENCE;
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isHolder(pid: number, started: string | undefined): boolean {
  if (!isRunning(pid)) return false;
  const now = startTime(pid);
  // A process id is used again after a while: the start time tells the holder from its successor.
  return now === undefined || started === undefined || now === started;
}

/** What a lock says that a process holds. */
export const lockText = (pid: number): string => JSON.stringify({ pid, started: startTime(pid), host: HOST });

/** Whether a living process holds the lock at `path`. Only looks. */
export function isLocked(path: string): boolean {
  const holder = parse(read(path) ?? '');
  return holder !== undefined && alive(holder, path, Date.now());
}

/** Whether this process holds the lock at `path`: one that was silent for long may have lost it to a process of another machine. */
export function holdsLock(path: string): boolean {
  try {
    return readFileSync(path, 'utf8') === lockText(process.pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'; // one that cannot be read now is not taken
  }
}

/**
 * Takes the lock at `path` or says who holds it. Returns the function that gives it back.
 * @throws JikjiError `locked`
 */
export function takeLock(path: string, what: string): () => void {
  const mine = lockText(process.pid);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const fd = openSync(draft, 'w');
    try {
      writeSync(fd, mine);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    rmSync(draft, { force: true });
    throw writeFailure(error, path);
  }
  const now = statSync(draft).mtimeMs;
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(draft, path); // atomic: fails where the lock is there, and never shows a half-written one
        const touching = setInterval(() => touch(path, mine), TOUCH).unref();
        return () => {
          clearInterval(touching);
          try {
            if (read(path) === mine) rmSync(path, { force: true });
          } catch {
            // A disk that became read-only is told by whoever wrote to it; this lock ends with the process that it names.
          }
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(error, path);
      }
      const text = read(path);
      if (text === undefined) continue;
      const holder = parse(text);
      if (holder && alive(holder, path, now)) {
        const elsewhere = isElsewhere(holder);
        throw new JikjiError(
          'locked',
          `${what} is in use by process ${holder.pid}${elsewhere ? ` on ${holder.host}` : ''}`,
          path,
          `wait until it ends, or stop that process${elsewhere ? '; where that machine is gone, wait two minutes' : ''}`,
        );
      }
      breakLock(path, text, draft);
    }
    throw new JikjiError('locked', `${what} is in use`, path, 'wait until the other process ends');
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes a lock that a crash left behind. One process at a time, by a lock of its own: else the second could remove what the
 * first has just put in its place.
 */
function breakLock(path: string, text: string, draft: string): void {
  const mark = `${path}.break.tmp`;
  try {
    linkSync(draft, mark);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(error, path);
    const other = parse(read(mark) ?? '');
    if (!other || !alive(other, mark, statSync(draft).mtimeMs)) rmSync(mark, { force: true });
    return;
  }
  try {
    if (read(path) === text) rmSync(path, { force: true });
  } finally {
    rmSync(mark, { force: true });
  }
}

function touch(path: string, mine: string): void {
  try {
    if (read(path) === mine) utimesSync(path, new Date(), new Date());
  } catch {
    // the file system may be away for a while
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
