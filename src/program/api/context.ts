// What the routes of one server share: the programmes it shows, its users, this machine's runs, the office's hand.

import { JikjiError } from '../../base/index.ts';
import type { Signer } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Runs } from '../runs/index.ts';
import type { Tables } from '../state/index.ts';
import type { Users, Viewer } from '../users/index.ts';

/** A database and the folder of its submissions. */
export interface Shown {
  programme: Programme;
  files: string;
}

/** Keys that sign for the office, on this machine. */
export interface Office {
  /** @throws JikjiError `no-office-key`, `key-missing` */
  signer(tables: Tables): Promise<Signer>;
  /** The same where nobody has to be asked for a passphrase; undefined elsewhere. */
  signerAtHand(tables: Tables): Promise<Signer | undefined>;
  /** The key of a programme that begins. */
  newSigner(): Promise<Signer>;
}

export interface Context {
  /** The first keeps the users. */
  shown: readonly Shown[];
  users: Users;
  runs: Runs;
  office: Office;
  version: string;
  /** Ends with the server. */
  signal: AbortSignal;
  /** Addresses that people type to reach this server, without a path: `http://localhost:1377`. */
  origins: ReadonlySet<string>;
  /** The address of a proxy whose word on where a request came from counts. */
  proxy?: string;
}

/** What a request carries from one step to the next. */
export interface Env {
  Variables: {
    viewer: Viewer;
    /** Of the session or API token; undefined where nobody has logged in. */
    token: string | undefined;
    /** The address it came from. */
    from: string;
    /** Whether the viewer still is who he was: not blocked, not logged out. */
    remains: () => Promise<boolean>;
  };
}

/** Whether people reach this server over TLS alone. */
export const isSecure = ({ origins }: Context): boolean => [...origins].every((origin) => origin.startsWith('https:'));

export const programmeId = ({ programme }: Shown): string | undefined => {
  const [row] = programme.tables.all('programmes');
  return row?.id;
};

/** @throws JikjiError `programme-unknown` */
export function shownAs(context: Context, id: string): Shown {
  const found = context.shown.find((one) => programmeId(one) === id);
  if (found) return found;
  const known = context.shown.map(programmeId).filter((one) => one !== undefined);
  const hint = known.length > 0 ? `there are: ${known.join(', ')}` : 'there is none yet';
  throw new JikjiError('programme-unknown', 'this server shows no programme of this name', id, hint);
}
