// What is said of audits: never a verdict without how far it reaches and what is known of the data, in both languages.

import { z } from 'zod';
import { digest } from '../state/index.ts';

const claim = z
  .object({
    /** The verdict in a word, and how far it reaches. */
    word: z.string(),
    headline: z.string(),
    /** How much was trained again, and what that is worth. */
    reach: z.string(),
    /** What is known of the data. */
    data: z.string(),
    /** How much a forger can have planted; null where the verdict leaves nothing to say of that. */
    room: z.string().nullable(),
  })
  .meta({ id: 'Claim' });
const claims = z.object({ en: claim, ko: claim });
export type Claims = z.infer<typeof claims>;

const verdict = z.enum(['holds', 'refuted', 'incomplete']);

export const shownAuditShape = z
  .object({
    verdict,
    /** Null, as all figures that follow, where an older log recorded no more than the verdict. */
    extent: z.enum(['all', 'sampled', 'self']).nullable(),
    data: z.enum(['sources', 'texts', 'maker']).nullable(),
    /** Of the steps that were trained again. */
    share: z.number().nullable(),
    /** That a single forged segment would have been seen. */
    chance: z.number().nullable(),
    /** Share of the way that lies in segments that can have been forged unseen with an even chance. */
    room: z.number().nullable(),
    claim: claims,
  })
  .meta({ id: 'ShownAudit' });
export type ShownAudit = z.infer<typeof shownAuditShape>;

/** What the signed audits of a submission come to together. */
export const joinedShape = z
  .object({
    verdict: z.enum(['holds', 'disputed', 'incomplete']),
    extent: z.enum(['all', 'sampled']),
    claim: claims,
    seal: z.string(),
    steps: z.int(),
    /** Steps that somebody trained again. */
    trained: z.int(),
    segments: z.int(),
    chance: z.number().nullable(),
    room: z.number().nullable(),
    auditors: z.array(z.object({ key: digest, by: z.string(), segments: z.int(), steps: z.int() })),
    /** Those that do not count with the reason. */
    reports: z.array(
      z.object({ digest, by: z.string(), key: digest, verdict: z.string(), reason: z.string().nullable() }),
    ),
    /** Neighbouring segments, from 1, that the same auditors (by their place in the list) trained again. */
    spans: z.array(z.object({ from: z.int(), to: z.int(), steps: z.int(), by: z.array(z.int()) })),
  })
  .meta({ id: 'JoinedAudits' });
export type Joined = z.infer<typeof joinedShape>;

/** A part of a run: numbers of segments from 1, both included; `segments`: all of the run. */
export const partShape = z.object({
  from: z.int(),
  to: z.int(),
  steps: z.int(),
  /** Of all steps. */
  share: z.number(),
  segments: z.int(),
});
export type Part = z.infer<typeof partShape>;
