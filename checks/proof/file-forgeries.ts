// Forgeries of a run's files: changed, too large or missing, and nothing else made again.

import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeTensor, checkpointOf } from '../../src/audit/testing/run.ts';
import { type Deed, deeds, edit } from './forgery.ts';

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
  ...deeds(
    {},
    {
      'a byte of a state': ({ run }) => changeTensor(run, 4, UP, (w) => w.fill(0, 0, 1)),
      'a digit of a link': ({ run }) =>
        edit(join(run, 'transcript.jsonl'), (t) => t.replace(/"link":"./, (x) => `"link":"${x.endsWith('0') ? 1 : 0}`)),
      'the last record left out': ({ run }) =>
        edit(join(run, 'transcript.jsonl'), (text) => text.replace(/[^\n]*\n$/, '')),
      'a space in a signed envelope': ({ run }) => edit(join(run, 'seal.json'), (text) => text.replace(':', ': ')),
      'the other form of a signature': ({ run }) => highS(join(run, 'genesis.json')),
      'a file beside the model that nobody sealed': ({ run }) => writeFileSync(join(run, 'model/adapter.bin'), 'x'),
      'another last token': ({ run }) => {
        const path = join(run, 'corpus/source-00.train.bin');
        const bytes = readFileSync(path);
        bytes[bytes.length - 2]! ^= 1;
        writeFileSync(path, bytes);
      },
    },
  ),
  ...deeds(
    { verdict: 'incomplete' },
    {
      'no seal': ({ run }) => rmSync(join(run, 'seal.json')),
      'no genesis': ({ run }) => rmSync(join(run, 'genesis.json')),
      'a kept state withheld': ({ run }) => rmSync(checkpointOf(run, 4), { recursive: true }),
      'no texts': ({ run }) => rmSync(join(run, 'corpus/source-01.train.jsonl')),
      'no tokens': ({ run }) => rmSync(join(run, 'corpus/source-01.train.bin')),
    },
  ),
  ...deeds(
    { check: 'structure' },
    {
      'a file of texts of 2 TB': ({ run }) => truncateSync(join(run, 'corpus/source-00.train.jsonl'), 2e12),
      'a card of 2 TB': ({ run }) => truncateSync(join(run, 'model/README.md'), 2e12),
    },
  ),
];
