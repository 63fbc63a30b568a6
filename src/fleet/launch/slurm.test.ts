// Specific to Slurm: its answers in the forms of several versions, and mistakes of its users.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, vi, test as vitest } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { hasEnded, type Job, LAUNCHERS } from './index.ts';
import type { SbatchOptions } from './sbatch-options.ts';
import { slurmPartitions, slurmQueue } from './slurm.ts';
import { readJobs as read } from './slurm-answers.ts';
import { slurmTransport } from './slurm-transports.ts';
import { readPartitions } from './slurmrestd-answers.ts';
import { alone, byRest, hasAccounting, hasRest, hasSlurm, run, until } from './testing/slurm.ts';

const folder = temporaryFolder();
afterEach(() => vi.unstubAllEnvs());

const { slurm } = LAUNCHERS;
let n = 0;
const job = (more: Partial<Job> = {}): Job => ({
  name: 'test',
  folder: join(folder, `${n++}`),
  command: ['/bin/bash', '-c', 'exit 0'],
  nodes: 1,
  ranksPerNode: 1,
  threads: 1,
  ...more,
});
const refused = async (more: Partial<Job>, code: string) => {
  const asked = job(more);
  await expect(slurm.submit(asked)).rejects.toMatchObject({ name: 'JikjiError', code });
  expect(existsSync(asked.folder)).toBe(false);
};

describe('answers', () => {
  const of = (job: object) => JSON.stringify({ jobs: [job] });
  const readJobs = (answer: string) => read(answer, 'squeue --json');

  vitest('numbers and states in the forms of several data parsers', () => {
    const old = { job_id: 7, job_state: 'PENDING', start_time: 1795628855, exit_code: 0, state_reason: 'Resources' };
    expect(readJobs(of(old))[0]).toMatchObject({ job_state: ['PENDING'], start_time: 1795628855, exit_code: null });
    const set = (number: number) => ({ set: true, infinite: false, number });
    const recent = {
      job_id: 7,
      job_state: ['RUNNING', 'COMPLETING'],
      start_time: set(12),
      time_limit: { set: false, infinite: true, number: 0 },
    };
    expect(
      readJobs(of({ ...recent, exit_code: { return_code: set(3), signal: { id: { set: false } } } }))[0],
    ).toMatchObject({
      job_state: ['RUNNING', 'COMPLETING'],
      start_time: 12,
      time_limit: Number.POSITIVE_INFINITY,
      exit_code: { return_code: 3, signal: { id: null } },
    });
  });

  vitest('what is not needed may be missing or strange', () => {
    const strange = { job_id: 7, job_state: ['NEW_STATE'], nodes: 12, start_time: 'soon', time_limit: [], name: {} };
    expect(readJobs(of(strange))[0]).toMatchObject({
      job_state: ['NEW_STATE'],
      nodes: null,
      start_time: null,
      name: null,
    });
  });

  vitest.for([
    '',
    'slurm_load_jobs error',
    '[]',
    'null',
    '{}',
    '{"jobs":{}}',
    of({ job_id: '7', job_state: [] }),
    of({ job_id: 7 }),
  ])('what is not understood is said: %s', (answer) => {
    expect(() => readJobs(answer)).toThrow(expect.objectContaining({ code: 'slurm-strange-answer' }));
  });
});

vitest('partitions of slurmrestd come by the states of their nodes', () => {
  const node = { cpus: 8, alloc_cpus: 2, real_memory: 100, reason: '' };
  const nodes = [
    { ...node, name: 'a', state: ['MIXED'], partitions: ['p', 'q'] },
    { ...node, name: 'b', state: ['MIXED'], partitions: ['p'], cpus: 4 },
    { ...node, name: 'c', state: ['IDLE', 'DRAIN'], partitions: ['p'], alloc_cpus: 0, reason: 'fan' },
    { ...node, name: 'd', state: ['IDLE'], partitions: [] },
  ];
  const of = (name: string) => ({ name, nodes: { total: 1 }, maximums: {}, partition: { state: ['UP'] } });
  const lines = readPartitions(JSON.stringify({ partitions: [of('p'), of('q')] }), JSON.stringify({ nodes }));
  expect(lines.map(({ partition, nodes, cpus, reason }) => [partition.name, nodes.nodes, cpus, reason])).toEqual([
    ['p', ['a', 'b'], { maximum: 8, total: 12, allocated: 4, idle: 8 }, { description: '' }],
    ['p', ['c'], { maximum: 8, total: 8, allocated: 0, idle: 0 }, { description: 'fan' }],
    ['q', ['a'], { maximum: 8, total: 8, allocated: 2, idle: 6 }, { description: '' }],
  ]);
});

