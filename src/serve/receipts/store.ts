// The receipts of a server on disk: two files, of which the older one is dropped when the newer one is full. A receipt is on disk before its
// id is handed out. One server at a time.

import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, parseJson, stateFolder, syncFolder, takeLock, writeFailure } from '../../base/index.ts';
import { type Place, Segment } from './segment.ts';

/** Bytes of a receipt, on average, beyond which fewer are kept. */
const MEAN_BYTES = 16 << 10;

/** The path of the receipts of a key, in the user's state folder. */
export const receiptsFile = (key: string): string => join(stateFolder(), 'receipts', `${key}.jsonl`);

interface Waiting {
  id: string;
  line: string;
  resolve(): void;
  reject(error: unknown): void;
}

export class ReceiptStore {
  readonly #path: string;
  readonly #key: string;
  /** Receipts that are kept. */
  readonly #keep: number;
  readonly #release: () => void;
  #older: Segment | undefined;
  #newer: Segment;
  /** Receipts in the newer file. */
  #count = 0;
  /** By id, oldest first. */
  readonly #places = new Map<string, Place & { segment: Segment }>();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(
    path: string,
    { key, keep, release }: { key: string; keep: number; release: () => void },
    newer: Segment,
  ) {
    this.#path = path;
    this.#key = key;
    this.#keep = keep;
    this.#release = release;
    this.#newer = newer;
  }

  /**
   * Opens the receipts of a key, or makes a place for them.
   * @throws JikjiError `locked` (another server), `receipts-broken`, `disk-full`, `disk-broken`, `not-writable`
   */
  static async open(path: string, key: string, keep: number): Promise<ReceiptStore> {
    try {
      makeFolder(dirname(path), 0o700);
    } catch (error) {
      throw writeFailure(error, path);
    }
    const release = takeLock(`${path}.lock`, 'the file of receipts of this key');
    const opened: Segment[] = [];
    try {
      const old: [string, Place][] = [];
      const older = olderPath(path);
      if (existsSync(older)) opened.push(await Segment.open(older, key, (id, place) => old.push([id, place])));
      const own: [string, Place][] = [];
      const newer = await Segment.open(path, key, (id, place) => own.push([id, place]));
      opened.push(newer);
      const store = new ReceiptStore(path, { key, keep, release }, newer);
      if (opened.length === 2) store.#older = opened[0]!;
      for (const [id, place] of old) store.#note(id, opened[0]!, place);
      for (const [id, place] of own) store.#note(id, newer, place);
      store.#count = own.length;
      return store;
    } catch (error) {
      for (const segment of opened) await segment.close();
      release();
      throw error;
    }
  }

  get size(): number {
    return this.#places.size;
  }

  /** Keeps a receipt; resolves when it is on disk. @throws JikjiError `disk-full`, `disk-broken` */
  add(id: string, content: object): Promise<void> {
    const line = `${JSON.stringify({ id, ...content })}\n`;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, line, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  /** What was kept under an id; undefined where nothing is, or not any more. */
  async find(id: string): Promise<unknown> {
    const place = this.#places.get(id);
    return place && parseJson(await place.segment.read(place));
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#newer.close();
    await this.#older?.close();
    this.#release();
  }

  /** Writes what waits, all of it at once, until nothing does. */
  async #write(): Promise<void> {
    for (let some = this.#waiting.splice(0); some.length > 0; some = this.#waiting.splice(0)) {
      try {
        if (this.#count >= this.#keep || this.#newer.bytes >= this.#keep * MEAN_BYTES) await this.#turn();
        const places = await this.#newer.append(some.map(({ line }) => line));
        for (const [i, { id, resolve }] of some.entries()) {
          this.#note(id, this.#newer, places[i]!);
          resolve();
        }
        this.#count += some.length;
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    this.#writing = undefined;
  }

  /** Begins a new file; the one before the last is gone. */
  async #turn(): Promise<void> {
    const [path, older] = [this.#path, olderPath(this.#path)];
    try {
      renameSync(path, older);
      syncFolder(dirname(path));
    } catch (error) {
      throw writeFailure(error, path);
    }
    let fresh: Segment;
    try {
      fresh = await Segment.open(path, this.#key, () => {});
    } catch (error) {
      renameSync(older, path); // the next receipt tries again
      throw error;
    }
    const gone = this.#older;
    this.#older = this.#newer;
    this.#newer = fresh;
    this.#count = 0;
    for (const [id, { segment }] of this.#places) {
      if (segment !== gone) break;
      this.#places.delete(id);
    }
    await gone?.close();
  }

  #note(id: string, segment: Segment, place: Place): void {
    this.#places.set(id, { ...place, segment });
    if (this.#places.size > this.#keep) this.#places.delete(this.#places.keys().next().value!);
  }
}

const olderPath = (path: string): string => path.replace(/\.jsonl$/, '.older.jsonl');
