// The card that make writes: for any name of a source, its row has the table's columns.

import { expect, test } from 'vitest';
import type { CorpusManifest } from '../corpus/index.ts';
import { parseRunRecipe } from '../recipe/index.ts';
import { runCard } from './card.ts';

const recipe = parseRunRecipe(
  'name: x\nseed: 1377\ncorpus: { sources: [{ files: a.txt, licence: none }] }',
  'recipe.yaml',
);
const config = {
  ...recipe.model,
  vocabSize: 300,
  headDim: recipe.model.hiddenSize / recipe.model.numAttentionHeads,
} as Parameters<typeof runCard>[0]['config'];

const card = (licence: string, held: number) =>
  runCard({
    ...{ recipe, config, stateRoot: 'ab', head: 'cd' },
    manifest: {
      bytes: { train: 1000, validation: held },
      sources: [
        { origin: { files: ['a.txt'] }, language: 'en', licence, weight: 1, bytes: { train: 1000, validation: held } },
      ],
    } as unknown as CorpusManifest,
    bitsPerByte: Number.NaN,
    bySource: [null],
  });

test.each(['CC0-1.0 | 31.40 | 1 | 0.812 |', 'a\\| 0.812', 'a\n| b | en | CC0 | 1.00 | 1 | 0.812 |'])(
  'a licence %j stays in its cell',
  (licence) => {
    const rows = card(licence, 0).split('\n').slice(-2, -1);
    expect(rows[0]).toMatch(/^\| a\.txt \| en \| /);
    // As GFM splits a row: a backslash escapes the next character.
    const cells = rows[0].match(/(?:\\.|[^\\|])+/g)!;
    expect(cells).toHaveLength(6);
    expect(cells.at(-1)!.trim()).toBe('');
  },
);

test('no figure: the card says whether no text was held out, or too little', () => {
  expect(card('none', 0)).toContain('- validation: no text was held out');
  expect(card('none', 40)).toContain('- validation: not measured, the text held out is too short to score');
});
