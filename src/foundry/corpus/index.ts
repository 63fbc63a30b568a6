// The corpus: a recipe's sources become documents in files, with a manifest that says where every one came from.
export { buildCorpus, type CorpusOptions, type CorpusProgress } from './build.ts';
export { checkSources } from './check.ts';
export { LARGEST_DOCUMENT } from './cut.ts';
export { readDocuments, readDocumentsSync } from './documents.ts';
export { checkEncodings } from './encodings.ts';
export {
  type CorpusManifest,
  heldOut,
  type ManifestFile,
  type ManifestSource,
  type Origin,
  SPLITS,
  type Split,
  sourceFile,
} from './manifest.ts';
export { READERS, type ReaderName, type SourceRecipe } from './recipe.ts';
