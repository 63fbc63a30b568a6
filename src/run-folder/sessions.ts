// The sessions in which a run was made, as its `sessions.jsonl` has them. Nothing is verified, and unreadable
// lines are skipped.

export interface Session {
  /** Steps that were done when it began and when it ended; null where that is not said. */
  from: number | null;
  to: number | null;
  /** As they are written, ISO 8601; null where they are not said. */
  start: string | null;
  end: string | null;
  /** How the machines name themselves, one that several ranks share once; empty where that is not said. */
  machines: string[];
}

const MAX_MACHINES = 10_000;
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const step = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null);

/** @param jsonl the text of `sessions.jsonl`; of a session that was killed only the start is in it */
export function parseSessions(jsonl: string): Session[] {
  const sessions: Session[] = [];
  let open: Session | undefined;
  for (const line of jsonl.split('\n')) {
    let value: { [key: string]: unknown } | null;
    try {
      value = JSON.parse(line);
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
