// Taking in a bundle of 1 GB: the memory that it needs in addition to the programme's, and its speed against `cp`, `sync` and `sha256sum`
// one after the other, which only copy, sync and hash.
// usage: npm run bench:intake -- [--bytes N]; exit code 1 where the limit of memory is not kept

import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { workFolder } from '../checks/work-folder.ts';
import { writeFully } from '../src/base/index.ts';
import { type TarInput, tarPieces } from '../src/formats/index.ts';
import { submit } from '../src/program/intake/index.ts';
import { openStage } from '../src/program/intake/testing/intake.ts';
import { Programme } from '../src/program/programme/index.ts';
import { kept, seconds } from './measuring.ts';

const MAX_GROWTH = 100e6;
const RUNS = 3;

const { values } = parseArgs({ options: { bytes: { type: 'string', default: '1000000000' } } });
const size = Number(values.bytes);

/** A bundle of random bytes; each run gets another one, since the same bundle is not taken in twice. */
function writeBundle(path: string, run: number) {
  const piece = randomFillSync(Buffer.alloc(1 << 20));
  const evidence = Buffer.from(`{"run":${run}}`);
  const inputs: TarInput[] = [
    { path: 'large/genesis.json', size: evidence.length, pieces: () => [evidence] },
    {
      path: 'large/corpus/source-00.train.jsonl',
      size,
      *pieces() {
        for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length));
      },
    },
  ];
  const fd = openSync(path, 'w');
  for (const bytes of tarPieces(inputs)) writeFully(fd, bytes);
  fsyncSync(fd);
  closeSync(fd);
}

const folder = workFolder('intake');
const files = join(folder, 'files');
const programme = await Programme.open({ folder: join(folder, 'database') });
try {
  await openStage(programme, 1, { bundleBytes: 2 ** 40 });
  const ours: number[] = [];
  const theirs: number[] = [];
  let growth = 0;
  for (let run = 0; run < RUNS; run++) {
    const path = join(folder, 'large.tar');
    const copy = join(folder, 'copy.tar');
    writeBundle(path, run);
    const before = process.memoryUsage().rss;
    const onProgress = () => {
      growth = Math.max(growth, process.memoryUsage().rss - before);
    };
    const take = () => submit(programme, files, { path, stage: 's1', consortium: 'a', actor: 'bench', onProgress });
    const peer = () => {
      execFileSync('cp', [path, copy]);
      execFileSync('sync', [copy]);
      execFileSync('sha256sum', [copy]);
    };
    // In turn; each is first about as often as second.
    const both = [async () => ours.push(await seconds(take)), async () => theirs.push(await seconds(peer))];
    for (const one of run % 2 ? both.reverse() : both) await one();
    rmSync(files, { recursive: true, force: true });
    rmSync(copy);
  }
  const [own, peer] = [Math.min(...ours), Math.min(...theirs)];
  const speed = (time: number) => `${(size / time / 1e6).toFixed(0)} MB/s`;
  console.log(`a bundle of ${(size / 1e9).toFixed(1)} GB, best of ${RUNS}`);
  console.log(`intake              ${own.toFixed(2)} s, ${speed(own)}`);
  console.log(
    `cp, sync, sha256sum ${peer.toFixed(2)} s, ${speed(peer)}; intake takes ${(own / peer).toFixed(2)} times as long`,
  );
  const isKept = growth < MAX_GROWTH;
  console.log(
    `memory              ${(growth / 1e6).toFixed(0)} MB more at most (under ${MAX_GROWTH / 1e6} MB: ${kept(isKept)})`,
  );
  if (!isKept) process.exitCode = 1;
} finally {
  await programme.close();
}
