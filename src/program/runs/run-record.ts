// What a run was made with, as its folder records it: machines, versions, sources, the maker's key. Unreadable files are listed and count
// as not recorded. Verifies nothing: the audit does.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, parseJson } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { corpusSource } from '../../reliance/index.ts';
import { GENESIS, MANIFEST, readRun } from '../../run-folder/index.ts';
import { sessionsOf, statementOf } from './evidence.ts';
import type { Unreadable } from './read-or-note.ts';
import { notARun, runMissing } from './refusals.ts';
import { environmentOf } from './witness.ts';

export type RunRecord = ReturnType<typeof runRecordOf>;

const MAX_MANIFEST = 16 << 20;
const MAX_SOURCES = 10_000;
const MAX_LENGTH = 300;

/** @throws JikjiError `run-missing`, `not-a-run` */
export function runRecordOf(folder: string) {
  const { name, state, stepsDone, witnessed } = readRun(folder);
  if (state === 'gone') throw runMissing(folder);
  if (state === 'broken') throw notARun(folder);
  const unreadable: Unreadable = [];
  const made = state === 'finished' ? ('all' as const) : stepsDone ? ('part' as const) : ('none' as const);
  if (witnessed) {
    const maker = statementOf(folder, GENESIS, 'witness-genesis', unreadable)?.keyid ?? null;
    const device = environmentOf(folder, unreadable)?.device;
    const devices = device === undefined ? [] : [oneLine(device)];
    return { name: oneLine(name), made, devices, runtime: null, data: [], maker, unreadable };
  }
  const genesis = statementOf(folder, GENESIS, 'genesis', unreadable);
  const circumstances = genesis?.predicate.circumstances;
  const devices = sessionsOf(folder, unreadable).flatMap(({ machines }) => machines);
  if (devices.length === 0 && circumstances) devices.push(circumstances.device);
  const { node, v8, version } = circumstances ?? {};
  return {
    name: oneLine(name),
    /** Whether all of its steps were trained, some, or none. */
    made,
    /** The devices that its sessions name, each once. */
    devices: [...new Set(devices.map(oneLine))],
    /** Versions of Node, V8 and Jikji. */
    runtime: circumstances ? { node: oneLine(node!), v8: oneLine(v8!), version: oneLine(version!) } : null,
    /** Of each source, in order, as `corpusSource` names it. */
    data: sourcesOf(folder, unreadable),
    /** Fingerprint of the key that signed its genesis. */
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
    const { sources } = parseJson(readSmallFile(path, MAX_MANIFEST)) as { sources: unknown };
    if (!Array.isArray(sources)) throw new SyntaxError('it has no list of sources');
    return sources.slice(0, MAX_SOURCES).map((source) => {
      const npm = source?.origin?.npm;
      return oneLine(corpusSource(typeof npm === 'string' ? npm : undefined));
    });
  } catch (error) {
    if (!(error instanceof JikjiError) && !(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    const why = error instanceof JikjiError ? error.message : 'it is not a corpus manifest';
    unreadable.push({ file: MANIFEST, why });
    return [];
  }
}
