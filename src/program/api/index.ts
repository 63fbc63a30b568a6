// The API: a server of programmes over HTTP, and the types of its answers.
export { readMailSettings } from '../mail/index.ts';
export { readOpenIdSettings } from '../openid/index.ts';
export type { Office } from './context.ts';
export { type ServeOptions, type Server, serve } from './server.ts';
export type * from './types.ts';
