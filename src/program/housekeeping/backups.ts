// Backups of a running server: encrypted for a recipient while they are read, given once each, and recorded. The plain bytes are on no
// disk, so a killed server leaves nothing behind. Who may take one is decided above.

import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { and, desc, eq, gt, isNull, lte } from 'drizzle-orm';
import { z } from 'zod';
import { sha256Hex } from '../../ledger/index.ts';
import { backups, type Store, type UserTables } from '../database/index.ts';
import { encrypterFor } from './age.ts';
import * as refuse from './refusals.ts';

/** A backup that was asked for is downloaded within this time, or forgotten. */
const WAIT_MS = 5 * 60_000;
const MAX_RUNNING = 4;
/** Newest ones that are listed. */
const LISTED = 100;

export const backupShape = z
  .object({
    id: z.string(),
    user: z.string(),
    /** Of the last that happened to it. */
    time: z.string(),
    /** SHA-256 of the recipient's text. */
    recipient: z.string(),
    /** `unfinished`: it broke off, or another process of the server gives it. */
    state: z.enum(['waiting', 'running', 'unfinished', 'complete']),
    /** The last entry that it holds, and its link; null before it begins. */
    entries: z.int().nullable(),
    link: z.string().nullable(),
    /** Of the encrypted file; null unless it is complete. */
    bytes: z.int().nullable(),
    sha256: z.string().nullable(),
  })
  .meta({ id: 'Backup' });
export type Backup = z.output<typeof backupShape>;

interface Asked {
  programme: string;
  user: string;
}

type Encrypt = Awaited<ReturnType<typeof encrypterFor>>;

export class Backups {
  readonly #tables: UserTables;
  readonly #now: () => Date;
  /** How to encrypt those that wait. */
  readonly #waiting = new Map<string, Encrypt>();
  readonly #running = new Set<string>();

  constructor(tables: UserTables, now: () => Date = () => new Date()) {
    this.#tables = tables;
    this.#now = now;
  }

  /** Prepares a backup for a recipient. Those that were never downloaded are forgotten. @throws JikjiError `recipient-broken` */
  async prepare({ programme, user }: Asked, recipient: string): Promise<{ id: string }> {
    const encrypt = await encrypterFor(recipient);
    const id = randomBytes(16).toString('hex');
    const createdAt = this.#now();
    const late = and(isNull(backups.begunAt), lte(backups.createdAt, new Date(createdAt.getTime() - WAIT_MS)));
    await this.#tables.ask(async (database) => {
      for (const { id } of await database.delete(backups).where(late).returning()) this.#waiting.delete(id);
      await database
        .insert(backups)
        .values({ id, programme, userId: user, recipient: sha256Hex(recipient), createdAt });
    });
    this.#waiting.set(id, encrypt);
    return { id };
  }

  /**
   * The encrypted bytes of a prepared backup, once. Their end is recorded with their digest when all of them were taken.
   * @throws JikjiError `backup-unknown`, `backup-taken`
   */
  async take({ programme, user }: Asked, id: string, store: Store): Promise<Readable> {
    if (this.#running.size >= MAX_RUNNING) throw refuse.backupsRunning(id.slice(0, 100), MAX_RUNNING);
    const begunAt = this.#now();
    const own = and(eq(backups.id, id), eq(backups.programme, programme), eq(backups.userId, user));
    const claimed = await this.#tables.ask((database) =>
      database
        .update(backups)
        .set({ begunAt })
        .where(and(own, isNull(backups.begunAt), gt(backups.createdAt, new Date(begunAt.getTime() - WAIT_MS))))
        .returning(),
    );
    if (claimed.length === 0) {
      const [found] = await this.#tables.ask((database) => database.select().from(backups).where(own));
      if (found?.begunAt) throw refuse.backupTaken(id.slice(0, 100));
    }
    const encrypt = this.#waiting.get(id);
    if (claimed.length > 0) this.#waiting.delete(id);
    if (claimed.length === 0 || !encrypt) throw refuse.backupUnknown(id.slice(0, 100));
    this.#running.add(id);
    try {
      const { contents, bytes } = await store.backupBytes();
      const { seq: entries, link } = contents.head;
      await this.#set(id, { entries, link });
      const encrypted = await encrypt(bytes);
      const given = Readable.from(this.#counted(id, encrypted), { objectMode: false });
      return given.once('close', () => {
        this.#running.delete(id); // also where nobody took a single piece
        encrypted.destroy();
      });
    } catch (error) {
      this.#running.delete(id);
      throw error;
    }
  }

  async *#counted(id: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let length = 0;
    for await (const piece of bytes) {
      hash.update(piece);
      length += piece.length;
      yield piece;
    }
    await this.#set(id, { bytes: length, sha256: hash.digest('hex'), endedAt: this.#now() });
  }

  #set = (id: string, columns: Partial<typeof backups.$inferInsert>): Promise<unknown> =>
    this.#tables.ask((database) => database.update(backups).set(columns).where(eq(backups.id, id)));

  /** The newest first. */
  async list(programme: string): Promise<Backup[]> {
    const rows = await this.#tables.ask((database) =>
      database
        .select()
        .from(backups)
        .where(eq(backups.programme, programme))
        .orderBy(desc(backups.createdAt), backups.id)
        .limit(LISTED),
    );
    return rows.map(({ userId: user, createdAt, begunAt, endedAt, programme: _, ...rest }) => {
      const state = endedAt ? 'complete' : this.#running.has(rest.id) ? 'running' : begunAt ? 'unfinished' : 'waiting';
      return { ...rest, user, time: (endedAt ?? begunAt ?? createdAt).toISOString(), state };
    });
  }
}
