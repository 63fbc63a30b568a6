// Forgeries of what a run starts with: recipe, seed, keys, texts, tokens and tokenizer, with everything made again.

import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointOf, redoEvidence } from '../../src/audit/testing/run.ts';
import { trainTokenizer } from '../../src/foundry/tokenizer/index.ts';
import { type Deed, deeds, edit, redoAfter } from './forgery.ts';

export const START_DEEDS: readonly Deed[] = [
  ...deeds(
    {},
    {
      'another seed than the one that was drawn from': ({ run, signer }) => {
        edit(join(run, 'recipe.yaml'), (text) => text.replace('seed: 1377', 'seed: 4711'));
        redoEvidence(run, signer, { commitment: { seed: (4711).toString(16).padStart(16, '0') } });
      },
      "another run's weights at the first kept state": redoAfter(({ run, other }) => {
        cpSync(checkpointOf(other, 2), checkpointOf(run, 2), { recursive: true });
      }),
      'a tokenizer of other texts': redoAfter(async ({ run }) => {
        const path = join(run, 'tokenizer/tokenizer.json');
        const vocabSize = Object.keys(JSON.parse(readFileSync(path, 'utf8')).model.vocab).length;
        const text = 'something else altogether, something else, quite something '.repeat(60);
        writeFileSync(path, (await trainTokenizer([{ text, weight: 1 }], { vocabSize })).toJson());
      }),
      'a letter of a training text': redoAfter(({ run }) => {
        edit(join(run, 'corpus/source-00.train.jsonl'), (text) => text.replace(/(?<="text":"[^"]*)[a-p]/, 'q'));
      }),
      'tokens of another text': redoAfter(({ run }) => {
        const path = join(run, 'corpus/source-01.train.bin');
        const bytes = readFileSync(path);
        bytes.writeUInt16LE(bytes.readUInt16LE(200) === 70 ? 71 : 70, 200);
        writeFileSync(path, bytes);
      }),
      'a recipe in another spelling': redoAfter(({ run }) => {
        appendFileSync(join(run, 'recipe.yaml'), '# nothing\n');
      }),
      'a source weighed otherwise than the recipe says': redoAfter(({ run }) => {
        edit(join(run, 'recipe.yaml'), (text) => text.replace('weight: 2.5', 'weight: 1'));
        edit(join(run, 'corpus/manifest.json'), (text) => text.replace('"weight": 2.5', '"weight": 1'));
      }),
      'a shorter list of states that stay': ({ run, signer }) => {
        rmSync(checkpointOf(run, 4), { recursive: true });
        redoEvidence(run, signer, { commitment: { kept: [2, 6, 8] } });
      },
    },
  ),
  {
    name: 'signed by a stranger, where the maker is known',
    verdict: 'refuted',
    maker: ({ signer }) => signer.fingerprint,
    do: ({ run, stranger }) => redoEvidence(run, stranger),
  },
  ...[
    {
      what: 'a member twice',
      change: (text: string) => text.replace('"normalizer":', '"normalizer": {}, "normalizer":'),
    },
    { what: 'a member more', change: (text: string) => text.replace('{', '{"certified": true,') },
    { what: 'a newline more', change: (text: string) => `${text}\n` },
  ].map(
    ({ what, change }): Deed => ({
      name: `a tokenizer.json with ${what}`,
      verdict: 'refuted',
      check: 'origin',
      do: ({ run, signer }) => {
        edit(join(run, 'tokenizer/tokenizer.json'), change);
        redoEvidence(run, signer);
      },
    }),
  ),
  ...[
    { what: 'the architecture', line: 'architecture: llama', before: 'hiddenSize' },
    { what: 'the head size', line: 'headDim: 8', before: 'maxPositionEmbeddings' },
    { what: 'the optimizer', line: 'optimizer: adamw', before: 'learningRate' },
  ].map(
    ({ what, line, before }): Deed => ({
      name: `a recipe that names ${what} that it has anyway`,
      verdict: 'refuted',
      check: 'structure',
      do: ({ run, signer }) => {
        edit(join(run, 'recipe.yaml'), (text) => text.replace(`  ${before}:`, `  ${line}\n  ${before}:`));
        redoEvidence(run, signer);
      },
    }),
  ),
  {
    name: 'a recipe with Muon and without a momentum',
    verdict: 'refuted',
    check: 'structure',
    recipe: 'muon',
    do: ({ run, signer }) => {
      edit(join(run, 'recipe.yaml'), (text) => text.replace('  momentum: 0.95\n', ''));
      redoEvidence(run, signer);
    },
  },
];
