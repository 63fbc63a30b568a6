// The act that submits a bundle or a run folder to a stage, for a consortium or the office.

import { z } from 'zod';
import { submit as takeIn } from '../intake/index.ts';
import { act, OFFICE_OR_CONSORTIUM } from './act.ts';
import { id } from './shapes.ts';
import { requireOwn } from './visibility.ts';

export const submit = act({
  summary: 'Submit a bundle',
  roles: OFFICE_OR_CONSORTIUM,
  input: z.strictObject({
    stage: id,
    consortium: id.describe('whose it is'),
    cluster: id.optional().describe('where it was made: a cluster of the catalogue'),
    /** On the office's machine; for an upload, its name in errors. */
    path: z.string().min(1).describe('a bundle that "jikji bundle" made, or a run folder'),
    /** The chunks of an uploaded bundle. Nothing is read if the submission is refused anyway. */
    pieces: z.custom<AsyncIterable<Uint8Array>>().optional(),
    id: id.optional().describe('what it is called (default: after consortium and digest)'),
  }),
  async run(programme, given, by) {
    requireOwn(by, given.consortium);
    return takeIn(programme, by.files, { ...given, actor: by.actor, signal: by.signal });
  },
});
