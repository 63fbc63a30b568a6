// Where the recipes of several runs differ, as `jikji compare` shows it. Reads recipes and signed statements only, no transcript; verifies
// signatures, and nothing else.

import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import {
  type ComparedKey,
  compareRecipes,
  type Remark,
  recipeOf,
  remarksOn,
  type Scalar,
} from '../../foundry/runs/index.ts';
import { GENESIS, SEAL } from '../../run-folder/index.ts';
import { statementOf } from './evidence.ts';
import type { Listing } from './listing.ts';

/** Characters of a shown value. */
const MAX_VALUE = 500;
/** Keys of an answer: a recipe may have thousands of sources. */
const MAX_KEYS = 500;

export interface RecipeDifferences {
  /** Ids of the runs whose recipes are compared, in the order of the values. */
  runs: string[];
  /** Only keys that differ, the name left out. A value is null in a recipe that lacks the key. */
  keys: { key: string; values: Scalar[] }[];
  /** Differing keys that are left out because there are too many. */
  more: number;
  remarks: Remark[];
  /** Runs that cannot be compared, and why. `witnessed`: another program trained it, and its recipe is its maker's own. */
  left: { id: string; why: 'witnessed' | 'unknown' | 'unreadable'; detail: string }[];
}

const shown = (value: Scalar | undefined): Scalar =>
  typeof value === 'string' ? value.slice(0, MAX_VALUE) : (value ?? null);

/** Never throws because of a run: one that cannot be read is among those left. */
export async function differencesOf(listing: Listing, ids: readonly string[]): Promise<RecipeDifferences> {
  const left: RecipeDifferences['left'] = [];
  const found: { id: string; recipe: ReturnType<typeof recipeOf>; digests: ReturnType<typeof digestsOf> }[] = [];
  for (const id of ids) {
    try {
      const { witnessed, stateRoot } = listing.summary(id);
      const folder = listing.folder(id);
      if (witnessed) left.push({ id, why: 'witnessed', detail: '' });
      else found.push({ id, recipe: recipeOf(folder), digests: digestsOf(folder, stateRoot) });
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
      left.push({ id, why: error.code === 'run-unknown' ? 'unknown' : 'unreadable', detail: error.message });
    }
    await setImmediate(); // a recipe takes milliseconds
  }
  const keys = compareRecipes(found.map(({ recipe }) => recipe)).filter(isShown);
  return {
    runs: found.map(({ id }) => id),
    keys: keys.slice(0, MAX_KEYS).map(({ key, values }) => ({ key, values: values.map(shown) })),
    more: Math.max(0, keys.length - MAX_KEYS),
    remarks: found.length > 1 ? remarksOn(found.map(({ digests }) => digests)) : [],
    left,
  };
}

const isShown = ({ key, differs }: ComparedKey): boolean => differs && key !== 'name';

function digestsOf(folder: string, stateRoot: string | null) {
  const commitment = statementOf(folder, GENESIS, 'genesis')?.predicate.commitment;
  return {
    corpusRoot: commitment?.corpusRoot ?? null,
    tokenizer: commitment?.tokenizer ?? null,
    stateRoot: statementOf(folder, SEAL, 'seal')?.subjects.get('state') ?? stateRoot,
  };
}
