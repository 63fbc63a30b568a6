// The newest entries of the log, as a list.

import { wordFor } from '../../page-kit/index.ts';
import { aboutOf } from '../state/about.ts';
import { useConsole } from '../state/context.ts';
import type { LogEntry } from '../types.ts';
import { Time } from './small.tsx';

export function Feed({ entries, nameOf }: { entries: LogEntry[]; nameOf: (consortium: string) => string }) {
  const { words, format } = useConsole();
  return (
    <ol class="feed">
      {entries.map((entry) => (
        <li key={entry.seq}>
          <span class="seq">{format.count(entry.seq)}</span>
          <div>
            <p>{wordFor(words.kinds, entry.kind)}</p>
            <p class="about">
              {entry.withheld ? words.log.withheld : aboutOf(entry, format, nameOf)} <Time of={entry.time} ago />
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
