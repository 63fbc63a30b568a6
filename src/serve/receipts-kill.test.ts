// A server that is killed while it answers: every receipt that it has named is there afterwards, and it goes on. JIKJI_TORTURE kills 100.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { writeModel } from '../foundry/generate/testing/chat.ts';
import { newKey, readReceipt } from '../ledger/index.ts';
import { ReceiptStore } from './receipts/store.ts';
import { postJson } from './testing/small.ts';

const KILLS = process.env.JIKJI_TORTURE ? 100 : 2;
const CLIENTS = 8;
/** As the server keeps; of those that were named the last ones are looked for: others, that nobody was told of, stand between them. */
const KEEP = 300;
const LAST = 100;
const script = fileURLToPath(new URL('testing/receipt-server.ts', import.meta.url));

const folder = temporaryFolder();
afterAll(() => vi.unstubAllEnvs());
const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') };

/** Asks again and again, until the server is gone; `onId` gets every id as soon as it was named. */
async function client(url: string, number: number, onId: (id: string) => void) {
  const NAMED = /"receipt":"([0-9a-f]{32})"/;
  for (let i = 0; ; i++) {
    try {
      const body = { model: 'tiny', prompt: 'a', max_tokens: 1 + (i % 5), stream: number % 2 === 1 };
      const answer = await postJson(`${url}/v1/completions`, body);
      const named = answer.headers.get('Jikji-Receipt');
      if (named) onId(named);
      let text = '';
      for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
        text += piece;
        const id = NAMED.exec(text)?.[1];
        if (id !== undefined) onId(id);
      }
    } catch {
      return; // the server was killed
    }
  }
}

test(`${KILLS} kills: no receipt that was named is lost`, { timeout: 600_000 }, async () => {
  vi.stubEnv('XDG_CONFIG_HOME', env.XDG_CONFIG_HOME);
  const { fingerprint } = newKey('server');
  writeModel(join(folder, 'tiny'), 60, { endless: true });
  const path = join(folder, 'state', 'jikji', 'receipts', `${fingerprint}.jsonl`);
  const all = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, ['--no-warnings', script, join(folder, 'tiny'), 'server'], { env });
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    const gone = once(child, 'exit');
    const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), gone.then(() => [''])]);
    expect(url, said).toMatch(/^http/);
    const enough = 5 + 7 * (kill % 4);
    let named = 0;
    const onId = (id: string) => {
      if (all.has(id)) return;
      all.add(id);
      if (++named === enough) child.kill('SIGKILL');
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(String(url), number, onId)));
    await gone;
    const store = await ReceiptStore.open(path, fingerprint, KEEP);
    for (const id of [...all].slice(-LAST)) {
      const kept = (await store.find(id)) as { receipt: string } | undefined;
      expect(kept, `kill ${kill}, ${id}`).toBeDefined();
      expect(readReceipt(kept!.receipt, id).receipt.id).toBe(id);
    }
    await store.close();
  }
  expect(all.size).toBeGreaterThanOrEqual(5 * KILLS);
});
