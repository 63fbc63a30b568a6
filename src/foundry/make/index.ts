// Makes a run from a recipe: folder, stages, resumption. Entry point for the command line and the audit.

export { type CardFacts, runCard } from './card.ts';
export { CHAT_FILES, chatFiles, openEncoder, readTemplate, tokenizerConfig } from './chat-files.ts';
export type { MakeEvent, MakeOptions, Stage } from './events.ts';
export { ARITHMETIC_VERSION, checkpointPlan } from './evidence.ts';
export { checkFolder, folderOfRun } from './folder.ts';
export { scoreHeldOut, textBytes, tokensScored } from './held-out.ts';
export { readMadeFile } from './made-files.ts';
export { makeRun, makeText, prepareRun } from './make.ts';
export type { Asked, OfficeClient } from './office.ts';
export { parentShape, weightsDigest } from './parent.ts';
export { followRun } from './ranks.ts';
export { countReferences, openReferences, REFERENCE_BYTES } from './references.ts';
export type { MakeResult } from './result.ts';
export { interleaved } from './text.ts';
export { marksFile, type TokensManifest, tokenLeaves, tokensFile, tokensManifestSchema } from './tokens-manifest.ts';
