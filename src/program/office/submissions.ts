// A submission comes to a stage, from its consortium or through the office.

import { z } from 'zod';
import { admission, submit as takeIn } from '../intake/index.ts';
import type { Programme } from '../programme/index.ts';
import { act, type By, OFFICE_OR_CONSORTIUM } from './act.ts';
import { id } from './shapes.ts';
import { requireOwn } from './visibility.ts';

/** What would be refused anyway is refused before its bytes come. Returns how many may come. @throws JikjiError as `submit` */
export function bytesAdmitted(
  programme: Programme,
  asked: { stage: string; consortium: string; cluster?: string | undefined },
  by: By,
): number {
  requireOwn(by, asked.consortium);
  return admission(programme, asked);
}

export const submit = act({
  summary: 'Submit a bundle',
  who: OFFICE_OR_CONSORTIUM,
  input: z.strictObject({
    stage: id,
    consortium: id,
    /** Where it was made: a cluster of the catalogue. */
    cluster: id.optional(),
    /** A bundle or a run folder, on the office's machine. */
    path: z.string().min(1),
    /** By default after consortium and digest. */
    id: id.optional(),
  }),
  async run(programme, given, by) {
    requireOwn(by, given.consortium);
    return takeIn(programme, by.files, { ...given, actor: by.actor, signal: by.signal });
  },
});
