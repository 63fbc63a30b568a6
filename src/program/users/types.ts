// Types and shapes of users. Times are texts in UTC.

import { z } from 'zod';
import { BROWSERS, SYSTEMS } from './browsers.ts';

/** `public`: not logged in. */
export const ROLES = ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'] as const;
export type Role = (typeof ROLES)[number];

/** The office belongs to all programmes of the server (`programme` null), any other role to one. */
export interface Membership<R extends Role = Exclude<Role, 'public'>> {
  role: R;
  programme: string | null;
  consortium: string | null;
}
/** The user of a request. */
export const viewerShape = z
  .object({
    /** Null: not logged in. */
    user: z.string().nullable(),
    name: z.string().nullable(),
    role: z.enum(ROLES),
    /** The programme of the role; null: all of this server. */
    programme: z.string().nullable(),
    consortium: z.string().nullable(),
  })
  .meta({ id: 'Viewer' });
export type Viewer = z.infer<typeof viewerShape>;

export const NOBODY: Viewer = { user: null, name: null, role: 'public', programme: null, consortium: null };

export interface Session {
  /** The secret; the database holds only its SHA-256. */
  token: string;
  /** Each use moves it to 7 days later, until the log-in is 30 days old. */
  expires: string;
  viewer: Viewer;
}

/** The secret of an API token or an invitation; it is returned only once. */
export const linkShape = z.object({ id: z.string(), token: z.string(), expires: z.string() });
export type Link = z.infer<typeof linkShape>;

export interface Invitation extends Membership {
  id: string;
  note: string | null;
  created: string;
  expires: string;
  usedBy: string | null;
}

/** An API token without its secret. */
export const tokenShape = z
  .object({
    id: z.string(),
    name: z.string(),
    created: z.string(),
    expires: z.string(),
    /** To the minute. */
    used: z.string().nullable(),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof tokenShape>;

export interface User extends Membership {
  user: string;
  name: string;
  blocked: boolean;
  created: string;
  /** To the minute. */
  lastSeen: string | null;
}

/** A user's newest link for a new password. */
export interface Reset {
  made: string;
  expires: string;
  used: string | null;
}

/** A log-in, without its secret. */
export const logInShape = z
  .object({
    id: z.string(),
    begun: z.string(),
    /** To the minute. */
    used: z.string().nullable(),
    /** Whether it is the one that asks. */
    current: z.boolean(),
    browser: z.enum(BROWSERS),
    system: z.enum(SYSTEMS),
  })
  .meta({ id: 'LogIn' });
export type LogIn = z.infer<typeof logInShape>;

const membership = viewerShape.pick({ role: true, programme: true, consortium: true });
/** A line of the record of accounts. */
export const accountChangeShape = z
  .object({
    id: z.int(),
    time: z.string(),
    user: z.string(),
    /** Null: the command line of the server's machine. */
    by: z.string().nullable(),
    what: z.enum(['role', 'blocked', 'unblocked', 'reset-made', 'reset-used', 'log-ins-ended']),
    /** The role before a change of it. */
    before: membership.nullable(),
    /** The role at that time, after the change. */
    after: membership.nullable(),
  })
  .meta({ id: 'AccountChange' });
export type AccountChange = z.infer<typeof accountChangeShape>;
