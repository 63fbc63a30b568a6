// The API's face: a server of programmes over HTTP, and the shapes that its pages are told.
export type { Office } from './context.ts';
export { type ServeOptions, type Server, serve } from './server.ts';
export type * from './types.ts';
