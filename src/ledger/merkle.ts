// Merkle tree hashes as RFC 6962 section 2.1 defines them, over SHA-256, computed as the leaves arrive.

import { createHash } from 'node:crypto';
import { sha256 } from './digest.ts';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** Hash of one leaf: SHA-256(0x00 || data). */
export const leafHash = (data: Uint8Array): Buffer => createHash('sha256').update(LEAF).update(data).digest();

/** Hash of an inner node: SHA-256(0x01 || left || right). */
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(NODE).update(left).update(right).digest();

/** A tree that takes leaf hashes one by one and keeps only the roots of its complete subtrees (log2 n of them). */
export class MerkleTree {
  #roots: { height: number; hash: Buffer }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a leaf by its data. */
  add(data: Uint8Array): void {
    this.addHash(leafHash(data));
  }

  /** Adds a leaf by its hash. */
  addHash(hash: Buffer): void {
    this.#size++;
    let height = 0;
    while (this.#roots.at(-1)?.height === height) {
      hash = nodeHash(this.#roots.pop()!.hash, hash);
      height++;
    }
    this.#roots.push({ height, hash });
  }

  /** The root over the leaves so far; SHA-256 of nothing for an empty tree. More leaves may follow. */
  root(): Buffer {
    if (this.#roots.length === 0) return sha256('');
    return this.#roots.map((r) => r.hash).reduceRight((right, left) => nodeHash(left, right));
  }
}
