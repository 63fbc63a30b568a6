// Shapes that many acts share. What the log's own kinds of entries check is not checked here a second time: texts have bounds so
// that no request is endless.

import { z } from 'zod';
import { citationShape as citation, idSchema, titleShape as title } from '../../formats/index.ts';

export { digest, text } from '../state/index.ts';
export { citation, title };

export const id = idSchema.meta({ examples: ['azalea'] });
/** A part of a rule book by its path or short name. */
export const part = z.string().min(1).max(200);
/** Points by team and criterion. */
export const marks = z.record(z.string().max(64), z.record(z.string().max(64), z.number()));

export const source = z.union([citation, z.array(citation).min(1).max(50), z.literal('not recorded')]);
