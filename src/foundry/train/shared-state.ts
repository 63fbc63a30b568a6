// A state that is spread over ranks: computes its root, and moves it to rank 0 and back, piece by piece. No rank has memory for all
// of it. Knows no files.

import type { Engine } from '../../engine/index.ts';
import { canonicalJson, leafHash, MerkleTree } from '../../ledger/index.ts';
import type { Piece } from './pieces.ts';
import type { SharedPlan } from './plan.ts';
import { exchange, gather, gatherBytes, type Ranks } from './ranks.ts';
import { hasNotFinite, type StateEntry } from './state.ts';

/** A piece of a tensor of the state: at most one leaf of the state tree. */
interface Leaf {
  entry: StateEntry;
  piece: Piece;
}

const HASH_BYTES = 32;

/** Fills `target` with bytes of a tensor of the state, from byte `offset` of the tensor on. */
export type ReadState = (name: string, target: Uint8Array, offset: number) => void;

export class SharedState {
  readonly #ranks: Ranks;
  readonly #plan: SharedPlan;
  readonly #engine: Engine;
  readonly #entries: readonly StateEntry[];
  /** In the order of the state's bytes. */
  readonly #leaves: Leaf[];

  constructor(ranks: Ranks, plan: SharedPlan, engine: Engine, entries: readonly StateEntry[]) {
    this.#ranks = ranks;
    this.#plan = plan;
    this.#engine = engine;
    this.#entries = entries;
    const pieces = Map.groupBy(plan.pieces, ({ name }) => name);
    this.#leaves = entries.flatMap((entry) => pieces.get(entry.parameter)!.map((piece) => ({ entry, piece })));
  }

  /** The bytes of an own leaf; for another rank's leaf, the one buffer that all such leaves pass through on rank 0. */
  #bytes({ entry: { kind }, piece }: Leaf): Uint8Array {
    const part = this.#plan.ownParts.get(piece);
    if (part) return this.#engine.bytes(part[kind]!);
    const buffer = this.#plan.received[0].find(({ shape }) => shape[0] > 0)!;
    return this.#engine.bytes(buffer.elements(0, piece.length));
  }

  /** The root of the state, on rank 0; elsewhere undefined. Owners hash their leaves. */
  root(step: number): string | undefined {
    const { rank, size } = this.#ranks;
    const leavesOf = (owner: number) => this.#leaves.filter(({ piece }) => piece.owner === owner);
    const hashes = Array.from({ length: size }, (_, owner) => {
      return new Uint8Array(new SharedArrayBuffer(leavesOf(owner).length * HASH_BYTES));
    });
    for (const [i, leaf] of leavesOf(rank).entries()) hashes[rank].set(leafHash(this.#bytes(leaf)), i * HASH_BYTES);
    gatherBytes(this.#ranks, 'state root', hashes);
    if (rank > 0) return undefined;

    const tensors = this.#entries.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    const tree = new MerkleTree();
    tree.add(Buffer.from(canonicalJson({ step, tensors }))); // the first leaf, as in stateRoot of the ledger
    const next: number[] = Array(size).fill(0);
    for (const { piece } of this.#leaves) {
      const start = next[piece.owner]++ * HASH_BYTES;
      tree.addHash(Buffer.from(hashes[piece.owner].subarray(start, start + HASH_BYTES)));
    }
    return tree.root().toString('hex');
  }

  /** The first tensor of the state, in the order of names, with a value that is not finite. On rank 0. */
  notFinite(): string | undefined {
    const own = this.#leaves.findIndex(
      (leaf) => this.#plan.ownParts.has(leaf.piece) && hasNotFinite(this.#bytes(leaf)),
    );
    const indices = gather(this.#ranks, 'state check', own).filter((index) => index >= 0);
    return indices.length > 0 ? this.#leaves[Math.min(...indices)].entry.name : undefined;
  }

  /** The bytes of all leaves in order, on rank 0; each is valid until the next. The other ranks send their leaves. */
  *read(): Generator<Uint8Array> {
    const { rank } = this.#ranks;
    const fetch = (leaf: Leaf): Uint8Array => {
      const data = this.#bytes(leaf);
      const { owner } = leaf.piece;
      if (owner > 0 && rank === 0) exchange(this.#ranks, 'state', [], [{ rank: owner, data }]);
      if (owner > 0 && rank === owner) exchange(this.#ranks, 'state', [{ rank: 0, data }], []);
      return data;
    };
    const leaves = this.#leaves.values();
    try {
      for (const leaf of leaves) yield fetch(leaf);
    } finally {
      for (const leaf of leaves) fetch(leaf); // where the caller stops early, the other ranks still send all leaves
    }
  }

  /** Rank 0 reads every leaf and sends it to its owner. The owners must then spread the weights. */
  fill(read: ReadState | undefined): void {
    const { rank } = this.#ranks;
    let failed: { error: unknown } | undefined;
    for (const leaf of this.#leaves) {
      const { entry, piece } = leaf;
      const data = this.#bytes(leaf);
      try {
        if (!failed) read?.(entry.name, data, piece.start * 4);
      } catch (error) {
        failed = { error }; // the other ranks still wait for the rest
      }
      if (piece.owner === 0) continue;
      if (rank === 0) exchange(this.#ranks, 'state', [{ rank: piece.owner, data }], []);
      if (rank === piece.owner) exchange(this.#ranks, 'state', [], [{ rank: 0, data }]);
    }
    if (failed) throw failed.error;
  }
}
