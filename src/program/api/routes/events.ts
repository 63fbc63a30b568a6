// What happens in a programme, as it happens: numbers and kinds of new entries, and that the office's work moved. What the entries say
// is asked for by those to whom it may be told.

import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type Api, EVERYBODY } from '../route.ts';
import { wholeIn } from '../shapes/common.ts';
import { lastSeen, sent } from '../sse.ts';

const LOOK_MS = 500;

export function addEvents(api: Api): void {
  api.on(
    'get /api/programmes/{programme}/events',
    {
      summary: 'New entries of the log, as they come',
      who: EVERYBODY,
      query: z.object({ after: wholeIn(0, Number.MAX_SAFE_INTEGER).optional() }),
      gives: 'text/event-stream',
    },
    ({ programme, query, c }) => {
      let seen = lastSeen(c, query.after) ?? programme.head.seq;
      return sent(c, api.context.signal, async function* (signal) {
        while (!signal.aborted) {
          const { seq } = programme.head;
          // A database that was put back, or another one under this address: begin anew.
          if (seq !== seen) {
            yield { event: 'entries', data: { from: Math.min(seen, seq) + 1, to: seq }, id: String(seq) };
            seen = seq;
          }
          await setTimeout(LOOK_MS, undefined, { signal }).catch(() => {});
        }
      });
    },
  );
}
