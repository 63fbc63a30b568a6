// Intake on real runs: accepted and refused submissions, the results of child processes, the state after kills. All tests share one database,
// since a new one takes seconds; each test has separate submissions.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { worksRunHere } from '../../apart/testing/works-here.ts';
import { audit, bundleRun } from '../../audit/index.ts';
import { Bench, redoEvidence } from '../../audit/testing/run.ts';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { evaluateModel, parseRecipe } from '../../foundry/index.ts';
import { digestOfFile, parseStatement, readLodgeable } from '../../ledger/index.ts';
import { curveOf } from '../audits/index.ts';
import { newDatabase, SERVER } from '../database/testing/harness.ts';
import { nextEntry } from '../log/index.ts';
import { answerLodged } from '../office/lodging.ts';
import { byOffice } from '../office/testing/office.ts';
import { Programme } from '../programme/index.ts';
import { type IntakeEvent, modelOf, submit, work } from './index.ts';
import { checkRecipe } from './limits.ts';
import { LIMITS, Office, openStage } from './testing/intake.ts';

worksRunHere();

const DEED = new URL('./testing/deed.ts', import.meta.url).href;
const WORKER = fileURLToPath(new URL('./testing/worker.ts', import.meta.url));

const bench = new Bench();
const signer = bench.strangersKey('maker');
const office = new Office();
let programme: Programme;
let run: string;
let stage: string;

/** Where the first worker is killed, no more than twice over one job; each opens the database anew, which takes seconds. */
const KILLS = process.env.JIKJI_TORTURE
  ? ['started audit', 'audited', 'started evaluate', 'evaluated held-out']
  : ['evaluated held-out'];

beforeAll(async () => {
  run = await bench.make(signer);
  // The one in whose middle they are killed makes the database.
  const tar = await bundle(variant());
  for (const at of KILLS) {
    const args = ['--no-warnings', WORKER, office.database, office.files, tar, at];
    const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(signal, `${at}: ${stderr}`).toBe('SIGKILL');
  }
  programme = await office.open();
  stage = 's1';
}, 600_000);
afterAll(async () => {
  await programme.close();
  bench.remove();
  office.remove();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Children of this name do something else. */
function deed(what: string): void {
  vi.stubEnv('NODE_OPTIONS', `--import ${DEED}`);
  vi.stubEnv('JIKJI_TEST_DEED', what);
}

let variants = 0;
/** The run again, as other bytes that no check looks at. */
function variant(): string {
  const copy = bench.copy(run);
  appendFileSync(join(copy, 'sessions.jsonl'), `{"variant":${variants++}}\n`);
  return copy;
}

async function bundle(folder: string, withoutData = false): Promise<string> {
  const out = `${folder}.tar`;
  await bundleRun({ run: folder, out, withoutData });
  return out;
}

const give = (path: string, consortium = 'a') =>
  submit(programme, office.files, { path, stage, consortium, actor: `consortium:${consortium}` });

async function worked(more: Partial<Parameters<typeof work>[2]> = {}) {
  const events: IntakeEvent[] = [];
  const counts = await work(programme, office.files, {
    untilEmpty: true,
    ...more,
    onEvent: (event) => {
      events.push(event);
      more.onEvent?.(event);
    },
  });
  return { counts, events: events.filter(({ kind }) => kind !== 'progress' && kind !== 'finished') };
}

const submission = (id: string) => programme.tables.get('submissions', id);
const evaluations = (id: string) => programme.tables.of('evaluations', 'submission', id);
/** What the log says of a submission. */
async function entries(id: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, data } of programme.store.entries()) {
    const { submission, id: own, task } = data as Record<string, string>;
    if (submission === id || own === id) found.push(task ? `${kind} ${task}` : kind);
  }
  return found;
}
const DONE = [
  'submission-received',
  'submission-audited',
  'usage-reported',
  'submission-evaluated held-out',
  'submission-evaluated words',
];
const unfinished = () => readdirSync(office.files).filter((name) => name.endsWith('.tmp'));
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