vitest('no Slurm here', async () => {
  vi.stubEnv('PATH', folder);
  await refused({}, 'slurm-missing');
  await expect(slurmQueue()).rejects.toMatchObject({ code: 'slurm-missing' });
});

describe.skipIf(!hasSlurm)('with a Slurm that cannot be reached', () => {
  alone();

  /** The configuration of this Slurm with something else in it. */
  const changed = (from: RegExp, to: string) => {
    const file = join(folder, `slurm-${n++}.conf`);
    writeFileSync(file, readFileSync(process.env.SLURM_CONF!, 'utf8').replace(from, to));
    return file;
  };

  vitest('a controller that does not answer', async () => {
    vi.stubEnv('SLURM_CONF', changed(/SlurmctldPort=\d+/, 'SlurmctldPort=1'));
    await refused({}, 'slurm-unreachable');
  });

  vitest('no munge', async () => {
    vi.stubEnv('SLURM_CONF', changed(/AuthInfo=socket=[^,]+/, `AuthInfo=socket=${folder}/munge`));
    await refused({}, 'slurm-no-munge');
  });

  vitest('no configuration', async () => {
    vi.stubEnv('SLURM_CONF', join(folder, 'none.conf'));
    await refused({}, 'slurm-not-set-up');
  });
});

const ASKED = [
  ['by command', hasSlurm],
  ['by REST', hasRest],
] as const;

