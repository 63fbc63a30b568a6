// The sessions in which a run was made, read from its `sessions.jsonl`. Verifies nothing, and skips unreadable lines.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../base/index.ts';
import { SESSIONS } from './paths.ts';

export interface Session {
  /** Steps done at its start and at its end; null if not stated. */
  from: number | null;
  to: number | null;
  /** The times as the file has them, ISO 8601; null if not stated. */
  start: string | null;
  end: string | null;
  /** Names of the machines; a machine that several ranks share stands once. Empty if not stated. */
  machines: string[];
}

/** A session takes two lines; a larger file is not read. */
const MAX_BYTES = 16 << 20;
const MAX_MACHINES = 10_000;
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const step = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null);

/** @param jsonl the text of `sessions.jsonl`; it has only the start of a session that was killed */
export function parseSessions(jsonl: string): Session[] {
  const sessions: Session[] = [];
  let open: Session | undefined;
  for (const line of jsonl.split('\n')) {
    let value: { [key: string]: unknown } | null;
    try {
      value = parseJson(line) as typeof value;
    } catch {
      continue;
    }
    if (value?.event === 'start') {
      const { device, machines } = value;
      const named = Array.isArray(machines) ? machines.slice(0, MAX_MACHINES) : [device];
      open = { from: step(value.from), to: null, start: text(value.start), end: null, machines: [] };
      open.machines = named.filter((name) => typeof name === 'string');
      sessions.push(open);
    } else if (value?.event === 'end' && open?.from === step(value.from)) {
      open.to = step(value.to);
      open.end = text(value.end);
      open = undefined;
    }
  }
  return sessions;
}

/** The sessions of a run; none where their file is missing or too large. */
export function readSessions(folder: string): Session[] {
  const file = join(folder, SESSIONS);
  try {
    return statSync(file).size <= MAX_BYTES ? parseSessions(readFileSync(file, 'utf8')) : [];
  } catch {
    return [];
  }
}
