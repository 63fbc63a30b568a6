// Forgeries of what a run's statements and its model's card say: sizes, dates and figures, with everything made again.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { signInVersion1, writeManifestInVersion1 } from '../../src/audit/testing/forge.ts';
import { type Deed, deeds, edit, redo, reseal, resize } from './forgery.ts';

export const SEAL_DEEDS: readonly Deed[] = [
  ...deeds(
    { check: 'figures' },
    {
      'a figure of 0.01': redo({ seal: { valBitsPerByte: 0.01 } }),
      'no figure, though text is held out': redo({ seal: { valBitsPerByte: null } }),
      'a card that says more': ({ run, signer }) => {
        appendFileSync(join(run, 'model/README.md'), 'Certified by the ministry.\n');
        reseal(run, signer);
      },
      'a card of 17 MiB that says more': ({ run, signer }) => {
        appendFileSync(join(run, 'model/README.md'), `<!--${' '.repeat(17 << 20)}-->`);
        reseal(run, signer);
      },
      'a card with another figure by source': ({ run, signer }) => {
        edit(join(run, 'model/README.md'), (text) => text.replace(/\| \d+\.\d{3} \|\n$/, '| 0.001 |\n'));
        reseal(run, signer);
      },
    },
  ),
  ...deeds(
    { check: 'structure' },
    {
      'a seal dated before genesis': redo({ seal: { time: '2020-01-01T00:00:00.000Z' } }),
      'a seal dated on a day that is none': redo({ seal: { time: '9999-02-30T00:00:00.000Z' } }),
      'a seal that does not say the size of the card': ({ run, signer }) =>
        resize(run, signer, 'seal', (sizes) => sizes.delete('model/README.md')),
      'a seal with another size of the card': ({ run, signer }) =>
        resize(run, signer, 'seal', (sizes) => sizes.set('model/README.md', 1)),
      'a seal that says a size of the last state': ({ run, signer }) =>
        resize(run, signer, 'seal', (sizes) => sizes.set('state', 1)),
      'a genesis with another size of the tokenizer': ({ run, signer }) =>
        resize(run, signer, 'genesis', (sizes) => sizes.set('tokenizer', 1)),
      'a genesis with another size of the manifest': ({ run, signer }) =>
        resize(run, signer, 'genesis', (sizes) => sizes.set('corpus/manifest.json', 1)),
      'a genesis that says a size of the corpus': ({ run, signer }) =>
        resize(run, signer, 'genesis', (sizes) => sizes.set('corpus', 1)),
      'a genesis of version 1': ({ run, signer }) => signInVersion1(run, 'genesis', signer),
      'a seal of version 1': ({ run, signer }) => signInVersion1(run, 'seal', signer),
      'a manifest of version 1': ({ run, signer }) => writeManifestInVersion1(run, signer),
    },
  ),
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
];