test('kill -9 of the worker during work: nothing is lost, nothing is recorded twice', async () => {
  const { id } = programme.tables.all('submissions')[0]!;
  expect((await entries(id)).length).toBeLessThan(DONE.length + (KILLS.length > 1 ? 1 : 0));
  const { counts } = await worked();
  expect(counts.refused).toBe(0);
  expect(await entries(id)).toEqual(DONE);
  expect(unfinished()).toEqual([]);
  const jobs = await programme.store.jobs.list();
  expect(jobs.map(({ kind, status }) => [kind, status])).toEqual([
    ['audit', 'done'],
    ['evaluate', 'done'],
  ]);
  expect(jobs.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(2 + KILLS.length);
});

test('a bundle and a folder, by two workers at once: the same results as audit and evaluation alone, each job once', async () => {
  const folder = variant();
  const tar = await bundle(run);
  const a = await give(tar, 'a');
  const b = await give(folder, 'b');
  expect(a).toMatchObject({ digest: sha256(readFileSync(tar)), bytes: readFileSync(tar).length });
  const listed = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1), readFileSync(path).length, sha256(readFileSync(path))] as const)
    .sort(([x], [y]) => (x < y ? -1 : 1));
  expect(b.digest).toBe(sha256(JSON.stringify(listed)));

  const [one, two] = await Promise.all([worked(), worked()]);
  const started = [...one.events, ...two.events].filter((event) => event.kind === 'started');
  expect(started.map(({ work, submission }) => `${work} ${submission}`).sort()).toEqual(
    [a, b].flatMap((s) => [`audit ${s.submission}`, `evaluate ${s.submission}`]).sort(),
  );
  expect((await programme.store.jobs.list()).slice(2).map(({ status, attempts }) => [status, attempts])).toEqual(
    new Array(4).fill(['done', 1]),
  );

  const found = await audit({ folder: run, threads: 1 });
  const own = { model: run, threads: 1 };
  const heldOut = (await evaluateModel({ ...own, tasks: ['held-out'] })).results[0]!;
  const words = join(office.files, 'tasks', 'words.yaml');
  const all = (await evaluateModel({ ...own, tasks: [words], items: true })).results[0]!;
  expect(new Set(all.items)).toEqual(new Set([0, 1]));
  for (const { submission: id } of [a, b]) {
    expect(submission(id)).toMatchObject({ status: 'audited', maker: signer.fingerprint });
    const row = programme.tables.get('audits', id)!;
    expect(row).toMatchObject({ verdict: 'holds', office: null });
    const [structure] = row.checks;
    expect(structure).toMatchObject({ name: 'structure', verdict: 'holds' });
    const lines = structure!.detail.split('\n');
    expect(lines[0]).toBe(found.checks[0]!.detail);
    // What is to be noted stands with it.
    expect(lines).toContain(found.checks[0]!.notes[0]);
    const { step, loss, gradNorm, learningRate } = await curveOf(programme, id);
    expect(step.map((at, i) => ({ step: at, loss: loss[i] }))).toEqual(found.run.curve);
    const record = JSON.parse(readFileSync(join(run, 'transcript.jsonl'), 'utf8').split('\n')[6]!);
    const bits = (hex: string) => new DataView(Uint8Array.from(Buffer.from(hex, 'hex')).buffer);
    expect({ gradNorm: gradNorm[6], learningRate: learningRate[6] }).toEqual({
      gradNorm: bits(record.gradNorm).getFloat64(0),
      learningRate: bits(record.learningRate).getFloat32(0),
    });
    // Their sets and errors are reported; the existing tasks count.
    const { value, stderr, n } = heldOut;
    expect(evaluations(id)).toMatchObject([
      { task: 'held-out', metric: 'bits_per_byte', value, stderr, n, items: null },
      { task: 'words', metric: 'acc', value: all.value, n: 12, items: all.items },
    ]);
    expect(await entries(id)).toEqual(DONE);
    expect(digestOfFile(join(modelOf(programme, office.files, id), 'model/model.safetensors'))).toBe(
      digestOfFile(join(run, 'model/model.safetensors')),
    );
  }
  // What it used, by its maker's word: each ran in one session, here.
  const { circumstances } = parseStatement(readFileSync(join(run, 'genesis.json'), 'utf8'), 'genesis', 'g').predicate;
  const [begun, over] = readFileSync(join(run, 'sessions.jsonl'), 'utf8')
    .split('\n')
    .map((line) => line && JSON.parse(line));
  expect(programme.tables.get('usages', a.submission)).toMatchObject({
    consortium: 'a',
    cluster: null,
    from: begun.start.slice(0, 10),
    to: over.end.slice(0, 10),
    deviceHours: (Date.parse(over.end) - Date.parse(begun.start)) / 3_600_000,
    word: 'maker',
    submission: a.submission,
    sessions: { count: 1, withoutEnd: 0, devices: [circumstances.device] },
    runtime: { node: circumstances.node, v8: circumstances.v8, version: circumstances.version },
  });
  const missing = [...one.events, ...two.events].filter((event) => event.kind === 'missing');
  expect(new Set(missing.map((event) => `${event.missing.task} ${event.missing.code}`))).toEqual(
    new Set(['definitions task-data', 'others task-differs']),
  );
  const { result } = (await programme.store.jobs.list()).at(-1)!;
  expect((result as { missing: object[] }).missing).toHaveLength(2);
  expect(JSON.stringify(result)).not.toContain(office.files);
  expect(unfinished()).toEqual([]);

  // The same file twice; what is there stays.
  await expectRefusal(give(tar, 'c'), 'submission-known');
  expect(existsSync(join(office.files, `${a.digest}.tar`))).toBe(true);
});

