// Acts that create a programme: an empty one, or an example that comes with Jikji. Knows no stage.

import { userInfo } from 'node:os';
import { z } from 'zod';
import type { Json } from '../../ledger/index.ts';
import { EXAMPLES, loadExample } from '../examples/index.ts';
import { act, OFFICE } from './act.ts';
import * as refuse from './refusals/acts.ts';
import { registerRuleBook } from './rule-books.ts';
import { newId, team } from './shapes.ts';

/** The actor in the log for the user of the office's command line. */
export function officeActor(): string {
  let name = 'somebody';
  try {
    name = userInfo().username;
  } catch {
    // the system does not know the user
  }
  return `office:${name}`;
}

export const foundProgramme = act({
  summary: 'Begin a programme in an empty database',
  roles: OFFICE,
  input: z.strictObject({ id: newId, name: team.name, mode: z.enum(['practice', 'real']) }),
  async run(programme, { id, name, mode }, by) {
    const officeKey = (await by.signer()).fingerprint;
    const data = { id, name, mode, officeKey };
    await programme.record(by.actor, [{ kind: 'programme-created', data }]);
    return { id };
  },
});

/**
 * Fills an empty database with an example. The entries of a record are copied with their dates; a practice programme also gets an
 * office's key, and its rule books are registered.
 */
export const takeExample = act({
  summary: 'Fill an empty database with an example',
  roles: OFFICE,
  input: z.strictObject({ example: z.enum(EXAMPLES) }),
  async run(programme, { example: name }, by) {
    const [there] = programme.tables.all('programmes');
    if (there) throw refuse.programmeThere(programme.store.where, there.id);
    const { id, mode, events, ruleBooks } = loadExample(name, new Date().toISOString());
    const office = mode === 'record' ? undefined : await by.signer();
    for (let from = 0; from < events.length; ) {
      const { time, actor } = events[from]!;
      let to = from;
      while (events[to]?.time === time && events[to]?.actor === actor) to++;
      const proposals = events.slice(from, to).map(({ kind, data }) => {
        const key = office && kind === 'programme-created' ? { officeKey: office.fingerprint } : {};
        return { kind, data: { ...(data as object), ...key } as Json };
      });
      await programme.record(actor, proposals, time);
      from = to;
    }
    if (office)
      for (const { file, text } of ruleBooks)
        await registerRuleBook.run(programme, { text, file }, { ...by, signer: async () => office });
    return { id, mode };
  },
});
