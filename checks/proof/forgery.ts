// A forgery of a run: one change to a copy of an honest one, with or without all hashes and signatures made again, and the result that an audit
// must give that replays everything, or the named part. What several kinds of forgeries change it with. The forgeries stand beside, by what they forge.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Changes, redoEvidence } from '../../src/audit/testing/run.ts';
import type { CheckName, Verdict } from '../../src/audit/types.ts';
import { digestOfFile, readStatement, type Signer, type Subject, signStatement } from '../../src/ledger/index.ts';

/** The runs that forgeries change; all have 8 steps and keep a state every second step. */
export interface Scene {
  /** A copy of an honest run. */
  run: string;
  /** The same recipe with another seed. */
  other: string;
  signer: Signer;
  /** Another signer. */
  stranger: Signer;
}

export interface Deed {
  name: string;
  verdict: Exclude<Verdict, 'holds'>;
  /** The check that must find it first, where that matters. */
  check?: CheckName;
  /** Recipe of the changed run: an architecture with AdamW, Llama with Muon, or a run with a parent, and one with more entries than that; Llama by default. */
  recipe?: 'llama' | 'qwen2' | 'qwen3' | 'muon' | 'child' | 'grown';
  do(scene: Scene): void | Promise<void>;
  /** Only this segment is trained again, from 1. */
  segment?: number;
  /** Fingerprint that the auditor expects of the maker. */
  maker?: (scene: Scene) => string;
}

/** Deeds by their names, with what they share. */
export const deeds = (shared: Partial<Deed>, acts: Record<string, Deed['do']>) =>
  Object.entries(acts).map(([name, act]): Deed => ({ verdict: 'refuted', ...shared, name, do: act }));

/** Makes the evidence again, changed. */
export const redo =
  (changes: Changes): Deed['do'] =>
  ({ run, signer }) =>
    redoEvidence(run, signer, changes);

/** Makes the evidence again after a change. */
export const redoAfter =
  (change: Deed['do']): Deed['do'] =>
  async (scene) => {
    await change(scene);
    redoEvidence(scene.run, scene.signer);
  };

/** Changes the text of a file. */
export const edit = (path: string, change: (text: string) => string): void => {
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing changed in ${path}`);
  writeFileSync(path, after);
};

/** Signs the statement of a kind again with other sizes; for genesis, the seal too. */
export function resize(
  run: string,
  signer: Signer,
  kind: 'genesis' | 'seal',
  change: (sizes: Map<string, number>) => void,
): void {
  const sign = (name: 'genesis' | 'seal', sizes: ReadonlyMap<string, number>) => {
    const path = join(run, `${name}.json`);
    const { subjects, predicate } = readStatement(path, name);
    const list = [...subjects].map(([what, digest]): Subject => [what, digest, sizes.get(what)]);
    const genesis = name === 'seal' ? { genesis: digestOfFile(join(run, 'genesis.json')) } : {};
    writeFileSync(path, signStatement(name, list, { ...predicate, ...genesis } as never, signer));
  };
  const sizes = new Map(readStatement(join(run, `${kind}.json`), kind).sizes);
  change(sizes);
  sign(kind, sizes);
  if (kind === 'genesis') sign('seal', readStatement(join(run, 'seal.json'), 'seal').sizes);
}

/** Seals the files of model/ as they are. */
export function reseal(run: string, signer: Signer): void {
  const { subjects, predicate } = readStatement(join(run, 'seal.json'), 'seal');
  const list = [...subjects].map(([name, digest]): Subject => {
    const path = join(run, name);
    return name === 'state' ? [name, digest] : [name, digestOfFile(path), readFileSync(path).length];
  });
  writeFileSync(join(run, 'seal.json'), signStatement('seal', list, predicate, signer));
}