describe.for(ASKED)('with a Slurm that is called %s', ([how, there]) => {
  alone();
  const rest = how === 'by REST';
  if (rest) byRest();
  const test = vitest.skipIf(!there);

  test('mistakes are reported before a job is queued', async () => {
    await refused({ partition: 'no-such' }, 'slurm-unknown-partition');
    await refused({ nodes: 3 }, 'too-many-nodes');
    await refused({ nodes: 2, partition: 'short' }, 'too-many-nodes');
    await refused({ threads: 5 }, 'too-many-threads');
    await refused({ ranksPerNode: 2, threads: 3 }, 'too-many-threads');
    await refused({ partition: 'short', timeLimit: 3 }, 'time-limit-too-long');
    await refused({ timeLimit: 0.5 }, 'time-limit-too-short');
    await refused({ name: 'a"b' }, 'slurm-odd-name');
    expect(run('squeue', '--noheader', '--states=pending,running').trim()).toBe('');
  });

  test('options of sbatch: Slurm has each as it was given', async () => {
    const user = userInfo().username;
    const reservation = ['reservationname=jikji', `users=${user}`, ...(hasAccounting ? ['accounts=team'] : [])];
    run('scontrol', 'create', 'reservation', ...reservation, 'nodes=a', 'starttime=now', 'duration=10');
    vi.stubEnv('SBATCH_CONSTRAINT', 'second'); // of a profile: the call counts
    try {
      const known: [SbatchOptions, string][] = [
        [{ gres: 'gpu:made_up:2' }, 'TresPerNode=gres/gpu:made_up:2'],
        [{ gres: 'gpu' }, 'TresPerNode=gres/gpu'],
        [{ mem: '1G' }, 'MinMemoryNode=1G'],
        [{ mem: '0' }, 'MinMemoryNode=0'],
        [{ constraint: '(first|second)&any' }, 'Features=(first|second)&any'],
        [{ constraint: '[first|second]' }, 'Features=[first|second]'],
        [{ reservation: 'jikji' }, 'Reservation=jikji'],
        [{ exclude: 'b' }, 'ExcNodeList=b'],
        ...(hasAccounting ? ([[{ qos: 'normal' }, 'QOS=normal']] as [SbatchOptions, string][]) : []),
      ];
      const shown = (id: string) => run('scontrol', 'show', 'job', id).split(/\s+/);
      const all = Object.assign({}, ...known.map(([options]) => options)) as SbatchOptions;
      const everything = { ...all, gres: 'gpu:1', constraint: 'first&any' };
      for (const [options, told] of [...known, [everything, 'TresPerNode=gres/gpu:1'] as const]) {
        vi.stubEnv('SBATCH_CONSTRAINT', options.constraint === undefined ? undefined : 'second');
        const asked = job({ options });
        const record = await slurm.submit(asked);
        expect(shown(record.id), JSON.stringify(options)).toContain(told);
        expect(JSON.parse(readFileSync(join(asked.folder, 'job.json'), 'utf8')).options).toEqual(options);
        // The reservation has node a for itself: the job that has it too can run now.
        if (options === everything) await until(() => slurm.report(record), hasEnded);
        else await slurm.cancel(record);
        // The script that people may submit says the same.
        vi.stubEnv('SBATCH_CONSTRAINT', undefined);
        const byHand = run('sbatch', '--parsable', '--hold', join(asked.folder, 'job.sh')).trim();
        expect(shown(byHand)).toContain(told);
        run('scancel', byHand);
      }
    } finally {
      vi.stubEnv('SBATCH_CONSTRAINT', undefined);
      run('scancel', '--me');
      await until(
        () => run('squeue', '--noheader').trim(),
        (text) => text === '',
      );
      run('scontrol', 'delete', 'reservation=jikji');
    }
  });

  test('mistakes in options of sbatch queue nothing', async () => {
    const wrong: [SbatchOptions, string][] = [
      [{ gres: 'gpu:3' }, 'slurm-no-such-nodes'],
      [{ gres: 'npu:1' }, 'slurm-unknown-gres'],
      [{ mem: '5G' }, 'too-much-memory'],
      [{ constraint: 'third' }, 'slurm-unknown-feature'],
      [{ reservation: 'jikij' }, 'slurm-unknown-reservation'],
      [{ exclude: 'c' }, 'slurm-unknown-node'],
      [{ exclude: 'a,b' }, 'slurm-no-such-nodes'],
      [{ exclude: '/etc/passwd' }, 'slurm-option'],
      [{ qos: 'a --export=X' }, 'slurm-option'],
      [{ export: 'ALL,X=1' } as SbatchOptions, 'slurm-option'],
      // Slurm itself takes it, unless it enforces them.
      ...(hasAccounting ? ([[{ qos: 'nromal' }, 'slurm-unknown-qos']] as [SbatchOptions, string][]) : []),
    ];
    for (const [options, code] of wrong) await refused({ options }, code);
    if (hasAccounting) {
      const error = { hint: 'did you mean normal?', input: '--qos nromal' };
      await expect(slurm.submit(job({ options: { qos: 'nromal' } }))).rejects.toMatchObject(error);
    }
    expect(run('squeue', '--noheader', '--states=pending,running').trim()).toBe('');
  });

  test('a job whose submission is refused leaves the record of the one before it', async () => {
    const asked = job({ options: { mem: '1G' } });
    await slurm.submit(asked);
    const record = join(asked.folder, 'job.json');
    const before = JSON.parse(readFileSync(record, 'utf8'));
    await until(() => slurm.report(before), hasEnded);
    await expect(slurm.submit({ ...asked, options: { constraint: 'third' } })).rejects.toMatchObject({
      code: 'slurm-unknown-feature',
    });
    expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual(before);
  });

  test('a job whose reservation is over before it began says so', async () => {
    const full = run('sbatch', '--parsable', '--output=/dev/null', '--nodelist=a', '--exclusive', '--wrap=sleep 600');
    const running = () => run('squeue', '--noheader', '--states=running', '--format=%i').trim();
    await until(running, Boolean);
    const words = ['reservationname=gone', `users=${userInfo().username}`, ...(hasAccounting ? ['accounts=team'] : [])];
    run('scontrol', 'create', 'reservation', ...words, 'nodes=a', 'flags=ignore_jobs', 'start=now', 'end=now+5');
    const record = await slurm.submit(job({ options: { reservation: 'gone' } }));
    try {
      await until(
        () => slurm.report(record),
        ({ state, why }) => state === 'waiting' && why === 'its reservation is over: ReservationDeleted',
        90,
      );
      await refused({ options: { reservation: 'gone' } }, 'slurm-unknown-reservation');
    } finally {
      await slurm.cancel(record);
      run('scancel', full.trim());
    }
  });

  test('a partition that is down accepts no job', async () => {
    run('scontrol', 'update', 'PartitionName=short', 'State=DOWN');
    try {
      await refused({ partition: 'short' }, 'slurm-partition-down');
    } finally {
      run('scontrol', 'update', 'PartitionName=short', 'State=UP');
    }
  });

  test('partitions, their nodes and the queue', async () => {
    const { partitions, nodeGroups } = await slurmPartitions();
    expect(partitions).toEqual([
      {
        name: 'main',
        isDefault: rest ? null : true,
        nodes: 2,
        processors: 4,
        timeLimit: Number.POSITIVE_INFINITY,
        memory: 4000,
        up: true,
      },
      { name: 'short', isDefault: rest ? null : false, nodes: 1, processors: 4, timeLimit: 2, memory: 4000, up: true },
    ]);
    expect(
      nodeGroups
        .filter(({ partition }) => partition.name === 'main')
        .flatMap(({ nodes }) => nodes.nodes)
        .sort(),
    ).toEqual(['a', 'b']);
    const record = await slurm.submit(job({ command: ['/bin/sleep', '600'], nodes: 2 }));
    await until(
      () => slurm.report(record),
      ({ state }) => state === 'running',
    );
    expect(await slurm.report(record)).toMatchObject({ nodes: 'a,b' });
    const behind = await slurm.submit(job({ threads: 4, nodes: 2, timeLimit: 10 }));
    const waiting = await until(
      () => slurm.report(behind),
      ({ why }) => why !== null,
    );
    expect(waiting).toMatchObject({ state: 'waiting', why: 'Resources' });
    const queue = await slurmQueue();
    expect(queue.map(({ job_id }) => `${job_id}`).sort()).toEqual([record.id, behind.id].sort());
    await slurm.cancel(behind);
    await slurm.cancel(record);
  });

  test('Slurm gets the whole job, but no token through slurmrestd', async () => {
    if (rest) vi.stubEnv('SLURM_JWT', 'c2VjcmV0'); // the commands would use it
    vi.stubEnv('JIKJI_TEST_WORD', 'given');
    const command = ['/bin/bash', '-c', 'echo "<$JIKJI_TEST_WORD$SLURM_JWT>"'];
    const asked = job({ command, timeLimit: 10, nodes: 2, threads: 2, partition: 'main' });
    const record = await slurm.submit(asked);
    vi.stubEnv('SLURM_JWT', undefined);
    const told = run('scontrol', 'show', 'job', record.id);
    for (const word of ['JobName=test', 'TimeLimit=00:10:00', 'Requeue=1', 'NumNodes=2', 'NumTasks=2', 'CPUs/Task=2']) {
      expect(told).toContain(word);
    }
    expect(await until(() => slurm.report(record), hasEnded)).toMatchObject({ state: 'done' });
    expect(readFileSync(join(asked.folder, 'output.log'), 'utf8')).toMatch(/^== .*\n<given>\n<given>\n$/);
  });

  test('the number of another job reports nothing, and cancels nothing', async () => {
    // As a folder that was handed on may have it, or one of an earlier Slurm.
    const id = run('sbatch', '--parsable', '--output=/dev/null', '--wrap=sleep 600').trim();
    try {
      const record = { formatVersion: 1, launcher: 'slurm', id, name: 'wrap', submitted: '' } as const;
      for (const submittedIn of [undefined, '/gone', '/dev/gone']) {
        const made = { ...record, folder: join(folder, 'made-up'), submittedIn };
        expect(await slurm.cancel(made)).toMatchObject({ state: 'lost' });
      }
      expect(run('squeue', '--noheader', '--format=%i').trim()).toBe(id);
    } finally {
      run('scancel', id);
    }
  });

  test('a rank that is slow to leave after an error of rank 0: killed, but neither the cause nor a reason to try again', async () => {
    const progress = join(folder, 'saved');
    const said = JSON.stringify({ error: { code: 'not-finite', message: 'm', input: 'i', hint: 'h' } });
    // Rank 0 ends when the other one heeds no signal any more.
    const deaf = join(folder, `deaf-${n++}`);
    const script = `if [ $SLURM_PROCID = 0 ]; then
        until [ -e "${deaf}" ]; do sleep 0.1; done
        touch "${progress}"; echo '${said}'; exit 2
      fi
      trap '' TERM; touch "${deaf}"; while :; do sleep 0.2; done`;
    const record = await slurm.submit(job({ command: ['/bin/bash', '-c', script], nodes: 2, progress }));
    const report = await until(() => slurm.report(record), hasEnded, 150); // on a busy machine the first signal may be lost
    // The exit code is of the killed rank; `why` is left to the error in the output.
    expect(report).toMatchObject({ state: 'failed', exitCode: 137, why: null });
  });

  test('ranks on two nodes, each with its position', async () => {
    const command = ['/bin/bash', '-c', 'echo "$SLURMD_NODENAME $SLURM_PROCID/$SLURM_NTASKS $SLURM_CPUS_PER_TASK"'];
    const asked = job({ command, nodes: 2, ranksPerNode: 2, threads: 2 });
    const record = await slurm.submit(asked);
    expect(await until(() => slurm.report(record), hasEnded)).toMatchObject({ state: 'done' });
    const lines = readFileSync(join(asked.folder, 'output.log'), 'utf8').trim().split('\n').slice(1).sort();
    expect(lines).toEqual(['a 0/4 2', 'a 1/4 2', 'b 2/4 2', 'b 3/4 2']);
  });

  vitest.skipIf(!there || !hasAccounting)(
    'an account that is not there, one that is, and jobs that the controller forgot',
    async () => {
      await refused({ account: 'no-such' }, 'slurm-unknown-account');
      const record = await slurm.submit(job({ account: 'team', command: ['/bin/bash', '-c', 'exit 4'] }));
      await until(() => slurm.report(record), hasEnded);
      const past = await until(
        () => slurmTransport().past(record.id),
        (rows) => rows.length > 0,
      );
      expect(past).toEqual([{ element: null, state: 'FAILED', exitCode: 4 }]);
      expect(await slurmTransport().past('1999999999')).toEqual([]);
      const some = ['/bin/bash', '-c', '[ $JIKJI_ELEMENT != 1 ] || exit 4; [ $JIKJI_ELEMENT = 0 ] || sleep 600'];
      const array = await slurm.submit(job({ command: some, elements: 9, threads: 4 }));
      await until(
        () => slurm.report(array),
        ({ elements }) => elements!.slice(0, 2).every(hasEnded) && elements!.some(({ state }) => state === 'running'),
      );
      await slurm.cancel(array);
      const states = ['done', 'failed', ...Array(7).fill('cancelled')];
      const rows = await until(
        () => slurmTransport().past(array.id),
        (rows) => rows.length >= 4 && rows.every(({ state }) => /^(COMPLETED|FAILED|CANCELLED)$/.test(state)),
      );
      const elements = rows.map(({ element }) => element);
      expect(elements).toEqual(expect.arrayContaining([0, 1, 2, null])); // what never began has one row
      if (rest) return;
      // The controller remembers for minutes; here as it is after them.
      const forgets = join(folder, 'forgets');
      mkdirSync(forgets);
      const says = 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1';
      writeFileSync(join(forgets, 'squeue'), `#!/bin/sh\n${says}\n`, { mode: 0o755 });
      vi.stubEnv('PATH', `${forgets}:${process.env.PATH}`);
      expect(await slurm.report(record)).toMatchObject({ state: 'failed', exitCode: 4 });
      const forgotten = { ...record, folder: join(folder, 'elsewhere') };
      const row = await until(
        () => slurm.report(forgotten),
        ({ state }) => state !== 'lost',
      );
      expect(row).toMatchObject({ state: 'failed', exitCode: 4, why: null });
      // Those that were cancelled while they waited have no last word.
      for (const found of [array, { ...array, folder: join(folder, 'elsewhere') }]) {
        const report = await slurm.report(found);
        expect(report.elements!.map(({ state }) => state)).toEqual(states);
        expect(report).toMatchObject({ state: 'failed', exitCode: 4 });
      }
    },
  );

  vitest.skipIf(!there || !hasAccounting)(
    'a job past a limit of its account: it waits, or is refused, and why is said',
    async () => {
      const manage = (...args: string[]) => run('sacctmgr', '--immediate', '--quiet', ...args);
      const account = rest ? 'spent-by-rest' : 'spent';
      manage('add', 'account', account, 'cluster=jikji');
      manage('add', 'user', userInfo().username, `account=${account}`, 'cluster=jikji');
      const set = (...words: string[]) => manage('modify', 'account', 'where', `name=${account}`, 'set', ...words);
      set('GrpTRESMins=node=0');
      const record = await slurm.submit(job({ account, timeLimit: 1 }));
      const waiting = await until(
        () => slurm.report(record),
        ({ why }) => why !== null && why !== 'Priority',
      );
      expect(waiting).toMatchObject({ state: 'waiting', why: 'its account has no hours left: AssocGrpNodeMinutes' });
      await slurm.cancel(record);
      // With this flag it is refused at once.
      if (!rest) manage('add', 'qos', 'strict', 'set', 'flags=DenyOnLimit');
      set('qos=strict', 'defaultqos=strict');
      const refusal = async (words: string, reason: string) => {
        const asked = job({ account, timeLimit: 1, nodes: 2 });
        // Its command names the limit; slurmrestd does not.
        await expect(slurm.submit(asked)).rejects.toMatchObject({
          code: 'slurm-account-limit',
          message: expect.stringContaining(rest ? 'a limit of its account' : words),
          input: rest ? expect.stringContaining('Job violates accounting/QOS policy') : reason,
          hint: expect.stringContaining('jikji program compute'),
        });
        expect(existsSync(asked.folder)).toBe(false);
      };
      await refusal('its account has no hours left', 'AssocGrpNodeMinutes');
      set('GrpTRESMins=node=-1', 'GrpTRES=node=1');
      await refusal('its account already uses all that it may use at once', 'AssocGrpNodeLimit');
      expect(run('squeue', '--noheader', '--states=pending,running').trim()).toBe('');
    },
  );
});
