// A server that gives receipts, as a process that can be killed: `node receipt-server.ts MODEL KEY` prints its address.

import { loadSigner } from '../../ledger/index.ts';
import { serveModels } from '../server.ts';
import { SMALL } from './small.ts';

const [model, name] = process.argv.slice(2) as [string, string];
const server = await serveModels({
  models: [{ name: 'tiny', folder: model }],
  ...SMALL,
  receipts: { signer: loadSigner(name), keep: 300, keepTexts: false },
});
process.stdout.write(`${server.url}\n`);
