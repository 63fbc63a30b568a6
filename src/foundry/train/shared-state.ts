// A state that lies with several ranks: its root, its way to rank 0 and back, piece by piece. No rank has room for all of it.
// Knows no files.

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

const KINDS = ['w', 'm', 'v'] as const;
const HASH = 32;

/** Fills `target` with the bytes of a tensor of the state, from byte `offset` on. */
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

  /** The bytes of a leaf; on rank 0 those that another owns pass through a place of one leaf. */
  #bytes({ entry: { kind }, piece }: Leaf): Uint8Array {
    const part = this.#plan.own.get(piece);
    if (part) return this.#engine.bytes(part[kind]);
    const passing = this.#plan.landing[0].find(({ shape }) => shape[0]! > 0)!;
    return this.#engine.bytes(passing.elements(0, piece.length));
  }

  /** The root of the state, on rank 0. Owners hash their leaves. */
  root(step: number): string | undefined {
    const { rank, size } = this.#ranks;
    const hashes = Array.from({ length: size }, (_, owner) => {
      const count = this.#plan.pieces.filter((piece) => piece.owner === owner).length;
      return new Uint8Array(new SharedArrayBuffer(count * KINDS.length * HASH));
    });
    const own = [...this.#plan.own.values()].flatMap((part) => KINDS.map((kind) => part[kind]));
    for (const [i, tensor] of own.entries()) hashes[rank]!.set(leafHash(this.#engine.bytes(tensor)), i * HASH);
    gatherBytes(this.#ranks, 'state root', hashes[rank]!, hashes);
    if (rank > 0) return undefined;

    const place = new Map<Piece, number>();
    const seen: number[] = Array(size).fill(0);
    for (const piece of this.#plan.pieces) place.set(piece, seen[piece.owner]!++);
    const tensors = this.#entries.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    const tree = new MerkleTree();
    tree.add(Buffer.from(canonicalJson({ step, tensors }))); // as stateRoot of the ledger has it
    for (const { entry, piece } of this.#leaves) {
      const at = (place.get(piece)! * KINDS.length + KINDS.indexOf(entry.kind)) * HASH;
      tree.addHash(Buffer.from(hashes[piece.owner]!.subarray(at, at + HASH)));
    }
    return tree.root().toString('hex');
  }

  /** The first tensor of the state, in the order of names, that holds a value that is not finite. On rank 0. */
  notFinite(): string | undefined {
    const own = this.#leaves.findIndex((leaf) => this.#plan.own.has(leaf.piece) && hasNotFinite(this.#bytes(leaf)));
    const found = gather(this.#ranks, 'state check', own).filter((index) => index >= 0);
    return found.length > 0 ? this.#leaves[Math.min(...found)]!.entry.name : undefined;
  }

  /** Every leaf's bytes, in order, each good until the next; on rank 0. The others send what they own. */
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
      for (const leaf of leaves) fetch(leaf); // who stopped listening must let the others send what they have begun to
    }
  }

  /** Rank 0 reads every leaf and hands it to its owner. Weights are then only there: they are still to be spread. */
  fill(read: ReadState | undefined): void {
    const { rank } = this.#ranks;
    let failed: { error: unknown } | undefined;
    for (const leaf of this.#leaves) {
      const { entry, piece } = leaf;
      const data = this.#bytes(leaf);
      try {
        if (!failed) read?.(entry.name, data, piece.start * 4);
      } catch (error) {
        failed = { error }; // the others wait for the rest all the same
      }
      if (piece.owner === 0) continue;
      if (rank === 0) exchange(this.#ranks, 'state', [{ rank: piece.owner, data }], []);
      if (rank === piece.owner) exchange(this.#ranks, 'state', [], [{ rank: 0, data }]);
    }
    if (failed) throw failed.error;
  }
}
