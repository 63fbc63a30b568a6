// Readers and writers of file formats: hostile bytes in, checked structures out.
export { readFailure, readUnzipped } from './gzip.ts';
export { openTar, readTar, type TarEntry, type TarLimits } from './tar.ts';
