// What the evidence of two runs says of how they are related. It is the makers' signed word: an audit checks it, a comparison of weights
// does not.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../base/index.ts';
import { parentOf, readStatement } from '../ledger/index.ts';
import { GENESIS, SEAL } from '../run-folder/index.ts';

/** What a run's maker signed; undefined for what is not signed or not sound. */
export interface RunEvidence {
  /** Root of the state that training began with, and the seed that drawn weights come from. */
  stateRoot: string;
  seed: string;
  /** SHA-256 of the seal's file. */
  seal: string | undefined;
  /** SHA-256 of the seal of the run that it began from. */
  parentSeal: string | undefined;
  hasParent: boolean;
}

/**
 * `other-start`: both began with drawn weights, of two seeds; `same-seed`: of one seed, so that tensors of one name and width are equal
 * though the states are not; `parent-elsewhere`: one began from a third model.
 */
export type Kinship =
  | 'begins-from-reference'
  | 'reference-begins-from-it'
  | 'same-parent'
  | 'same-start'
  | 'same-seed'
  | 'other-start'
  | 'parent-elsewhere';

export function evidenceOf(run: string | undefined): RunEvidence | undefined {
  if (run === undefined || !existsSync(join(run, GENESIS))) return undefined;
  try {
    const { commitment } = readStatement(join(run, GENESIS), 'genesis').predicate;
    const parent = parentOf(commitment);
    const seal = existsSync(join(run, SEAL)) ? readStatement(join(run, SEAL), 'seal').digest : undefined;
    const parentSeal = parent && 'seal' in parent ? parent.seal : undefined;
    return {
      stateRoot: commitment.stateRoot,
      seed: commitment.seed,
      seal,
      parentSeal,
      hasParent: parent !== undefined,
    };
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}

/** How two runs are related by their makers' word; undefined where one of them left none. */
export function kinshipOf(suspect: RunEvidence | undefined, reference: RunEvidence | undefined): Kinship | undefined {
  if (!suspect || !reference) return undefined;
  if (suspect.parentSeal !== undefined && suspect.parentSeal === reference.seal) return 'begins-from-reference';
  if (reference.parentSeal !== undefined && reference.parentSeal === suspect.seal) return 'reference-begins-from-it';
  if (suspect.parentSeal !== undefined && suspect.parentSeal === reference.parentSeal) return 'same-parent';
  if (suspect.stateRoot === reference.stateRoot) return 'same-start';
  if (suspect.hasParent || reference.hasParent) return 'parent-elsewhere';
  return suspect.seed === reference.seed ? 'same-seed' : 'other-start';
}

/** How two run folders are related by their makers' word; undefined where one of them left none. */
export const kinshipOfRuns = (suspect: string, reference: string): Kinship | undefined =>
  kinshipOf(evidenceOf(suspect), evidenceOf(reference));
