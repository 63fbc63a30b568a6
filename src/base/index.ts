// What every room stands on: the error type, files written whole, locks. Knows nothing of models or evidence.
export { JikjiError, systemCode, writeFailure } from './errors.ts';
export { filePieces, makeFolder, syncFolder, writeFileAtomic, writeFolderAtomic, writeFully } from './files.ts';
export { holdsLock, isLocked, lockText, takeLock } from './lock.ts';
export { count, counted } from './numbers.ts';
export { stateFolder } from './state-folder.ts';
export { textWidth, wrap } from './width.ts';
