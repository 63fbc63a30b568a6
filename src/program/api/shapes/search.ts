// Shapes of the search.

import { z } from 'zod';
import { FOUND_KINDS } from '../../search/index.ts';
import { id, title } from './common.ts';

/** Characters of a question. */
const MAX_QUESTION = 100;

export const asked = z.object({
  q: z.string().max(MAX_QUESTION),
  /** Its pages and deeds are found, and its things come first among equals. */
  programme: id.optional(),
});

const hit = z.object({
  /** Null: of the server. */
  programme: z.string().nullable(),
  /** Null for pages and deeds. */
  id: z.string().nullable(),
  /** Of an entry its kind, as the log names it. */
  title,
  /** What it belongs to. */
  about: z.array(title),
  /** The form on its page. */
  act: z.string().nullable(),
  /** What the path of its page names: an id, or the digest of a rule book. */
  of: z.string().nullable(),
  /** The page, where its kind does not say it. */
  page: z.string().nullable(),
});

export const answer = z
  .object({
    /** The best group first, and in each the best hit. `count`: of all that this viewer may see, of which the first are here. */
    groups: z.array(z.object({ kind: z.enum(FOUND_KINDS), count: z.int(), hits: z.array(hit) })),
  })
  .meta({ id: 'Search' });
