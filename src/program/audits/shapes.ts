// Shapes of audits for pages. A verdict never stands without its reach and what is known of the data, in both languages.

import { z } from 'zod';
import { digest } from '../state/index.ts';

const claim = z
  .object({
    /** The verdict and its reach, in a few words. */
    word: z.string(),
    headline: z.string(),
    /** How much was trained again, and what that shows. */
    reach: z.string(),
    /** What the weights were built on; null where they were drawn. */
    beginning: z.string().nullable(),
    /** What is known of the data. */
    data: z.string(),
    /** How much could be forged unnoticed; null if that does not apply to the verdict. */
    room: z.string().nullable(),
  })
  .meta({ id: 'Claim' });
const claims = z.object({ en: claim, ko: claim });
export type Claims = z.infer<typeof claims>;

const verdict = z.enum(['holds', 'refuted', 'incomplete']);

export const shownAuditShape = z
  .object({
    verdict,
    /** Whether another program trained it: then only its evidence was looked at, and the verdict is never `holds`. */
    witnessed: z.boolean(),
    /** Null, like all figures below, if an older log recorded only the verdict, or if another program trained it. */
    extent: z.enum(['all', 'sampled', 'self']).nullable(),
    data: z.enum(['sources', 'texts', 'maker']).nullable(),
    /** Share of the steps that were trained again. */
    share: z.number().nullable(),
    /** Chance of detecting a single forged segment. */
    chance: z.number().nullable(),
    /** Share of the movement in segments that could be forged with an even chance of no detection. */
    room: z.number().nullable(),
    claim: claims,
  })
  .meta({ id: 'ShownAudit' });
export type ShownAudit = z.infer<typeof shownAuditShape>;

/** The joined result of all signed audits of a submission. */
export const joinedShape = z
  .object({
    /** `consistent`, and the extent `none`: only of a run that another program trained. */
    verdict: z.enum(['holds', 'consistent', 'disputed', 'incomplete']),
    extent: z.enum(['all', 'sampled', 'none']),
    /** Whether another program trained it. */
    witnessed: z.boolean(),
    claim: claims,
    seal: z.string(),
    steps: z.int(),
    /** Steps that were trained again. */
    trained: z.int(),
    segments: z.int(),
    chance: z.number().nullable(),
    room: z.number().nullable(),
    auditors: z.array(z.object({ key: digest, by: z.string(), segments: z.int(), steps: z.int() })),
    /** All reports; `reason` is set for a report that does not count, and `ko` is the reason in Korean, where there is one. */
    reports: z.array(
      z.object({
        digest,
        by: z.string(),
        key: digest,
        verdict: z.string(),
        reason: z.string().nullable(),
        ko: z.string().exactOptional(),
      }),
    ),
    /** Ranges of segments, from 1, with the same auditors, by their index in `auditors`. */
    spans: z.array(z.object({ from: z.int(), to: z.int(), steps: z.int(), by: z.array(z.int()) })),
  })
  .meta({ id: 'JoinedAudits' });
export type JoinedAudits = z.infer<typeof joinedShape>;

/** A part of a run: first and last segment, counted from 1. `segments`: number of all segments of the run. */
export const partShape = z.object({
  from: z.int(),
  to: z.int(),
  steps: z.int(),
  /** Share of all steps. */
  share: z.number(),
  segments: z.int(),
});
export type Part = z.infer<typeof partShape>;
