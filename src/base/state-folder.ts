// Where this program keeps what it notes for one user: runs made here, an office's registers.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The user's state folder (XDG); it need not be there yet. */
export function stateFolder(): string {
  const state = process.env.XDG_STATE_HOME;
  return join(state && isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'jikji');
}
