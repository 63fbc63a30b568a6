// Forgeries of a run's files: changed, too large or missing, and nothing else made again.

import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeTensor, checkpointOf } from '../../src/audit/testing/run.ts';
import { type Deed, edit } from './forgery.ts';

const UP = 'model.layers.1.mlp.up_proj.weight';

/** The signature of a statement in its other form: n - s instead of s. */
function highS(path: string) {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const envelope = JSON.parse(readFileSync(path, 'utf8'));
  const sig = Buffer.from(envelope.signatures[0].sig, 'base64');
  const rEnd = 4 + sig[3]!;
  const s = order - BigInt(`0x${sig.toString('hex', rEnd + 2)}`);
  let body = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
  if (body[0]! >= 0x80) body = Buffer.concat([Buffer.from([0]), body]);
  const inner = Buffer.concat([sig.subarray(2, rEnd), Buffer.from([2, body.length]), body]);
  envelope.signatures[0].sig = Buffer.concat([Buffer.from([0x30, inner.length]), inner]).toString('base64');
  writeFileSync(path, `${JSON.stringify(envelope)}\n`);
}

export const FILE_DEEDS: readonly Deed[] = [
  { name: 'a byte of a state', verdict: 'refuted', do: ({ run }) => changeTensor(run, 4, UP, (w) => w.fill(0, 0, 1)) },
  {
    name: 'a digit of a link',
    verdict: 'refuted',
    do: ({ run }) =>
      edit(join(run, 'transcript.jsonl'), (t) => t.replace(/"link":"./, (x) => `"link":"${x.endsWith('0') ? 1 : 0}`)),
  },
  {
    name: 'the last record left out',
    verdict: 'refuted',
    do: ({ run }) => edit(join(run, 'transcript.jsonl'), (text) => text.replace(/[^\n]*\n$/, '')),
  },
  {
    name: 'a space in a signed envelope',
    verdict: 'refuted',
    do: ({ run }) => edit(join(run, 'seal.json'), (text) => text.replace(':', ': ')),
  },
  {
    name: 'the other form of a signature',
    verdict: 'refuted',
    do: ({ run }) => highS(join(run, 'genesis.json')),
  },
  {
    name: 'a file beside the model that nobody sealed',
    verdict: 'refuted',
    do: ({ run }) => writeFileSync(join(run, 'model/adapter.bin'), 'x'),
  },
  {
    name: 'another last token',
    verdict: 'refuted',
    do: ({ run }) => {
      const path = join(run, 'corpus/source-00.train.bin');
      const bytes = readFileSync(path);
      bytes[bytes.length - 2]! ^= 1;
      writeFileSync(path, bytes);
    },
  },
  { name: 'no seal', verdict: 'incomplete', do: ({ run }) => rmSync(join(run, 'seal.json')) },
  { name: 'no genesis', verdict: 'incomplete', do: ({ run }) => rmSync(join(run, 'genesis.json')) },
  {
    name: 'a kept state withheld',
    verdict: 'incomplete',
    do: ({ run }) => rmSync(checkpointOf(run, 4), { recursive: true }),
  },
  { name: 'no texts', verdict: 'incomplete', do: ({ run }) => rmSync(join(run, 'corpus/source-01.train.jsonl')) },
  { name: 'no tokens', verdict: 'incomplete', do: ({ run }) => rmSync(join(run, 'corpus/source-01.train.bin')) },
  {
    name: 'a file of texts of 2 TB',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run }) => truncateSync(join(run, 'corpus/source-00.train.jsonl'), 2e12),
  },
  {
    name: 'a card of 2 TB',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run }) => truncateSync(join(run, 'model/README.md'), 2e12),
  },
];
