// What is lodged with the office of a programme, and what its register says of runs.

import { z } from 'zod';
import { lodgedRunShape } from '../../office/index.ts';
import { digest, id } from './common.ts';

export const answered = z.object({
  kind: z.enum(['request', 'head', 'seal']),
  /** The office's statement. */
  lodging: z.string(),
  /** False: it was answered before, and this is that answer. */
  fresh: z.boolean(),
  /** Its place in the register; null for an answer from before there was one. */
  entry: z.int().nullable(),
  /** 1 for the first answer to this. */
  answer: z.int().nullable(),
  /** Head of the register, with this answer. */
  head: digest.nullable(),
});

const { run, maker, ...answers } = lodgedRunShape.shape;
const lodgedRun = z
  .object({
    run,
    maker,
    /** Whose key that is in this programme, if anybody's. */
    consortium: id.nullable(),
    ...answers,
  })
  .meta({ id: 'LodgedRun' });

export const lodgings = z
  .object({
    /** Fingerprint of the office's key; null before it has answered anything. */
    office: digest.nullable(),
    /** Of the register. */
    head: digest.nullable(),
    entries: z.int(),
    runs: z.array(lodgedRun),
  })
  .meta({ id: 'Lodgings' });
