// The corpus: turns a recipe's sources into files of documents, with a manifest of their origins.
export { buildCorpus } from './build.ts';
export { checkSources, findSourceFiles } from './check.ts';
export { placeInSource } from './conversation-file.ts';
export { MAX_DOCUMENT } from './cut.ts';
export { MAX_LINE, MAX_TEXT, readDocumentsSync, readExamplesSync } from './documents.ts';
export { Duplicates } from './duplicates.ts';
export { checkEncodings, utf8Lines } from './encodings.ts';
export { holdsOutWhole } from './hold-out.ts';
export { fraction } from './intake.ts';
export {
  type CorpusManifest,
  corpusManifestSchema,
  heldOut,
  type ManifestSource,
  originName,
  refuseVersion1,
  SPLITS,
  type Split,
  sourceFile,
  statedSettings,
} from './manifest.ts';
export { cachedTarball, fetchTarball, integrityOf, sha512OfFile, userCacheFolder } from './npm.ts';
export { npmSpec, sha512Hex } from './recipe.ts';
export { corpusDifficulty, surveyText } from './sample.ts';
export { Slices, sliceBytes, sliceText } from './slices.ts';
export {
  conversationsIn,
  type FoundConversations,
  fittingConversations,
  surveyConversations,
} from './survey-conversations.ts';
