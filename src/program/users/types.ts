// What the room of users hands out. Times are texts in UTC.

/** Whoever has not logged in is the public. */
export const ROLES = ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking. The office is of every programme of the server (`programme` null); all others belong to one. */
export interface Viewer {
  user: string | null;
  name: string | null;
  role: Role;
  programme: string | null;
  consortium: string | null;
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

export interface Invitation {
  id: string;
  role: Exclude<Role, 'public'>;
  programme: string | null;
  consortium: string | null;
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

export interface User {
  user: string;
  name: string;
  role: Exclude<Role, 'public'>;
  programme: string | null;
  consortium: string | null;
  blocked: boolean;
  created: string;
  /** To the minute. */
  lastSeen: string | null;
}
