// Input shapes that several acts share. They bound the length of texts; the log checks the content.

import { z } from 'zod';
import { citationShape, idSchema, isOneDirection, titleShape } from '../../formats/index.ts';
import { deviceHours, instant } from '../state/index.ts';

export { digest, text } from '../state/index.ts';

/** What is said from now on; the log holds what was said before. */
const DIRECTION = 'has marks that change the direction of text: leave them out';
export const title = titleShape.refine((of) => Object.values(of).every(isOneDirection), DIRECTION);
export const citation = citationShape
  .refine((of) => Object.values(of).every(isOneDirection), DIRECTION)
  .refine(({ url }) => url === undefined || /^https?:\/\/[^\s]+$/i.test(url), {
    message: 'must be an address that begins with https:// or http://',
    path: ['url'],
  });

/** Characters of a whole file in an input. */
export const MAX_FILE_LENGTH = 1 << 20;

export const id = idSchema.meta({ examples: ['azalea'] });
/** The id of a new thing. */
export const newId = id.describe('lower-case letters, digits and hyphens');
/** What founds a team: an application, or a consortium without a call. */
export const team = {
  id: newId,
  name: title.describe('its name'),
  lead: id.describe('who leads it'),
  members: z.array(id).max(100).default([]),
};
/** The log also rejects days that no calendar has. */
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a day such as 2026-01-15');
/** Path or short name of a part of the rule book. */
export const part = z.string().min(1).max(200);
/** Points by team and criterion. */
export const marks = z.record(z.string().max(64), z.record(z.string().max(64), z.number()));

/** Until when teams may appeal; null: no end. */
export const appealsUntil = instant
  .nullable()
  .describe('no appeal is taken after it, and no decision becomes final before it');
/** Hours of a consortium in a period. */
export const period = {
  from: day.describe('the first day, such as 2026-01-01'),
  to: day.describe('the last day'),
  deviceHours: deviceHours.describe('hours of devices'),
};

export const source = z.union([citation, z.array(citation).min(1).max(50), z.literal('not recorded')]);
