// What happens in a programme, as it happens: numbers and kinds of new entries, and that the office's work moved. What the entries say
// is asked for by those to whom it may be told.

import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type Context, shownAs } from '../context.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { wholeIn } from '../shapes/common.ts';
import { lastSeen, sent } from '../sse.ts';
import { inProgramme } from './programmes.ts';

const LOOK_MS = 500;

export function addEvents(api: Api, context: Context): void {
  api.on(
    {
      method: 'get',
      path: '/api/programmes/{programme}/events',
      summary: 'New entries of the log, as they come',
      who: EVERYBODY,
      params: inProgramme,
      query: z.object({ after: wholeIn(0, Number.MAX_SAFE_INTEGER).optional() }),
      gives: 'text/event-stream',
    },
    ({ params, query, c }) => {
      const { programme } = shownAs(context, params.programme);
      let seen = lastSeen(c, query.after) ?? programme.head.seq;
      return sent(c, context.signal, async function* (signal) {
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
