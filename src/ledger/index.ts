// Evidence: canonical JSON, digests, Merkle trees, keys, signed statements, transcripts, registers. Knows nothing of models.

export { canonicalJson, type Json } from './canonical.ts';
export { digestOfFile, digestOfJson, sha256, sha256Hex } from './digest.ts';
export {
  type HandOver,
  type HandOverFault,
  handOverFault,
  holderOf,
  makersBy,
  signHandOver,
  signTakeOver,
} from './hand-over.ts';
export {
  DEFAULT_KEY,
  defaultSigner,
  fingerprintOf,
  type KeyInfo,
  listKeys,
  loadOrMakeSigner,
  loadSigner,
  newKey,
  ownsKey,
  type Signer,
  showKey,
} from './keys.ts';
export {
  ANSWER_FILES,
  digestOfAnswer,
  type Lodgeable,
  notLodgeable,
  readLodgeable,
  requestKeyOf,
  requestKeyOfWitness,
  runKey,
  signHead,
  signModel,
} from './lodging.ts';
export { leafHash, MerkleTree } from './merkle.ts';
export {
  type AnswerContext,
  type AnswerParameters,
  digestOfFiles,
  digestOfRequest,
  digestOfTokens,
  headOf,
  type ReadReceipt,
  type Receipt,
  type ReceiptEnd,
  type ReceiptRequest,
  readReceipt,
  seedOfNonce,
  signReceipt,
  TOKEN_ENDS,
} from './receipt.ts';
export { MAX_BIASES, NONCE } from './receipt-shape.ts';
export { MAX_RECORD, MIN_RECORD, RecordLine } from './record-line.ts';
export { MAX_REGISTER_BYTES, Register, type RegisterEntry } from './register.ts';
export { findAnswerInFile, lodgeInFile, readRegisterText, registerFile } from './register-file.ts';
export { seedHex, seedOfLodging } from './seed.ts';
export { type AuditedLink, type AuditStatement, endsOf, parseSignedAudit, type SignedAudit } from './signed-audit.ts';
export { rootOfState, STATE_LEAF_BYTES, type StateTensor, stateRoot } from './state.ts';
export {
  type Commitment,
  digestOfCommitment,
  digestOfParent,
  genesisFiles,
  genesisSubjects,
  handOversOf,
  kindOf,
  MAX_HAND_OVERS,
  madeFrom,
  madeFromFiles,
  type Parent,
  type Predicate,
  parentOf,
  parseStatement,
  REFERENCES,
  readStatement,
  readStatementText,
  referencesOf,
  START,
  type Statement,
  type StatementKind,
  type Subject,
  signStatement,
  usedTokensOf,
  type WitnessCommitment,
} from './statement.ts';
export { bits32, bits64, nextLink, Transcript } from './transcript.ts';
export { firstRecord, lastRecord, TranscriptReader } from './transcript-reader.ts';
