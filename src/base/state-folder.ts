// The folder with this program's records for one user: the runs made here, the registers of an office.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The user's state folder (XDG). It may not exist yet. */
export function stateFolder(): string {
  const state = process.env.XDG_STATE_HOME;
  return join(state && isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'jikji');
}