describe('refused submissions', () => {
  const cases: [string, string, () => Promise<string> | string][] = [
    ['no archive', 'tar-broken', () => join(run, 'model/model.safetensors')],
    [
      'an archive cut off',
      'tar-truncated',
      async () => {
        const tar = await bundle(variant());
        truncateSync(tar, 100_000);
        return tar;
      },
    ],
    [
      'a compressed one',
      'submission-unknown-kind',
      async () => {
        const tar = await bundle(variant());
        writeFileSync(tar, gzipSync(readFileSync(tar)));
        return tar;
      },
    ],
    [
      'an archive of something else',
      'submission-unknown-kind',
      () => {
        const out = bench.path();
        writeFileSync(out, Buffer.alloc(1024));
        return out;
      },
    ],
    ['a model without evidence', 'submission-unknown-kind', () => join(run, 'model')],
    [
      'a link in a folder',
      'submission-unknown-kind',
      () => {
        const folder = variant();
        symlinkSync('/etc/passwd', join(folder, 'model/vocab.json'));
        return folder;
      },
    ],
    [
      'a pipe in a folder',
      'submission-unknown-kind',
      () => {
        const folder = variant();
        spawnSync('mkfifo', [join(folder, 'corpus/pipe')]);
        return folder;
      },
    ],
    ['a device', 'submission-unknown-kind', () => '/dev/zero'],
    ['nothing', 'submission-missing', () => join(run, 'nothing')],
  ];
  test.each(cases)('%s is refused, and no files stay', async (_, code, made) => {
    const path = await made();
    const before = readdirSync(office.files);
    await expect(give(path)).rejects.toMatchObject({ name: 'JikjiError', code });
    expect(readdirSync(office.files)).toEqual(before);
  });

  test('a closed stage, a team that is not in it, a taken name: no files stay', async () => {
    const before = readdirSync(office.files);
    const { id } = programme.tables.all('submissions')[0]!;
    const path = await bundle(variant());
    const how = { path, stage, consortium: 'a', actor: 'x' };
    const told = async (more: object) => submit(programme, office.files, { ...how, ...more }).catch(({ code }) => code);
    expect(await told({ stage: 's9' })).toBe('stage-unknown');
    expect(await told({ consortium: 'z' })).toBe('not-in-stage');
    expect(await told({ id })).toBe('submission-exists');
    expect(await told({ signal: AbortSignal.abort() })).toBe('interrupted');
    expect(readdirSync(office.files)).toEqual(before);
  });

  test("a run that another key than the team's signed, as a bundle and as a folder, with both fingerprints", async () => {
    const rival = bench.strangersKey('rival');
    const named = (key: string) => ({ kind: 'consortium-key-named', data: { consortium: 'b', key } });
    await programme.record('test', [named(rival.fingerprint)]);
    const before = readdirSync(office.files);
    const folder = variant();
    for (const path of [folder, await bundle(folder)])
      await expect(give(path, 'b')).rejects.toMatchObject({
        code: 'submission-other-key',
        message: expect.stringMatching(new RegExp(`${signer.fingerprint}.*${rival.fingerprint}`)),
      });
    expect(readdirSync(office.files)).toEqual(before);
    // With the right one the next test submits.
    await programme.record('test', [named(signer.fingerprint)]);
  });
});

