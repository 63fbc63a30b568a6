// A submission comes to a stage, from its consortium or through the office.

import { z } from 'zod';
import { submit as takeIn } from '../intake/index.ts';
import { act, OFFICE_OR_CONSORTIUM } from './act.ts';
import { id } from './shapes.ts';
import { requireOwn } from './visibility.ts';

export const submit = act({
  summary: 'Submit a bundle',
  who: OFFICE_OR_CONSORTIUM,
  input: z.strictObject({
    stage: id,
    consortium: id,
    /** Where it was made: a cluster of the catalogue. */
    cluster: id.optional(),
    /** A bundle or a run folder, on the office's machine; of what is sent, its name. */
    path: z.string().min(1),
    /** A bundle's bytes as they are sent; none is read where it would be refused anyway. */
    pieces: z.custom<AsyncIterable<Uint8Array>>().optional(),
    /** By default after consortium and digest. */
    id: id.optional(),
  }),
  async run(programme, given, by) {
    requireOwn(by, given.consortium);
    return takeIn(programme, by.files, { ...given, actor: by.actor, signal: by.signal });
  },
});
