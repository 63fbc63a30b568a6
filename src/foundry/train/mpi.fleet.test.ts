// The same bits from ranks under MPI; the other ranks notice a killed or stuck rank in bounded time.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { checkpointSteps } from '../../run-folder/index.ts';
import { underMpi, withoutMpi } from './testing/mpi.ts';
import { type Job, work } from './testing/rank.ts';
import { smallModel, smallTraining } from './testing/small.ts';

const root = temporaryFolder();

const job: Job = {
  model: smallModel({ vocabSize: 9001 }), // its embedding is of two pieces
  train: smallTraining({ gradientGroups: 4, sequenceLength: 19 }),
};

describe.skipIf(withoutMpi())('ranks under MPI', () => {
  test.each([2, 4])('%s ranks: messages arrive whole and in order', async (size) => {
    expect(await underMpi(size, 'exchanges')).toEqual({ outcomes: Array(size).fill([]), well: true });
  });

  test.each([true, false])('two ranks and four: the bits of one process (tied head: %s)', async (tieWordEmbeddings) => {
    const model = { ...job.model, tieWordEmbeddings };
    const done = await work({ ...job, model });
    const two = await underMpi(2, { ...job, model });
    const four = await underMpi(4, { ...job, model });
    expect(two).toEqual({ outcomes: [{ done }, {}], well: true });
    expect(four).toEqual({ outcomes: [{ done }, {}, {}, {}], well: true });
  });

  test('a rank killed during a step: the launcher ends the others, and the run resumes to the same bits', async () => {
    const folder = join(root, 'killed');
    const straight = (await work(job))!;
    const [first] = JSON.parse(straight.records);
    // A round takes as many exchanges as the rank with more pieces has, 22, and a step two rounds: this is in the second step.
    const { outcomes: none } = await underMpi(2, { ...job, folder, signal: { rank: 1, after: 60, name: 'SIGKILL' } });
    expect(none).toEqual([undefined, undefined]);
    expect(checkpointSteps(folder)).toEqual([1]);
    const { outcomes } = await underMpi(4, { ...job, folder, from: 1 });
    const done = { ...straight, records: JSON.stringify(JSON.parse(straight.records).slice(1)) };
    expect(first.step).toBe(1);
    expect(outcomes).toEqual([{ done }, {}, {}, {}]);
  });

  const lost = (rank: number, by: number) => ({
    error: {
      code: 'rank-lost',
      // Silence, or, where it is the first to notice, MPI's own word that the connection is gone.
      message: expect.stringMatching(
        `^(no word from rank ${by} on \\S+ for 5 s \\([a-z ]+\\)|MPI failed \\([a-z ]+\\): .*onnection.*)$`,
      ),
      input: expect.stringMatching(`^rank ${rank} of 2 on .`),
    },
  });
  const env = { JIKJI_RANK_PATIENCE: '5' };

  test.each([
    [0, 1],
    [1, 0],
  ])(
    'rank %s is killed and no launcher ends the other: it ends by itself and reports the reason',
    async (killed, left) => {
      const signal = { rank: killed, after: 3, name: 'SIGKILL' as const };
      const { outcomes } = await underMpi(2, { ...job, signal }, { apart: true, env });
      expect(outcomes[killed]).toBeUndefined();
      expect(outcomes[left]).toEqual(lost(left, killed));
    },
  );

  test('the wait for a stuck rank is bounded', async () => {
    const { outcomes } = await underMpi(2, { ...job, signal: { rank: 1, after: 3, name: 'SIGSTOP' } }, { env });
    expect(outcomes).toEqual([lost(0, 1), undefined]);
  });

  test.skipIf(process.arch !== 'x64')(
    'a rank without fused multiply-add: all ranks report it before step 1',
    async () => {
      const { outcomes } = await underMpi(4, job, { lastHas: ['--no-enable-fma3'] });
      const input = expect.stringMatching(/^x64, Node v.*, rank 3 on ./);
      expect(outcomes).toMatchObject([{ error: { code: 'no-fma', input } }, {}, {}, {}]);
    },
  );

  test('ranks that MPI does not join are refused', async () => {
    const { outcomes } = await underMpi(1, job, { alone: true, env: { SLURM_STEP_NUM_TASKS: '2' } });
    expect(outcomes).toMatchObject([{ error: { code: 'mpi-apart', message: '2 ranks were started, and MPI has 1' } }]);
  });
});