test('a run with a flipped byte is recorded as refuted, and not evaluated; a run without its data is incomplete, and evaluated', async () => {
  const flipped = variant();
  const state = join(flipped, 'checkpoints/step-000004/state.safetensors');
  const bytes = readFileSync(state);
  bytes[bytes.length - 5]! ^= 1;
  writeFileSync(state, bytes);
  const a = await give(await bundle(flipped), 'a');
  const b = await give(await bundle(variant(), true), 'b');
  const { counts } = await worked();
  expect(counts).toEqual({ audited: 2, evaluated: 1, compared: 0, refused: 0 });
  expect(programme.tables.get('audits', a.submission)).toMatchObject({ verdict: 'refuted' });
  expect(JSON.stringify(programme.tables.get('audits', a.submission))).toContain('step-000004/state.safetensors');
  expect(await entries(a.submission)).toEqual(DONE.slice(0, 3));
  expect(programme.tables.get('audits', b.submission)).toMatchObject({ verdict: 'incomplete' });
  expect(evaluations(b.submission)).toMatchObject([{ task: 'words' }]);
});

describe("a run that was lodged with this office: its audit looks into the office's own register", () => {
  const lodger = bench.strangersKey('lodger');
  const officeKey = bench.strangersKey('office');
  const itsOffice = new Office();
  let registered: Programme;
  beforeAll(async () => {
    registered = await itsOffice.open();
    await openStage(registered, 1, { office: officeKey });
  });
  afterAll(async () => {
    await registered.close();
    itsOffice.remove();
  });

  /** Lodges a file of a run, and puts the answer into its folder. */
  async function ask(folder: string, kind: 'request' | 'seal'): Promise<void> {
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const asked = readLodgeable(read(`${kind}.json`), kind === 'seal' ? read('genesis.json') : undefined, kind);
    const { text } = await answerLodged(registered, asked, byOffice(officeKey, { actor: 'consortium:a' }));
    writeFileSync(join(folder, kind === 'seal' ? 'seal-lodging.json' : 'lodging.json'), text);
  }

  const registerCheck = async (folder: string) => {
    const given = { path: folder, stage: 's1', consortium: 'a', actor: 'consortium:a' };
    const { submission: id } = await submit(registered, itsOffice.files, given);
    // No evaluation: only the audit looks into the register.
    const stop = new AbortController();
    const onEvent = ({ kind }: IntakeEvent) => void (kind === 'finished' && stop.abort());
    await work(registered, itsOffice.files, { untilEmpty: true, signal: stop.signal, onEvent });
    const job = (await registered.store.jobs.take(new Date()))!;
    expect(job.kind).toBe('evaluate');
    await registered.store.jobs.finish(job.id, null);
    const row = registered.tables.get('audits', id)!;
    return { row, check: (row.checks as { name: string; verdict: string; detail: string }[])[9] };
  };

  test('one seal: holds; a second seal requested: the outcome of the first is not known', async () => {
    const out = bench.path();
    await bench.make(lodger, {}, { out, lodge: `${out}.none` }).catch((error) => {
      if (error.code !== 'lodging-missing') throw error;
    });
    await ask(out, 'request');
    await bench.make(lodger, {}, { out, lodge: join(out, 'lodging.json'), resume: true });
    await ask(out, 'seal');
    const honest = await registerCheck(bench.copy(out));
    expect(honest.row).toMatchObject({ verdict: 'holds', office: officeKey.fingerprint });
    expect(honest.check).toMatchObject({ name: 'register', verdict: 'holds' });

    // A loss that no audit checks is altered, and the seal is made and lodged again: another nonce.
    const again = bench.copy(out);
    redoEvidence(again, lodger, { seal: { time: new Date().toISOString() } });
    await ask(again, 'seal');
    const second = await registerCheck(again);
    expect(second.check).toMatchObject({ name: 'register', verdict: 'incomplete' });
    expect(second.check!.detail).toContain('answer 2 of 2 to seals of this run');
    expect(second.row.verdict).toBe('incomplete');

    // Leaving out the office's answers does not help either.
    const silent = bench.copy(again);
    rmSync(join(silent, 'seal-lodging.json'));
    expect((await registerCheck(silent)).check).toMatchObject({ name: 'register', verdict: 'incomplete' });
  });
});

