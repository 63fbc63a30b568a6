// Shapes of lodgings: the office's answers, and runs in its register.

import { z } from 'zod';
import { lodgedRunShape } from '../../office/index.ts';
import { digest, id } from './common.ts';

export const answered = z.object({
  kind: z.enum(['request', 'head', 'hand-over', 'seal', 'model']),
  /** The office's statement. */
  lodging: z.string(),
  /** False: this is an earlier answer to the same file. */
  fresh: z.boolean(),
  /** Its number in the register; null for an answer older than the register. */
  entry: z.int().nullable(),
  /** 1 for the first answer to a run's request or seal. */
  answer: z.int().nullable(),
  /** Head of the register after this answer. */
  head: digest.nullable(),
});

const { run, maker, ...answers } = lodgedRunShape.shape;
const lodgedRun = z
  .object({
    run,
    maker,
    /** The consortium with the maker's key; null if there is none. */
    consortium: id.nullable(),
    ...answers,
  })
  .meta({ id: 'LodgedRun' });

export const lodgings = z
  .object({
    /** Fingerprint of the office's key; null before its first answer. */
    office: digest.nullable(),
    /** Head of the register. */
    head: digest.nullable(),
    entries: z.int(),
    runs: z.array(lodgedRun),
  })
  .meta({ id: 'Lodgings' });

export const registerPage = z
  .object({
    /** Fingerprint of the office's key; null before its first answer. */
    office: digest.nullable(),
    /** Head of the register: the link of its last entry. */
    head: digest.nullable(),
    /** Number of its entries. */
    count: z.int(),
    /** In order. */
    entries: z.array(
      z.object({
        entry: z.int(),
        answer: z.int(),
        kind: z.enum(['request', 'head', 'hand-over', 'seal', 'model']),
        /** By the office's clock. */
        time: z.string(),
        maker: digest,
        /** The consortium with the maker's key; null if there is none. */
        consortium: id.nullable(),
        step: z.int().nullable(),
        /** Link of the transcript; null for requests and models. */
        head: digest.nullable(),
        /** Digest of the file that was lodged. */
        lodged: digest,
        /** What answers are counted by: the run, or the model. */
        subject: digest,
        link: digest,
      }),
    ),
  })
  .meta({ id: 'Register' });

export const registerHead = z.object({
  /** The entry after which the register had this head, 0 for its beginning; null: it never had it. */
  entry: z.int().nullable(),
  /** Number of its entries now. */
  count: z.int(),
});
