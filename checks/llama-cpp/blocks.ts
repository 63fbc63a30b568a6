// Blocks of few bits as ggml decodes them: the same bits as ours.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BLOCK_TYPES, decodeBlocks, type GgufBlockType } from '../../src/formats/gguf-blocks.ts';
import { randomBlocks } from '../../src/formats/testing/random-blocks.ts';
import { PYTHON } from '../forks.ts';

const BLOCKS = 500;

export function checkBlocks(work: string, libraries: string, report: (what: string, faults: string[]) => void): void {
  for (const type of Object.keys(BLOCK_TYPES) as GgufBlockType[]) {
    const bytes = randomBlocks(type, BLOCKS, 1);
    const mine = new Float32Array(BLOCKS * BLOCK_TYPES[type].block);
    decodeBlocks(type, bytes, mine);
    const [file, out] = [join(work, `${type}.blocks`), join(work, `${type}.values`)];
    writeFileSync(file, bytes);
    const args = [join(import.meta.dirname, 'blocks.py'), libraries, type, `${mine.length}`, file, out];
    const { status, stderr } = spawnSync(PYTHON, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const same = Buffer.compare(readFileSync(out), Buffer.from(mine.buffer)) === 0;
    report(`numbers of ${BLOCKS} blocks of ${type}`, same ? [] : ['not the same bits']);
  }
}