test('a child that ends by a bug, and a job that killed its workers: refused, with a neutral message', async () => {
  const path = variant();
  const a = await give(path, 'a');
  await expectRefusal(give(path, 'a'), 'submission-known');
  deed('audit.child crash');
  const { counts, events } = await worked();
  expect(counts).toEqual({ audited: 0, evaluated: 0, compared: 0, refused: 1 });
  expect(events.at(-1)).toMatchObject({ kind: 'refused', submission: a.submission, code: 'audit-crashed' });
  expect(submission(a.submission)!.reasonKo).toMatch(/^검증 작업이 예기치 않게 끝났습니다\./);
  expect((await programme.store.jobs.list()).at(-1)).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('a bug of this test'),
  });
  vi.unstubAllEnvs();
  // The same again, now that the bug is mended.
  const again = await give(path, 'a');
  expect(again).toMatchObject({ submission: `${a.submission}-2`, digest: a.digest });
  expect((await worked()).counts).toEqual({ audited: 1, evaluated: 2, compared: 0, refused: 0 });
  expect(await entries(again.submission)).toEqual(DONE);

  const b = await give(variant(), 'b');
  const { take } = programme.store.jobs;
  vi.spyOn(programme.store.jobs, 'take').mockImplementation(async (now) => {
    const job = await take(now);
    return job && { ...job, attempts: job.attempts + 3 };
  });
  expect((await worked()).events).toMatchObject([{ kind: 'refused', submission: b.submission, code: 'audit-kills' }]);
  expect(await entries(b.submission)).toEqual(['submission-received', 'submission-refused']);
});

test('a submission whose worker was stopped, or that has no job: completed when work resumes', async () => {
  vi.spyOn(programme.store.jobs, 'add').mockRejectedValueOnce(new Error('killed here'));
  const folder = variant();
  await expect(give(folder, 'c')).rejects.toThrow('killed here');
  const { id } = programme.tables.of('submissions', 'status', 'received')[0]!;
  deed('audit.child hang');
  const stop = new AbortController();
  const stopped = await worked({ signal: stop.signal, onEvent: () => stop.abort() });
  expect(stopped.counts).toEqual({ audited: 0, evaluated: 0, compared: 0, refused: 0 });
  expect(await entries(id)).toEqual(['submission-received']);
  vi.unstubAllEnvs();
  // A worker that waits for more is ended by its signal.
  const end = new AbortController();
  const waited = await worked({
    untilEmpty: false,
    signal: end.signal,
    onEvent: (event) => void (event.kind === 'finished' && event.work === 'evaluate' && end.abort()),
  });
  expect(waited.counts).toEqual({ audited: 1, evaluated: 2, compared: 0, refused: 0 });
  expect(await entries(id)).toEqual(DONE);
  expect(unfinished()).toEqual([]);
});

test('entries that others wrote in the meantime are seen; missing files are reported', async () => {
  const { store } = programme;
  const data = { id: 'theirs', stage, consortium: 'b', kind: 'bundle', digest: '0a'.repeat(32), bytes: 1 };
  const time = '2099-01-01T00:00:00.000Z';
  const entry = nextEntry(await store.head(), { time, actor: 'x', kind: 'submission-received', data });
  await store.append(await store.head(), [entry]);
  expect(submission('theirs')).toBeUndefined();
  expect((await worked()).events.at(-1)).toMatchObject({
    kind: 'refused',
    submission: 'theirs',
    code: 'submission-lost',
    reason: 'its files are no longer in the office',
  });
});

