// What the room of users hands out. Times are texts in UTC.

/** Whoever has not logged in is the public. */
export const ROLES = ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'] as const;
export type Role = (typeof ROLES)[number];

/** The office is of every programme of the server (`programme` null); all others belong to one. */
export interface Membership<R extends Role = Exclude<Role, 'public'>> {
  role: R;
  programme: string | null;
  consortium: string | null;
}

/** Who is asking. */
export interface Viewer extends Membership<Role> {
  user: string | null;
  name: string | null;
}

export const NOBODY: Viewer = { user: null, name: null, role: 'public', programme: null, consortium: null };

export interface Session {
  /** Nothing but this opens the session; the database has only its SHA-256. */
  token: string;
  /** Each use moves it, to 7 days later, until the log-in is 30 days old. */
  expires: string;
  viewer: Viewer;
}

/** What opens something, said once: a session, an invitation. */
export interface Link {
  id: string;
  token: string;
  expires: string;
}

export interface Invitation extends Membership {
  id: string;
  note: string | null;
  created: string;
  expires: string;
  usedBy: string | null;
}

/** An API token, without what opens it. */
export interface Token {
  id: string;
  name: string;
  created: string;
  expires: string;
  /** To the minute. */
  used: string | null;
}

export interface User extends Membership {
  user: string;
  name: string;
  blocked: boolean;
  created: string;
  /** To the minute. */
  lastSeen: string | null;
}
