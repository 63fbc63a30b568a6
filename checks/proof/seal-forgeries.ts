// Forgeries of what a run's statements and its model's card say: sizes, dates and figures, with everything made again.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { signInVersion1, writeManifestInVersion1 } from '../../src/audit/testing/forge.ts';
import { redoEvidence } from '../../src/audit/testing/run.ts';
import { type Deed, edit, reseal, resize } from './forgery.ts';

export const SEAL_DEEDS: readonly Deed[] = [
  {
    name: 'a figure of 0.01',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => redoEvidence(run, signer, { seal: { valBitsPerByte: 0.01 } }),
  },
  {
    name: 'no figure, though text is held out',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => redoEvidence(run, signer, { seal: { valBitsPerByte: null } }),
  },
  {
    name: 'a seal dated before genesis',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => redoEvidence(run, signer, { seal: { time: '2020-01-01T00:00:00.000Z' } }),
  },
  {
    name: 'a seal dated on a day that is none',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => redoEvidence(run, signer, { seal: { time: '9999-02-30T00:00:00.000Z' } }),
  },
  {
    name: 'a card that says more',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => {
      appendFileSync(join(run, 'model/README.md'), 'Certified by the ministry.\n');
      reseal(run, signer);
    },
  },
  {
    name: 'a card of 17 MiB that says more',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => {
      appendFileSync(join(run, 'model/README.md'), `<!--${' '.repeat(17 << 20)}-->`);
      reseal(run, signer);
    },
  },
  {
    name: 'a card with another figure by source',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => {
      edit(join(run, 'model/README.md'), (text) => text.replace(/\| \d+\.\d{3} \|\n$/, '| 0.001 |\n'));
      reseal(run, signer);
    },
  },
  {
    name: 'a card that does not name Muon',
    verdict: 'refuted',
    check: 'figures',
    recipe: 'muon',
    do: ({ run, signer }) => {
      edit(join(run, 'model/README.md'), (text) => text.replace(/- optimizer: .*\n/, ''));
      reseal(run, signer);
    },
  },
  {
    name: 'a seal that does not say the size of the card',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'seal', (sizes) => sizes.delete('model/README.md')),
  },
  {
    name: 'a seal with another size of the card',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'seal', (sizes) => sizes.set('model/README.md', 1)),
  },
  {
    name: 'a seal that says a size of the last state',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'seal', (sizes) => sizes.set('state', 1)),
  },
  {
    name: 'a genesis with another size of the tokenizer',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'genesis', (sizes) => sizes.set('tokenizer', 1)),
  },
  {
    name: 'a genesis with another size of the manifest',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'genesis', (sizes) => sizes.set('corpus/manifest.json', 1)),
  },
  {
    name: 'a genesis that says a size of the corpus',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'genesis', (sizes) => sizes.set('corpus', 1)),
  },
  ...(['genesis', 'seal'] as const).map(
    (kind): Deed => ({
      name: `a ${kind} of version 1`,
      verdict: 'refuted',
      check: 'structure',
      do: ({ run, signer }) => signInVersion1(run, kind, signer),
    }),
  ),
  {
    name: 'a manifest of version 1',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => writeManifestInVersion1(run, signer),
  },
];
