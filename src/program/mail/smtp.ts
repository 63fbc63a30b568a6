// Sends one message to the office's mail server by SMTP, with limits on the time and on what the server may say. Knows no outbox. No error
// holds words of the server: only the numbers of its reply.

import { Readable } from 'node:stream';
import type { Notice } from '../database/index.ts';
import type { MailSettings } from './settings.ts';

type Message = Pick<Notice, 'messageId' | 'address' | 'lang' | 'subject' | 'body' | 'createdAt'>;

/** Why an attempt failed. */
type Failure = 'refused' | 'postponed' | 'connection' | 'timeout' | 'tls' | 'log-in';

export type Delivery =
  | { how: 'accepted' }
  /** For ever: this recipient or this message. */
  | { how: 'refused'; error: string }
  | {
      how: 'later';
      error: string;
      /** The server may have accepted it: the connection broke after the text was sent. */
      uncertain: boolean;
      /** The next message would fail too. */
      ofServer: boolean;
    };

export interface Times {
  /** To connect, and to the greeting. */
  connectMs: number;
  /** Between two replies. */
  idleMs: number;
  /** For all of it. */
  attemptMs: number;
}

const TIMES: Times = { connectMs: 20_000, idleMs: 60_000, attemptMs: 120_000 };
/** How long an answer is waited for when the server is stopped. */
const GRACE_MS = 5000;
/** No attempt lasts longer, whatever the server does: another process may take the message over after twice as long. */
export const TAKE_OVER_MS = 2 * TIMES.attemptMs;
/** Bytes that a server may say in one attempt, and in one reply. */
const MAX_SAID = 256 << 10;
const MAX_REPLY = 16 << 10;

/** Replies about the log-in, also to a command of the envelope. */
const LOG_IN_CODES = new Set([530, 534, 535, 538]);
const OF_ENVELOPE = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
const OF_TLS = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO$/;

interface SmtpError extends Error {
  code?: string | undefined;
  originalCode?: string | undefined;
  command?: string | undefined;
  responseCode?: number | undefined;
  response?: string | undefined;
}

/** What an error of an attempt means. `handed`: the whole text was given to the connection. */
function deliveryOf(error: SmtpError, handed: boolean): Delivery {
  const { code = '', originalCode = '', command = '', responseCode: reply } = error;
  const [, detail] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})(?= |$)/.exec(error.response ?? '') ?? [];
  const said = (failure: Failure): string => [failure, reply, detail].filter((part) => part !== undefined).join(' ');
  const later = (failure: Failure, ofServer: boolean): Delivery => {
    return {
      how: 'later',
      error: said(failure),
      uncertain: handed && !(reply !== undefined && reply >= 400),
      ofServer,
    };
  };
  if (code === 'EAUTH' || code === 'ENOAUTH' || (reply !== undefined && LOG_IN_CODES.has(reply)))
    return later('log-in', true);
  if (reply === 421) return later('postponed', true); // it closes the connection, whatever was asked
  if (reply !== undefined && OF_ENVELOPE.has(command))
    return reply >= 500 ? { how: 'refused', error: said('refused') } : later('postponed', false);
  // Before anything was sent: it is too large for the server, or nodemailer refuses its envelope.
  if ((code === 'EMESSAGE' || code === 'EENVELOPE') && !handed) return { how: 'refused', error: said('refused') };
  if (code === 'ETLS' || OF_TLS.test(originalCode) || OF_TLS.test(code)) return later('tls', true);
  return later(code === 'ETIMEDOUT' ? 'timeout' : 'connection', true);
}

/** The bytes of a message: the same for every attempt. */
async function bytesOf({ from }: MailSettings, message: Message): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    from,
    to: { name: '', address: message.address },
    subject: message.subject,
    text: message.body,
    messageId: message.messageId,
    date: message.createdAt,
    // So that no absence notice comes back (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': message.lang },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** @param name of this server, which it says to the mail server */
export async function deliver(
  settings: MailSettings,
  message: Message,
  { name, signal, times = TIMES }: { name: string; signal?: AbortSignal; times?: Times },
): Promise<Delivery> {
  const [{ default: SMTPConnection }, bytes] = await Promise.all([
    import('nodemailer/lib/smtp-connection'),
    bytesOf(settings, message),
  ]);
  const { host, port, tls, ca, logIn, from } = settings;
  const connection = new SMTPConnection({
    host,
    port,
    name,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
    connectionTimeout: times.connectMs,
    dnsTimeout: times.connectMs,
    greetingTimeout: times.connectMs,
    socketTimeout: times.idleMs,
    socketCloseTimeout: 0,
    maxResponseSize: MAX_REPLY,
    logger: false,
  });
  limitTalk(connection);
  let handed = false;
  return new Promise<Delivery>((resolve) => {
    const end = (delivery: Delivery): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve(delivery);
      if (delivery.how === 'accepted') connection.quit();
      setTimeout(() => connection.close(), delivery.how === 'accepted' ? 1000 : 0);
    };
    const fail = (error: SmtpError): void => end(deliveryOf(error, handed));
    const timedOut = () => fail(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
    const stopped = () => fail(Object.assign(new Error('stopped'), { code: 'ECONNECTION' }));
    // The whole text is there: its answer is worth a moment.
    const stop = () => setTimeout(stopped, handed ? GRACE_MS : 0);
    const timer = setTimeout(timedOut, times.attemptMs);
    if (signal?.aborted) return stopped();
    signal?.addEventListener('abort', stop, { once: true });
    connection.on('error', fail);
    const send = (): void => {
      const text = Readable.from([bytes]);
      text.once('end', () => {
        handed = true;
      });
      connection.send({ from: from.address, to: [message.address], size: bytes.length }, text, (error) =>
        error ? fail(error) : end({ how: 'accepted' }),
      );
    };
    connection.connect((error) => {
      if (error) return fail(error);
      if (!logIn) return send();
      connection.login({ user: logIn.user, pass: logIn.password }, (refused) => (refused ? fail(refused) : send()));
    });
  });
}

/**
 * Ends a connection whose server talks without end. nodemailer bounds one reply, and not empty lines between replies.
 * @param connection of nodemailer
 */
function limitTalk(connection: object): void {
  const talker = connection as { _onData(chunk: Buffer): void; _onResponseTooLarge(): void };
  const listen = talker._onData.bind(talker);
  let said = 0;
  talker._onData = (chunk) => {
    said += chunk.length;
    if (said > MAX_SAID) talker._onResponseTooLarge();
    else listen(chunk);
  };
}
