// A mail server on loopback, by the authors of nodemailer: what arrived is parsed by another library of theirs. For tests.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailSettings } from '../settings.ts';

export interface Arrived {
  mail: ParsedMail;
  raw: string;
  to: string[];
  from: string;
}

/** An answer to a command: an error of this reply. */
export const reply = (responseCode: number, text = 'as the test says'): Error =>
  Object.assign(new Error(text), { responseCode });

interface Behaviour extends Omit<SMTPServerOptions, 'onData'> {
  /** Called when a whole message is here, before it is accepted; an error refuses it. */
  onMessage?(arrived: Arrived): Promise<Error | undefined> | Error | undefined;
}

export class MailServer {
  readonly arrived: Arrived[] = [];
  readonly port: number;
  readonly #server: SMTPServer;
  #waiting: ((arrived: Arrived) => void)[] = [];

  private constructor(server: SMTPServer, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async begin({ onMessage, ...options }: Behaviour = {}): Promise<MailServer> {
    let self: MailServer | undefined;
    const server = new SMTPServer({
      authOptional: options.onAuth === undefined,
      // Without a certificate it offers no TLS.
      ...(options.key === undefined && { disabledCommands: ['STARTTLS'], hideSTARTTLS: true }),
      allowInsecureAuth: options.key === undefined,
      logger: false,
      closeTimeout: 100,
      ...options,
      onData: async (stream, session, done) => {
        const pieces: Buffer[] = [];
        try {
          for await (const piece of stream) pieces.push(piece as Buffer);
        } catch {
          return; // the sender was killed in the middle
        }
        const raw = Buffer.concat(pieces);
        const { mailFrom, rcptTo } = session.envelope;
        const to = rcptTo.map(({ address }) => address);
        const from = mailFrom === false ? '' : mailFrom.address;
        const arrived = { mail: await simpleParser(raw), raw: raw.toString(), to, from };
        const refused = await onMessage?.(arrived);
        if (!refused) self!.#keep(arrived);
        done(refused ?? null);
      },
    });
    server.on('error', () => {}); // clients that hang up
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    self = new MailServer(server, (server.server.address() as AddressInfo).port);
    return self;
  }

  #keep(arrived: Arrived): void {
    this.arrived.push(arrived);
    for (const tell of this.#waiting.splice(0)) tell(arrived);
  }

  /** The next message that arrives. */
  next = (): Promise<Arrived> => new Promise((resolve) => this.#waiting.push(resolve));

  /** Settings of a server that uses it. */
  settings = (more: Partial<MailSettings> = {}): MailSettings => ({
    host: '127.0.0.1',
    port: this.port,
    tls: 'none',
    from: { address: 'notices@office.example', name: 'Jikji' },
    ...more,
  });

  close = (): Promise<void> => new Promise((resolve) => this.#server.close(() => resolve()));
}

/** A server of raw bytes: `talk` does what it likes with each connection. */
export async function rawServer(talk: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
