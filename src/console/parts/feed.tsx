// The newest entries of the log, as a list.

import { useConsole } from '../state/context.ts';
import { kindText, summarizeEntry } from '../state/entry-summary.ts';
import type { LogEntry } from '../types.ts';
import { Time } from './elements.tsx';

export function Feed({ entries }: { entries: LogEntry[] }) {
  const { words, format } = useConsole();
  return (
    <ol class="feed">
      {entries.map((entry) => (
        <li key={entry.seq}>
          <span class="seq">{format.count(entry.seq)}</span>
          <div>
            <p>{kindText(entry, words)}</p>
            <p class="about">
              {entry.withheld
                ? words.log.withheld
                : summarizeEntry(entry, format, { component: words.components, verdict: words.verdicts })}{' '}
              <Time of={entry.time} ago />
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
