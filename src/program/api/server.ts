// A server of programmes: opens their databases, answers requests, and works on submissions in the background until it is closed. Prints
// nothing: its caller does.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { type Address, checkAddress, listen } from '../../http/index.ts';
import { housekeepingOver } from '../housekeeping/index.ts';
import { work } from '../intake/index.ts';
import { Mail, type MailSettings } from '../mail/index.ts';
import { OpenId, type OpenIdSettings } from '../openid/index.ts';
import { Programme, type Where } from '../programme/index.ts';
import { Runs } from '../runs/index.ts';
import { Users } from '../users/index.ts';
import { applicationOf } from './app.ts';
import { type Context, type HostedProgramme, type Office, programmeId } from './context.ts';
import { isUpload } from './guard.ts';
import { Pages } from './pages.ts';
import { remindersOf } from './reminders.ts';

export interface ServeOptions extends Address {
  /** The first keeps the users. */
  places: readonly { where: Where; files: string }[];
  office: Office;
  version: string;
  /** The folder of the built pages; without it the server has only the API. */
  pages?: string;
  threads?: number;
  /** How it sends notices. */
  mail?: MailSettings;
  /** The office's own log-in. */
  openid?: OpenIdSettings;
  /** Called with errors of the background work. */
  onTrouble: (error: unknown) => void;
}

export interface Server {
  /** `http://localhost:1377` */
  url: string;
  /** A one-time link for the first user of the office; undefined if somebody of the office can log in. */
  first: string | undefined;
  close(): Promise<void>;
}

/** Delay before background work is retried after an error, such as a full disk. */
const RETRY_MS = 10_000;
const REFRESH_MS = 1000;
/** The server itself limits no request, since uploads may be long; `limitBodyTime` limits all others. */
const BODY_MS = 60_000;

/** Ends a request whose body is not complete in time. Uploads have their own limit, between two chunks. */
function limitBodyTime(incoming: IncomingMessage, response: ServerResponse): void {
  if (isUpload(incoming.method, (incoming.url ?? '').split('?')[0]!)) return;
  const timer = globalThis.setTimeout(() => incoming.complete || incoming.socket.destroy(), BODY_MS).unref();
  response.once('close', () => clearTimeout(timer));
}

/**
 * Starts a server.
 * @throws JikjiError `not-local` (without TLS on a public address), `origin-broken`, `proxy-broken`, `tls-broken`, `port-taken`,
 *   `host-unknown`, `console-missing`, `programme-exists`, and what opening a database throws
 */
export async function serve(options: ServeOptions): Promise<Server> {
  checkAddress(options);
  const pages = options.pages === undefined ? undefined : new Pages(options.pages);
  const ending = new AbortController();
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    ending.abort();
    for (const one of undo.splice(0).reverse()) await one();
  };
  try {
    const shown: HostedProgramme[] = [];
    for (const { where, files } of options.places) {
      const programme = await Programme.open(where);
      undo.push(() => programme.close());
      const id = programmeId({ programme, files });
      const twin = shown.find((one) => id !== undefined && programmeId(one) === id);
      if (twin) {
        const message = `two databases hold it: ${twin.programme.store.where} and ${programme.store.where}`;
        throw new JikjiError('programme-exists', message, id!, 'serve the second one from another server');
      }
      shown.push({ programme, files });
    }
    const { store } = shown[0]!.programme;
    const users = await Users.open(store);
    const housekeeping = housekeepingOver(store.users, ending.signal);
    const runs = new Runs(options);
    undo.push(() => runs.close());

    const listener = await listen(options, {
      fetch: (request, env) => app.fetch(request, env),
      onRequest: limitBodyTime,
    });
    undo.push(() => listener.close());
    const { url, origins } = listener;
    const { mail: settings, openid: provider, ...rest } = options;
    const mail = settings && new Mail({ store, settings, origin: url });
    const openid = provider && new OpenId(provider, { tables: store.users, origin: url });
    const parts = { ...(mail && { mail }), ...(openid && { openid }) };
    const context: Context = {
      ...rest,
      ...parts,
      hosted: shown,
      users,
      housekeeping,
      runs,
      signal: ending.signal,
      origins,
    };
    const { app } = applicationOf(context, pages);

    const beside = shown.map((one) => workBeside(one, options.office, ending.signal, options.onTrouble));
    if (mail) beside.push(sendBeside(mail, users, shown, { onTrouble: options.onTrouble, signal: ending.signal }));
    undo.push(() => Promise.all(beside));
    const token = await users.firstInvitation();
    return { url, first: token && `${url}/invitation#${token}`, close };
  } catch (error) {
    await close().catch(() => {}); // the first error matters more
    throw error;
  }
}

/** Reports a lasting error, such as an unreachable database, only once. A call with undefined means success and resets it. */
function reportOnce(onTrouble: (error: unknown) => void): (error: unknown) => void {
  let last = '';
  return (error) => {
    const key = error instanceof JikjiError ? `${error.code} ${error.input}` : String(error);
    if (error !== undefined && key !== last) onTrouble(error);
    last = key;
  };
}

/** Sends notices of the programmes that the server has at the time. */
function sendBeside(
  mail: Mail,
  users: Users,
  hosted: readonly HostedProgramme[],
  { onTrouble, signal }: { onTrouble: (error: unknown) => void; signal: AbortSignal },
): Promise<void> {
  const programmes = () =>
    hosted.flatMap((one) => {
      const id = programmeId(one);
      return id === undefined ? [] : [{ id, programme: one.programme }];
    });
  const reminders = (now: Date) => remindersOf(users, hosted, now);
  return mail.run(programmes, { signal, onTrouble: reportOnce(onTrouble), reminders });
}

/** Audits and evaluates submissions, and reads entries that other processes write to the log. */
async function workBeside(
  { programme, files }: HostedProgramme,
  office: Office,
  signal: AbortSignal,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const wait = (ms: number) => setTimeout(ms, undefined, { signal }).catch(() => {});
  const [refreshed, worked] = [reportOnce(onTrouble), reportOnce(onTrouble)];
  const looking = (async () => {
    while (!signal.aborted) {
      await wait(REFRESH_MS);
      if (!signal.aborted) await programme.refresh().then(() => refreshed(undefined), refreshed);
    }
  })();
  while (!signal.aborted) {
    try {
      const onEvent = ({ kind }: { kind: string }) => kind === 'finished' && worked(undefined);
      const signer = () => office.signerAtHand(programme.tables);
      await work(programme, files, { untilEmpty: false, signal, onEvent, signer });
    } catch (error) {
      worked(error);
      await wait(RETRY_MS);
    }
  }
  await looking;
}
