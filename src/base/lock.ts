// A lock file that a crash does not leave behind: it names the holder by process id and start time.

import { closeSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
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

function alive(pid: number, started: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startTime(pid);
  // A process id is used again after a while: the start time tells the holder from its successor.
  return now === undefined || started === undefined || now === started;
}

/** What a lock says that a process holds. */
export const lockText = (pid: number): string => JSON.stringify({ pid, started: startTime(pid) });

/** Whether a living process holds the lock at `path`. Only looks. */
export function isLocked(path: string): boolean {
  const holder = parse(read(path) ?? '');
  return holder !== undefined && alive(holder.pid, holder.started);
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
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(draft, path); // atomic: fails where the lock is there, and never shows a half-written one
        return () => {
          if (read(path) === mine) rmSync(path, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(error, path);
      }
      const text = read(path);
      if (text === undefined) continue;
      const holder = parse(text);
      if (holder && alive(holder.pid, holder.started)) {
        throw new JikjiError(
          'locked',
          `${what} is in use by process ${holder.pid}`,
          path,
          'wait until it ends, or stop that process',
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
    if (!other || !alive(other.pid, other.started)) rmSync(mark, { force: true });
    return;
  }
  try {
    if (read(path) === text) rmSync(path, { force: true });
  } finally {
    rmSync(mark, { force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): { pid: number; started?: string } | undefined {
  try {
    const holder = JSON.parse(text);
    return Number.isSafeInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}
