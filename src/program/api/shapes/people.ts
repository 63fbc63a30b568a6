// Shapes of viewers, users, invitations and tokens.

import { z } from 'zod';
import { ROLES, viewerShape as viewer } from '../../users/index.ts';
import { id, title } from './common.ts';
import { programmeName } from './programme.ts';

const { shape: place } = viewer.pick({ role: true, programme: true, consortium: true });
/** Null without a consortium, or if it does not exist. */
const consortiumName = title.nullable();

export const me = z
  .object({
    viewer,
    version: z.string(),
    programmes: z.array(programmeName.extend({ name: z.object({ en: z.string(), ko: z.string().optional() }) })),
    /** Whether the server's own database has no programme yet. */
    empty: z.boolean(),
    /** Whether this viewer may see runs of the server's machine. */
    local: z.boolean(),
  })
  .meta({ id: 'Me' });

const name = z.string().trim().min(1).max(200);
const password = z.string().min(1).max(256);

export const logIn = z.strictObject({ user: id, password });
export const passwords = z.strictObject({ old: password, new: password });
export const accept = z.strictObject({ token: z.string().min(1).max(200), user: id, name, password });
export const look = accept.pick({ token: true });
export const confirm = passwords.pick({ old: true });
export const useReset = accept.pick({ token: true, password: true });
/** Whom a link gives a new password. */
export const reset = z.object({ user: z.string(), expires: z.string() });

export const invitation = z
  .object({
    id: z.string(),
    ...place,
    consortiumName,
    note: z.string().nullable(),
    created: z.string(),
    expires: z.string(),
    usedBy: z.string().nullable(),
  })
  .meta({ id: 'Invitation' });

export const membership = z.strictObject({
  role: z.enum(ROLES).exclude(['public']),
  /** For all roles except `office`. */
  programme: id.nullable().default(null),
  /** For the role `consortium`. */
  consortium: id.nullable().default(null),
});
export const invite = membership.extend({
  note: z.string().max(300).optional(),
  days: z.int().min(1).max(90).default(7),
});
/** `link`: works once. */
export const invited = z.object({ id: z.string(), token: z.string(), link: z.string(), expires: z.string() });
/** `mailed`: the link also went to the confirmed address of the person. */
export const resetMade = invited.extend({ mailed: z.boolean() });

export const person = z
  .object({
    user: z.string(),
    name: z.string(),
    ...place,
    consortiumName,
    blocked: z.boolean(),
    created: z.string(),
    lastSeen: z.string().nullable(),
    /** The newest link for a new password. */
    reset: z.object({ made: z.string(), expires: z.string(), used: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'Person' });

export const newToken = z.strictObject({ name, days: z.int().min(1).max(365).default(90) });
