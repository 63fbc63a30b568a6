// The base of all other folders: the error type, atomic writes, locks, small helpers. Knows nothing of models or evidence.

export { appendDurably } from './durable-append.ts';
export type { BeginningOf, ErrorCode } from './error-codes/index.ts';
export { type ErrorWords, type Failure, JikjiError, systemCode, writeFailure } from './errors.ts';
export { filePieces, makeFolder, syncFolder, writeFileAtomic, writeFolderAtomic, writeFully } from './files.ts';
export { finiteOrNull, isObject, shownName, shownValue } from './foreign-values.ts';
export { parseJson } from './json.ts';
export { holdsLock, isLocked, isRunning, lockText, takeLock } from './lock.ts';
export { count, quantity } from './numbers.ts';
export { packageVersion } from './package-version.ts';
export { prefixLength } from './prefix-length.ts';
export { type Refusal, refusal } from './refusal.ts';
export { stateFolder } from './state-folder.ts';
export * from './text/index.ts';
export { defaultThreads } from './threads.ts';
export { textWidth, wrap } from './width.ts';
