// Forgeries of what a run was built on: the weights, the statements and the tokenizer of its parent.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redoEvidence } from '../../src/audit/testing/run.ts';
import { Tokenizer } from '../../src/foundry/tokenizer/index.ts';
import { digestOfFile, parentOf, REFERENCES, readStatement, START } from '../../src/ledger/index.ts';
import { type Deed, deeds, edit, redoAfter, reseal, resize } from './forgery.ts';

/** Exchanges the ids of two entries of a run's tokenizer. */
function exchange(run: string, a: number, b: number) {
  const path = join(run, 'tokenizer/tokenizer.json');
  const spelled = Tokenizer.load(path).spelledTokens();
  const [first, second] = [a, b].map((id) => `${JSON.stringify(spelled[id])}: `);
  edit(path, (text) => text.replace(`${first}${a},`, `${first}${b},`).replace(`${second}${b},`, `${second}${a},`));
}

/** Changes one bit of the last number of a file. */
function flip(path: string) {
  const bytes = readFileSync(path);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(path, bytes);
}

const parentOfRun = (run: string) => {
  const parent = parentOf(readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment);
  if (!parent || !('seal' in parent)) throw new Error(`${run} has no run as parent`);
  return parent;
};

export const PARENT_DEEDS: readonly Deed[] = [
  ...deeds(
    { check: 'structure', recipe: 'child' },
    {
      "a genesis with another size of the parent's weights": ({ run, signer }) =>
        resize(run, signer, 'genesis', (sizes) => sizes.set(START, 1)),
      'references in a run without pairs': ({ run, signer }) => {
        writeFileSync(join(run, REFERENCES), '');
        redoEvidence(run, signer, { commitment: { references: digestOfFile(join(run, REFERENCES)) } as object });
      },
      'parent: its weights altered in the run': ({ run }) => flip(join(run, START)),
      'parent: other weights than it sealed, signed again': ({ run, signer }) => {
        flip(join(run, START));
        const { seal } = parentOfRun(run);
        redoEvidence(run, signer, {
          commitment: { parent: { seal, weights: digestOfFile(join(run, START)) } } as object,
        });
      },
    },
  ),
  ...deeds(
    { check: 'origin', recipe: 'child' },
    {
      'parent: another run, whose weights are not those that were trained': ({ run, other, signer }) => {
        for (const name of ['seal.json', 'genesis.json']) cpSync(join(other, 'start', name), join(run, 'start', name));
        cpSync(join(other, START), join(run, START));
        redoEvidence(run, signer, { commitment: { parent: parentOfRun(other) } as object });
      },
      'parent: kept secret': ({ run, signer }) => {
        edit(join(run, 'recipe.yaml'), (text) => text.replace(/^from:\n {2}.*\n/m, ''));
        rmSync(join(run, 'start'), { recursive: true });
        redoEvidence(run, signer, { version: 2 });
      },
    },
  ),
  {
    name: 'parent: its seal is not there',
    verdict: 'incomplete',
    recipe: 'child',
    do: ({ run }) => rmSync(join(run, 'start/seal.json')),
  },
  ...deeds(
    { check: 'structure', recipe: 'grown' },
    {
      'parent: two of its entries exchanged in the extended tokenizer': redoAfter(({ run }) => {
        exchange(run, 300, 301);
      }),
      'parent: another tokenizer in the place of its own': ({ run }) => flip(join(run, 'start/tokenizer.json')),
    },
  ),
  ...deeds(
    { check: 'origin', recipe: 'grown' },
    {
      'parent: two of the new entries exchanged': redoAfter(({ run }) => {
        exchange(run, 420, 421);
      }),
      'parent: a new row that is not the mean of those that it stands for': ({ run, other, signer }) => {
        const { stateRoot } = readStatement(join(other, 'genesis.json'), 'genesis').predicate.commitment;
        redoEvidence(run, signer, { commitment: { stateRoot } });
      },
    },
  ),
  {
    name: 'parent: no new entries, where the recipe asks for them',
    verdict: 'refuted',
    recipe: 'grown',
    do: ({ run, signer }) => {
      cpSync(join(run, 'start/tokenizer.json'), join(run, 'tokenizer/tokenizer.json'));
      redoEvidence(run, signer);
    },
  },
  {
    name: 'parent: its tokenizer is not there, and that of the run is another one',
    verdict: 'incomplete',
    check: 'structure',
    recipe: 'grown',
    do: ({ run }) => rmSync(join(run, 'start/tokenizer.json')),
  },
  {
    name: 'parent: another figure before step 1',
    verdict: 'refuted',
    check: 'figures',
    recipe: 'grown',
    do: ({ run, signer }) => {
      edit(join(run, 'model/README.md'), (text) => text.replace(/\d+\.\d{3} before step 1/, '1.234 before step 1'));
      reseal(run, signer);
    },
  },
];
