// Evidence: canonical JSON, digests, Merkle trees, the state root. Knows nothing of models.
export { canonicalJson, type Json } from './canonical.ts';
export { digestOfFile, digestOfJson, sha256, sha256Hex } from './digest.ts';
export { leafHash, MerkleTree, nodeHash } from './merkle.ts';
export { STATE_LEAF_BYTES, type StateTensor, stateRoot } from './state.ts';
export { bits32, bits64, nextLink, Transcript, type TranscriptRecord } from './transcript.ts';
