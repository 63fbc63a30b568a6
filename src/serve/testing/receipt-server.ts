// A server that gives receipts, as a process that can be killed: `node receipt-server.ts MODEL KEY` prints its address.

import { loadSigner } from '../../ledger/index.ts';
import { serveModels } from '../server.ts';

const [model, name] = process.argv.slice(2) as [string, string];
const server = await serveModels({
  models: [{ name: 'tiny', folder: model }],
  ...{
    host: '127.0.0.1',
    port: 0,
    orNext: false,
    threads: 1,
    texts: 4,
    maxWaiting: 50,
    maxSeconds: 60,
    guesses: false,
  },
  receipts: { signer: loadSigner(name), keep: 300, keepTexts: false },
});
process.stdout.write(`${server.url}\n`);