test.skipIf(!SERVER)('two offices on one PostgreSQL and one folder: each job is done by one of them', async () => {
  const { url, drop } = await newDatabase('intake');
  const [one, two] = [await Programme.open({ url }), await Programme.open({ url })];
  try {
    await openStage(one, 1, {});
    for (const consortium of ['a', 'b'])
      await submit(one, office.files, { path: variant(), stage: 's1', consortium, actor: 'x' });
    const options = { untilEmpty: true };
    const counts = await Promise.all([work(one, office.files, options), work(two, office.files, options)]);
    const sum = (what: keyof (typeof counts)[0]) => counts.reduce((all, each) => all + each[what], 0);
    expect([sum('audited'), sum('evaluated'), sum('refused')]).toEqual([2, 4, 0]);
    expect((await one.store.jobs.list()).map(({ status, attempts }) => [status, attempts])).toEqual(
      new Array(4).fill(['done', 1]),
    );
  } finally {
    await Promise.all([one.close(), two.close()]);
    await drop();
  }
});

test('limits of a recipe are checked before any work', async () => {
  const recipe = parseRecipe(readFileSync(join(run, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
  expect(() => checkRecipe(recipe, LIMITS)).not.toThrow();
  // 25 steps of 4 sequences of 16 tokens; 400 x 16 weights look up and predict, 2 layers of 16 x 16 x (2 + 2 x 1/2) and the MLP's.
  const { hiddenSize: D, intermediateSize: F } = recipe.model;
  const weights = 400 * D + D + 2 * (2 * D + 3 * D * D + 3 * D * F);
  const flops = 25 * 4 * 16 * (6 * weights + 6 * 2 * D * 16);
  const code = (limits: object) => {
    try {
      checkRecipe(recipe, { ...LIMITS, ...limits });
    } catch (error) {
      return (error as { code: string }).code;
    }
    return 'kept';
  };
  expect([code({ parameters: weights }), code({ parameters: weights - 1 })]).toEqual(['kept', 'limit-parameters']);
  expect([code({ trainingFlops: flops }), code({ trainingFlops: flops - 1 })]).toEqual([
    'kept',
    'limit-training-flops',
  ]);

  await openStage(programme, 2, { steps: 24, bundleBytes: 3_000_000 });
  stage = 's2';
  const a = await give(variant(), 'a');
  const told: IntakeEvent[] = [];
  const { events } = await worked({ onEvent: (event) => told.push(event) });
  expect(events.at(-1)).toEqual({
    kind: 'refused',
    submission: a.submission,
    code: 'limit-steps',
    reason: 'the recipe asks for 25 steps; the rule book allows 24 (small)',
  });
  expect(told.filter(({ kind }) => kind === 'progress')).toEqual([]);
  expect(submission(a.submission)!.status).toMatch(/^refused: limit-steps: the recipe asks/);
  expect(submission(a.submission)!.reasonKo).toBe('레시피의 스텝 수 25회가 규정집의 한도 24회를 넘습니다. (small)');

  // Bytes: by what the system says, and by what comes where it says nothing.
  const before = readdirSync(office.files);
  const large = variant();
  writeFileSync(join(large, 'more'), Buffer.alloc(1_000_000));
  await expectRefusal(give(large), 'submission-too-large');
  const tar = await bundle(variant());
  appendFileSync(tar, Buffer.alloc(1_000_000));
  await expectRefusal(give(tar), 'submission-too-large');
  expect(readdirSync(office.files)).toEqual(before);
});

test('an audit that takes too long is ended, and the submission refused', async () => {
  await openStage(programme, 3, { auditSeconds: 1 });
  stage = 's3';
  const a = await give(variant(), 'a');
  deed('audit.child hang');
  expect((await worked()).events.at(-1)).toMatchObject({
    kind: 'refused',
    submission: a.submission,
    code: 'audit-too-long',
    reason: 'its audit took longer than the 1 seconds that the rule book allows',
  });
});
