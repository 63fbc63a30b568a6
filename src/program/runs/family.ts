// The family of a run, as its folder and the other runs of this machine record it: what it began with, what that began with, and which
// runs began with it. Whether it is true the audit finds out.

import { dirname, join } from 'node:path';
import { readSmallFile } from '../../formats/index.ts';
import { isConversations, parseRecipe } from '../../foundry/index.ts';
import { type Parent, parentOf, START } from '../../ledger/index.ts';
import { GENESIS, RECIPE, SEAL } from '../../run-folder/index.ts';
import { statementOf } from './evidence.ts';
import { readOrNote } from './read-or-note.ts';

/** What a run learned from, by its recipe; null where no recipe can be read. */
type LearnedFrom = 'text' | 'conversations' | 'preferences' | null;

/** A run of this machine. */
export interface KnownRun {
  id: string;
  name: string;
}

type Ancestor =
  /** `run` is null where it is not on this machine. */
  | { kind: 'run'; seal: string; run: KnownRun | null; learned: LearnedFrom }
  /** A model whose making nobody showed. */
  | { kind: 'model'; files: { name: string; sha256: string }[] };

export interface Family {
  /** What the run itself learned from, after its beginning. */
  learned: LearnedFrom;
  /** The parent first; empty for a run that began with drawn weights. */
  ancestors: Ancestor[];
  /** Whether it is recorded here what the last of them began with. */
  complete: boolean;
  /** Runs of this machine that began with this one. */
  children: (KnownRun & { learned: LearnedFrom })[];
}

const MAX_RECIPE = 64 << 10;

function learnedIn(folder: string): LearnedFrom {
  const recipe = readOrNote(RECIPE, [], () =>
    parseRecipe(readSmallFile(join(folder, RECIPE), MAX_RECIPE), { file: RECIPE }),
  );
  if (!recipe) return null;
  if (recipe.train.dpoBeta !== undefined) return 'preferences';
  return recipe.corpus.sources.some(({ read }) => isConversations(read)) ? 'conversations' : 'text';
}

/** As many as an audit follows. */
const MAX_ANCESTORS = 16;

/** What a run began with: a parent, or drawn weights. Undefined where its folder has no genesis, or that of another seal. */
function beginningOf(folder: string, seal?: string): { parent: Parent | undefined } | undefined {
  const genesis = statementOf(folder, GENESIS, 'genesis');
  if (!genesis) return undefined;
  if (seal !== undefined && sealIn(folder, seal)?.predicate.genesis !== genesis.digest) return undefined;
  return { parent: parentOf(genesis.predicate.commitment) };
}

/** The seal in a folder, if it is this one. */
function sealIn(folder: string, digest: string) {
  const seal = statementOf(folder, SEAL, 'seal');
  return seal?.digest === digest ? seal : undefined;
}

/** @param here the runs of this machine with their folders */
export function familyOf(folder: string, here: readonly (KnownRun & { folder: string })[]): Family {
  const known = ({ id, name }: KnownRun): KnownRun => ({ id, name });
  const own = statementOf(folder, SEAL, 'seal')?.digest;
  const children = here.filter((run) => {
    const parent = own === undefined ? undefined : beginningOf(run.folder)?.parent;
    return parent !== undefined && 'seal' in parent && parent.seal === own;
  });
  const ancestors: Ancestor[] = [];
  let at = folder;
  let beginning = beginningOf(folder);
  while (beginning?.parent && ancestors.length < MAX_ANCESTORS) {
    const { parent } = beginning;
    if (!('seal' in parent)) {
      ancestors.push({ kind: 'model', files: parent.files });
      break;
    }
    const { seal } = parent;
    const run = here.find((one) => sealIn(one.folder, seal));
    ancestors.push({ kind: 'run', seal, run: run ? known(run) : null, learned: run ? learnedIn(run.folder) : null });
    // A run keeps its parent's genesis and seal beside the weights that it began with.
    at = run?.folder ?? join(at, dirname(START));
    beginning = beginningOf(at, seal);
  }
  const isWhole = beginning !== undefined && (!beginning.parent || ancestors.at(-1)?.kind === 'model');
  const made = children.map((run) => ({ ...known(run), learned: learnedIn(run.folder) }));
  return { learned: learnedIn(folder), ancestors, complete: isWhole, children: made };
}
