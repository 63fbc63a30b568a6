// The event stream of a programme: numbers of new entries. It holds no data of entries: clients request what they may see.

import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type Api, EVERYBODY } from '../route.ts';
import { wholeIn } from '../shapes/common.ts';
import { lastEventId, streamEvents } from '../sse.ts';

const LOOK_MS = 500;

export function addEvents(api: Api): void {
  api.on(
    'get /api/programmes/{programme}/events',
    {
      summary: 'New entries of the log, as they come',
      roles: EVERYBODY,
      query: z.object({ after: wholeIn(0, Number.MAX_SAFE_INTEGER).optional() }),
      responseType: 'text/event-stream',
    },
    ({ programme, query, c }) => {
      let seen = lastEventId(c, query.after) ?? programme.head.seq;
      return streamEvents(c, api.context.signal, async function* (signal) {
        while (!signal.aborted) {
          const { seq } = programme.head;
          // A smaller number: the database was restored or replaced, and the client starts again.
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
