// The tokenizer of a run with a parent: the parent's own, or the parent's with more entries.

import { type RunTokenizer, Tokenizer } from '../foundry/tokenizer/index.ts';
import { type Commitment, parentOf, START, type Statement } from '../ledger/index.ts';
import { GENESIS, PARENT_TOKENIZER, TOKENIZER } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { BEGINNING } from './sentences/structure.ts';
import type { RunStatements } from './statements.ts';
import { digestOf } from './texts.ts';

/** More bytes than the tokenizer.json of a model may have. */
const MAX_TOKENIZER = 128 << 20;

/** SHA-256 of the parent's tokenizer.json, as the parent says it; `genesis` is that of a parent that is a run. */
export function tokenizerOfParent(
  commitment: Commitment,
  genesis: Statement<'genesis'> | undefined,
): string | undefined {
  const parent = parentOf(commitment);
  if (!parent) return undefined;
  if ('seal' in parent) return genesis?.predicate.commitment.tokenizer;
  return parent.files.find(({ name }) => name === 'tokenizer')?.sha256;
}

interface Begun {
  folder: RunFolder;
  statements: RunStatements;
  /** Entries that the recipe asks for. */
  vocabSize: number;
  /** That of the run. */
  tokenizer: RunTokenizer;
  /** Rows of the weights that the run begins with, if they are whole. */
  rows: number | undefined;
}

/**
 * Finds the parent's tokenizer, with which that of the run must begin. Undefined, with a finding, where it is not known or not the parent's.
 */
export async function checkParentTokenizer(
  { folder, statements, vocabSize, tokenizer, rows }: Begun,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<RunTokenizer | undefined> {
  const { commitment } = statements.genesis.predicate;
  const genesis = statements.parent?.genesis;
  const digest = tokenizerOfParent(commitment, genesis);
  const parent = parentOf(commitment)!;
  if (digest === undefined) {
    if (!('seal' in parent)) findings.refuted(GENESIS, BEGINNING.noTokenizer);
    return undefined; // the statements of a parent that is a run have their findings
  }
  let found: RunTokenizer | undefined = tokenizer;
  if (digest !== commitment.tokenizer) {
    // One of another maker gets no further entries.
    if (!(tokenizer instanceof Tokenizer) || (rows !== undefined && vocabSize <= rows)) {
      findings.refuted(GENESIS, BEGINNING.otherTokenizer);
      return undefined;
    }
    const parents = await findings.tryAsync(PARENT_TOKENIZER, async () => {
      const size = folder.size(PARENT_TOKENIZER);
      if (size === undefined) {
        findings.incomplete(PARENT_TOKENIZER, BEGINNING.tokenizerMissing);
        return undefined;
      }
      const signed = genesis?.sizes.get('tokenizer');
      if (size > MAX_TOKENIZER || (signed !== undefined && size !== signed)) {
        findings.refuted(PARENT_TOKENIZER, BEGINNING.tokenizerSize(size));
        return undefined;
      }
      if ((await digestOf(folder, PARENT_TOKENIZER, pause)) !== digest) {
        findings.refuted(PARENT_TOKENIZER, BEGINNING.notParents);
        return undefined;
      }
      return Tokenizer.load(folder.file(PARENT_TOKENIZER));
    });
    if (!parents) return undefined;
    found = parents;
    if (!tokenizer.extends(parents)) {
      findings.refuted(TOKENIZER, BEGINNING.notBegun);
      return undefined;
    }
  }
  if (rows !== undefined && rows !== found.vocabSize) {
    findings.refuted(START, BEGINNING.otherRows(rows, found.vocabSize));
    return undefined;
  }
  return found;
}
