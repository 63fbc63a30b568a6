// Files of settings of a server, which may hold a secret. Knows no setting.
export { readSettings } from './read.ts';
