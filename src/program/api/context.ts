// What all routes of a server share: hosted programmes, users, runs of this machine, the office's keys.

import type { Signer } from '../../ledger/index.ts';
import type { Housekeeping } from '../housekeeping/index.ts';
import type { Mail } from '../mail/index.ts';
import type { OpenId } from '../openid/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Runs } from '../runs/index.ts';
import type { Tables } from '../state/index.ts';
import type { Users, Viewer } from '../users/index.ts';
import { noProgrammeOfName, noProgrammes } from './refusals/requests.ts';

/** A database and the folder of its submissions. */
export interface HostedProgramme {
  programme: Programme;
  files: string;
}

/** The office's signing keys on this machine. */
export interface Office {
  /** @throws JikjiError `no-office-key`, `key-missing` */
  signer(tables: Tables): Promise<Signer>;
  /** The same key if it needs no passphrase from a person; otherwise undefined. */
  signerAtHand(tables: Tables): Promise<Signer | undefined>;
  /** The key for a new programme. */
  newSigner(): Promise<Signer>;
}

export interface Context {
  /** The first keeps the users. */
  hosted: readonly HostedProgramme[];
  users: Users;
  housekeeping: Housekeeping;
  runs: Runs;
  office: Office;
  /** Without it, the server sends no mail. */
  mail?: Mail;
  /** Without it, people log in with passwords alone. */
  openid?: OpenId;
  version: string;
  /** Aborts when the server closes. */
  signal: AbortSignal;
  /** Addresses that people type to reach this server, without a path: `http://localhost:1377`. */
  origins: ReadonlySet<string>;
  /** Address of a proxy whose X-Forwarded-For is trusted. */
  proxy?: string;
}

/** Variables of a request that middleware sets and handlers read. */
export interface Env {
  Variables: {
    viewer: Viewer;
    /** Session token or API token; undefined without a log-in. */
    token: string | undefined;
    /** Address of the client. */
    from: string;
    /** Whether an API token asks, and not a log-in. */
    byToken: boolean;
    /** Whether the log-in is still valid and has the same role: the user is not blocked and not logged out. */
    remains: () => Promise<boolean>;
    /** Calls a function when `remains` may have changed. Returns the function that ends it. */
    watch: (onChange: () => void) => () => void;
  };
}

/** Whether every origin of this server uses TLS. */
export const isSecure = ({ origins }: Context): boolean => [...origins].every((origin) => origin.startsWith('https:'));

export const programmeId = ({ programme }: HostedProgramme): string | undefined => {
  const [row] = programme.tables.all('programmes');
  return row?.id;
};

/** @throws JikjiError `programme-unknown` */
export function requireHosted(context: Context, id: string): HostedProgramme {
  const found = context.hosted.find((one) => programmeId(one) === id);
  if (found) return found;
  const known = context.hosted.map(programmeId).filter((one) => one !== undefined);
  throw known.length > 0 ? noProgrammeOfName(id, known.join(', ')) : noProgrammes(id);
}
