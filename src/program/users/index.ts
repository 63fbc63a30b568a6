// The users of a server: invitations, log-ins, API tokens, viewers. Knows no HTTP and no programme: rooms above check what a role may do,
// and whether a programme or a consortium exists.

export { kindOfBrowser } from './browsers.ts';
export type { Identity } from './identities.ts';
export { TooMany } from './log-in-limits.ts';
export { roleKo } from './refusals.ts';
export { MAX_LOG_IN_DAYS } from './sessions.ts';
export type { AccountChange, Invitation, Link, LogIn, Role, Session, Token, User, Viewer } from './types.ts';
export { accountChangeShape, linkShape, logInShape, NOBODY, ROLES, tokenShape, viewerShape } from './types.ts';
export { Users } from './users.ts';
