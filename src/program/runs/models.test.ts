// Work on a run and its model in separate processes: audits, texts, chats; and faults of those processes.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { forbiddenClaims, LANGS, missingStatements } from '../../audit/testing/claims.ts';
import { Bench, changeTensor } from '../../audit/testing/run.ts';
import { JikjiError, takeLock } from '../../base/index.ts';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { openTalk } from '../../foundry/generate/index.ts';
import { CHATML, writeModel } from '../../foundry/generate/testing/chat.ts';
import { sampleModel } from '../../foundry/index.ts';
import { defaultSigner, digestOfFile, readStatement, signStatement } from '../../ledger/index.ts';
import { noteRun, readCurves } from '../../run-folder/index.ts';
import { type Audit, cardOf, Runs } from './index.ts';

const DEED = new URL('../intake/testing/deed.ts', import.meta.url).href;
const choice = { temperature: 0.8, topK: 0, topP: 0.95, seed: 1377 };

const bench = new Bench();
let run: string;
let chat: string;
beforeAll(async () => {
  vi.stubEnv('XDG_STATE_HOME', join(bench.folder, 'state'));
  run = await bench.make(defaultSigner(() => {}));
  chat = join(bench.folder, 'chat');
  writeModel(chat, 600, { endless: true });
  writeFileSync(join(chat, 'chat_template.jinja'), CHATML);
});
afterAll(() => {
  vi.unstubAllEnvs();
  bench.remove();
});

let runs: Runs;
let id: string;
beforeEach(async () => {
  runs = new Runs({ threads: 1 });
  const all = await runs.list();
  id = all.map((info) => info.id).find((one) => runs.folder(one) === run)!;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.stubEnv('XDG_STATE_HOME', join(bench.folder, 'state'));
  await runs.close();
});

const never = new AbortController().signal;
const listed = async (folder: string): Promise<string> => {
  noteRun(folder);
  const all = await new Runs().list();
  return all.map((info) => info.id).find((one) => runs.folder(one) === folder)!;
};

/** The audit when it has ended, and how often something was told. */
async function ended(audit: Audit): Promise<Audit & { told: number }> {
  let last = audit;
  let told = 0;
  for await (const now of runs.audits.follow(audit.id, never)) {
    last = now;
    told++;
  }
  return { ...last, told };
}

test('a real run: its line, its curve, its chain and its card are what its files say', async () => {
  const all = [...readCurves(run, 2)];
  expect(await runs.curves.curve(id, { points: 100 })).toMatchObject({
    every: 1,
    step: all.map(({ step }) => step),
    loss: all.map(({ loss }) => loss),
    gradNorm: all.map(({ gradNorm }) => gradNorm),
    learningRate: all.map(({ learningRate }) => learningRate),
    validations: all.flatMap(({ validation }) =>
      validation ? [{ step: validation.step, bitsPerByte: validation.bitsPerByte }] : [],
    ),
    damaged: null,
  });
  const genesis = readStatement(join(run, 'genesis.json'), 'genesis');
  const seal = readStatement(join(run, 'seal.json'), 'seal');
  const evidence = await runs.evidence(id);
  expect(evidence).toMatchObject({
    state: 'recorded',
    genesis: { digest: digestOfFile(join(run, 'genesis.json')), signer: genesis.keyid, steps: 25, lodged: null },
    records: 25,
    head: seal.predicate.head,
    sessions: [{ from: 0, to: 25 }],
    checkpointCount: 13,
    seal: { digest: digestOfFile(join(run, 'seal.json')), head: seal.predicate.head },
    unreadable: [],
  });
  const states = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 25];
  expect(evidence.checkpoints).toEqual(
    states.map((step) => {
      const state = join(run, `checkpoints/step-${String(step).padStart(6, '0')}/state.json`);
      return { step, root: JSON.parse(readFileSync(state, 'utf8')).stateRoot, kept: true, there: true };
    }),
  );
  expect(evidence.checkpoints.at(-1)!.root).toBe(evidence.seal!.stateRoot);
  expect(runs.get(id)).toMatchObject({
    state: 'finished',
    steps: 25,
    tokens: 25 * 4 * 16,
    maker: genesis.keyid,
    stateRoot: evidence.seal!.stateRoot,
    recipe: readFileSync(join(run, 'recipe.yaml'), 'utf8'),
    model: true,
  });
  const { card, config, parameters, tuned, files } = cardOf(run);
  expect(card).toBe(readFileSync(join(run, 'model/README.md'), 'utf8'));
  expect(card).toContain(`${parameters!.toLocaleString('en')} parameters`);
  expect(config).toEqual(JSON.parse(readFileSync(join(run, 'model/config.json'), 'utf8')));
  expect(tuned).toBe(false);
  expect(files).toEqual(
    ['README.md', 'config.json', 'model.safetensors', 'tokenizer.json'].map((path) => ({
      path,
      bytes: readFileSync(join(run, 'model', path)).length,
      sha256: digestOfFile(join(run, 'model', path)),
    })),
  );
});

test('a damaged chain is shown as far as it can be read; a card that is a link is not followed', async () => {
  const copy = bench.copy(run);
  writeFileSync(join(copy, 'seal.json'), '{}\n');
  rmSync(join(copy, 'genesis.json'));
  mkdirSync(join(copy, 'genesis.json'));
  writeFileSync(join(copy, 'sessions.jsonl'), 'null\n3\n{"event":"start"}\n{"event":"start","from":2,"start":7}\n');
  rmSync(join(copy, 'checkpoints/step-000004'), { recursive: true });
  const evidence = await runs.evidence(await listed(copy));
  expect(evidence).toMatchObject({ genesis: null, seal: null, records: 25 });
  expect(evidence.unreadable.map(({ file }) => file)).toEqual(['genesis.json', 'seal.json']);
  expect(evidence.sessions).toEqual([{ from: 2, to: null, started: null, device: null }]);
  expect(evidence.checkpoints[1]).toMatchObject({ step: 4, there: false, kept: false });
  writeFileSync(join(copy, 'secret'), 'secret');
  rmSync(join(copy, 'model/README.md'));
  symlinkSync('../secret', join(copy, 'model/README.md'));
  writeFileSync(join(copy, 'model/config.json'), '[]');
  expect(cardOf(copy)).toMatchObject({ card: '', config: null, parameters: null });
  expect(() => cardOf(bench.folder)).toThrow(expect.objectContaining({ code: 'model-missing' }));
});

test('a card has the figures of whole tasks, and those of parts that stand beside a baseline', async () => {
  const copy = bench.copy(run);
  const signer = defaultSigner(() => {});
  const figures = [
    { metric: 'exact_match', value: 0.5, stderr: 0.1, n: 40 },
    { metric: 'above_baseline', value: -0.25, stderr: 0.1, n: 40 },
  ];
  const predicate = {
    formatVersion: 1 as const,
    evaluatorKey: signer.publicKey.toString('base64'),
    model: 'ab'.repeat(32),
    task: 'cd'.repeat(32),
    name: 'quiz',
    results: [null, 'sums'].flatMap((part) => figures.map((figure) => ({ part, ...figure }))),
    n: 40,
    of: 40,
    fewshot: 0,
    arithmeticVersion: 1,
    version: '1',
    time: '2026-01-01T00:00:00.000Z',
  };
  mkdirSync(join(copy, 'evaluations'));
  const text = signStatement('evaluation', [['model', predicate.model]], predicate, signer);
  writeFileSync(join(copy, 'evaluations/quiz.json'), text);
  expect(cardOf(copy).scores).toEqual([
    { task: 'quiz', ...figures[0] },
    { task: 'quiz', ...figures[1] },
    { task: 'quiz: sums', ...figures[1] },
  ]);
});

test('an audit of a real run holds, a changed run is refuted; one audit of a run at a time', async () => {
  const forged = bench.copy(run);
  changeTensor(forged, 12, 'model.norm.weight', (values) => {
    values[0]! += 1e-3;
  });
  const [honest, bad] = [runs.audits.start(id, {}), runs.audits.start(await listed(forged), { replay: 'all' })];
  expect(honest).toMatchObject({ state: 'running', run: id, verdict: null, ended: null });
  expect(runs.audits.start(id, { replay: 'all' }).id).toBe(honest.id);
  const third = await listed(bench.copy(run));
  expect(() => runs.audits.start(third, {})).toThrow(expect.objectContaining({ code: 'too-many' }));
  const found = await Promise.all([ended(honest), ended(bad)]);
  expect(found.map(({ state, verdict, error }) => ({ state, verdict, error }))).toEqual([
    { state: 'done', verdict: 'holds', error: null },
    { state: 'done', verdict: 'refuted', error: null },
  ]);
  // Never a verdict without how far it reaches and what is known of the data.
  for (const { standing, claim, verdict } of found) {
    expect(standing).toMatchObject({ verdict, data: verdict === 'holds' ? 'texts' : expect.any(String) });
    for (const lang of LANGS) {
      const text = Object.values(claim![lang]).join(' ');
      expect([forbiddenClaims(text, standing!), missingStatements(text, standing!)]).toEqual([[], []]);
    }
  }
  expect(found[0].told).toBeGreaterThan(2);
  expect(found[0].checks.map(({ name }) => name)).toContain('replay');
  expect(found[0].replayed[0]).toEqual({ from: 0, to: 2, why: 'first', verdict: 'holds' });
  expect(found[1].checks[0]!.detail).toContain('step 12');
  expect(runs.audits.get(honest.id)).toMatchObject({ state: 'done', verdict: 'holds' });
  // Asked for again it is done again.
  expect(runs.audits.start(id, {}).id).not.toBe(honest.id);
  expect(() => runs.audits.get('x')).toThrow(expect.objectContaining({ code: 'audit-unknown' }));
  expect(() => runs.audits.follow('x', never)).toThrow(expect.objectContaining({ code: 'audit-unknown' }));
});

test('a running run is not audited, and an audit during which the run continued does not count', async () => {
  const copy = bench.copy(run);
  const its = await listed(copy);
  const release = takeLock(join(copy, 'lock'), 'test');
  expect(() => runs.audits.start(its, {})).toThrow(expect.objectContaining({ code: 'run-running' }));
  release();
  const audit = runs.audits.start(its, {});
  truncateSync(join(copy, 'transcript.jsonl'), 3000);
  expect(await ended(audit)).toMatchObject({ state: 'failed', verdict: null, error: { code: 'run-changed' } });
  rmSync(join(copy, 'genesis.json'));
  rmSync(join(copy, 'seal.json'));
  rmSync(join(copy, 'transcript.jsonl'));
  expect(await ended(runs.audits.start(its, {}))).toMatchObject({ state: 'failed', error: { code: 'not-a-run' } });
});

test('a crashed or stopped audit ends with its error', async () => {
  vi.stubEnv('NODE_OPTIONS', `--import ${DEED}`);
  vi.stubEnv('JIKJI_TEST_DEED', 'audit.child crash');
  expect(await ended(runs.audits.start(id, {}))).toMatchObject({ state: 'failed', error: { code: 'audit-crashed' } });
  vi.stubEnv('JIKJI_TEST_DEED', 'audit.child hang');
  const hangs = ended(runs.audits.start(id, {}));
  await runs.close();
  expect(await hangs).toMatchObject({ state: 'failed', error: { code: 'interrupted' } });
});

/** What a stream of serve's brings. */
interface Read {
  text: string;
  ended: string | null;
  /** The log-probability of each token, where it was asked for. */
  logprobs: number[];
  tokens: number;
}

/** Reads the events of an answer; `onText` gets each piece. */
async function read(answer: Response, onText = (_: string): void => {}): Promise<Read> {
  const whole: Read = { text: '', ended: null, logprobs: [], tokens: 0 };
  let rest = '';
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks.filter((one) => one.startsWith('data: {'))) {
      const { choices, usage, error } = JSON.parse(block.slice('data: '.length));
      if (error) throw JikjiError.received(error);
      whole.tokens = usage?.completion_tokens ?? whole.tokens;
      for (const { text, delta, logprobs, finish_reason: ended } of choices) {
        whole.text += text ?? delta?.content ?? '';
        whole.ended = ended ?? whole.ended;
        whole.logprobs.push(...(logprobs?.token_logprobs ?? []));
        onText(text);
      }
    }
  }
  return whole;
}

const sampling = { temperature: 0.8, top_p: 0.95, seed: 1377 };

/** Asks for a text in pieces. */
const begin = (model: string, prompt: string, more: object = {}, signal = never) =>
  runs.models.stream(
    model,
    { path: '/v1/completions', body: { ...sampling, prompt, max_tokens: 20, ...more } },
    signal,
  );
const text = async (...given: Parameters<typeof begin>) => read(await begin(...given));

test('texts equal those of `jikji sample`, whatever was generated before', async () => {
  for (const prompt of ['the', 'the', 'a', '']) {
    const options = { ...choice, model: run, prompt, maxTokens: 8, threads: 1, onText: () => {} };
    const [sample] = (await sampleModel(options)).samples;
    const { text: said, tokens } = await text(run, prompt, { max_tokens: 8 });
    expect([said, tokens]).toEqual([sample!.text, sample!.tokenIds.length]);
  }
});

test('several at once give the same bits as each alone, and one that is stopped disturbs no other', async () => {
  const asked = ['the ', 'the a', 'of', 'x'].map((prompt, i) => ({ prompt, more: { seed: i, logprobs: 2 } }));
  const alone: Read[] = [];
  for (const { prompt, more } of asked) alone.push(await text(chat, prompt, more));
  expect(new Set(alone.map(({ text: said }) => said)).size).toBe(asked.length);
  expect(alone.every(({ logprobs }) => logprobs.length === 20)).toBe(true);
  const stopping = new AbortController();
  const stopped = await begin(chat, 'the ', { max_tokens: 500 }, stopping.signal);
  const together = asked.map(async ({ prompt, more }) => text(chat, prompt, more));
  stopping.abort();
  await expectRefusal(read(stopped), 'stopping');
  expect(await Promise.all(together)).toEqual(alone);
});

test('a tuned model answers a chat as its template says; a base model does not', async () => {
  const talk = await openTalk({ ...choice, model: chat, maxTokens: 12, threads: 1 });
  const first = await talk.say('hello', { onText: () => {} });
  talk.close();
  const say = async (messages: { role: string; content: string }[], model = chat) => {
    const body = { messages, ...sampling, max_completion_tokens: 12 };
    return read(await runs.models.stream(model, { path: '/v1/chat/completions', body }, never));
  };
  const user = (content: string) => ({ role: 'user', content });
  // The talk trims its answers.
  const answer = await say([user('hello')]);
  expect(answer.text.trim()).toBe(first.text);
  // The whole talk is given: nothing is remembered.
  const whole = [user('hello'), { role: 'assistant', content: answer.text }, user('and?')];
  const second = await say(whole);
  await say([user('something else')]);
  expect(await say(whole)).toEqual(second);
  await expectRefusal(say([user('x'.repeat(2000))]), 'prompt-too-long');
  await expectRefusal(say([user('hello')], run), 'not-tuned');
  expect(cardOf(chat).tuned).toBe(true);
});

/** Begins texts that go on for minutes, until one is told to come back. */
async function fill(signal = never): Promise<Response[]> {
  const model = join(bench.folder, 'long');
  if (!existsSync(model)) writeModel(model, 20_000, { endless: true });
  const begun: Response[] = [];
  for (;;) {
    try {
      begun.push(await begin(model, `${begun.length}`, { max_tokens: 19_000 }, signal));
    } catch (error) {
      expect(error).toMatchObject({ code: 'too-many', retryAfter: expect.any(Number) });
      return begun;
    }
  }
}

test('stopped texts free their places at once', async () => {
  const stopping = new AbortController();
  const begun = await fill(stopping.signal);
  expect(begun.length).toBeGreaterThan(10);
  stopping.abort();
  for (const answer of begun) await expectRefusal(read(answer), 'stopping');
  expect((await text(join(bench.folder, 'long'), 'after', { max_tokens: 3 })).ended).toBe('length');
  await expectRefusal(text(chat, 'x', {}, AbortSignal.abort()), 'stopping');
});

test('texts whose readers go away free their places at once', async () => {
  const [first, ...others] = await fill();
  const reader = first!.body!.getReader();
  await reader.read();
  await reader.cancel();
  for (const { body } of others) await body!.cancel();
  expect((await text(join(bench.folder, 'long'), 'after', { max_tokens: 3 })).ended).toBe('length');
});

test('a reader that takes nothing is stopped in the end, and harms nobody else', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stalled = await begin(chat, 'a', { max_tokens: 600 });
    vi.advanceTimersByTime(200_000);
    const other = await begin(chat, 'b', { max_tokens: 5 });
    vi.advanceTimersByTime(150_000);
    await expectRefusal(read(stalled), 'model-too-slow');
    expect((await read(other)).ended).toBe('length');
  } finally {
    vi.useRealTimers();
  }
});

test('two models answer side by side; a third one waits until one of them has nothing to do', async () => {
  const third = join(bench.folder, 'third');
  cpSync(chat, third, { recursive: true });
  const ending = [new AbortController(), new AbortController()] as const;
  const [a, b] = await Promise.all([
    begin(chat, 'a', { max_tokens: 600 }, ending[0].signal),
    begin(run, 'a', { max_tokens: 5 }, ending[1].signal),
  ]);
  const leaving = new AbortController();
  const left = text(third, 'x', {}, leaving.signal);
  const waiting = Array.from({ length: 3 }, (_, i) => text(third, `${i}`, { max_tokens: 3 }));
  await expect(text(third, 'one too many')).rejects.toMatchObject({ code: 'too-many', retryAfter: 10 });
  leaving.abort();
  await expectRefusal(left, 'stopping');
  expect((await read(b)).ended).toMatch(/length|stop/); // its process makes room
  for (const { ended: how } of await Promise.all(waiting)) expect(how).toBe('length');
  ending[0].abort();
  await expectRefusal(read(a), 'stopping');
});

test('errors of a model are reported, and the next question is answered', async () => {
  const copy = join(bench.folder, 'broken');
  const broken = (change: () => void) => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(chat, copy, { recursive: true });
    change();
    return expect(text(copy, 'a')).rejects.toMatchObject({ name: 'JikjiError', code: expect.stringMatching(/-/) });
  };
  const weights = join(copy, 'model.safetensors');
  await broken(() => truncateSync(weights, 1000));
  await broken(() => rmSync(copy, { recursive: true }));
  // Each of them is another process; what else can be wrong with a model, foundry/load tests.
  if (process.env.JIKJI_TORTURE) {
    await broken(() => writeFileSync(weights, 'rubbish'));
    await broken(() => writeFileSync(weights, Buffer.from('ffffffffffffffff7b7d', 'hex')));
    await broken(() => writeFileSync(join(copy, 'config.json'), '{'));
    await broken(() => rmSync(join(copy, 'tokenizer.json')));
    await broken(() => rmSync(copy, { recursive: true }));
  }
  // Mended in its place: what was opened before is not what lies there now.
  cpSync(chat, copy, { recursive: true });
  const whole = await text(copy, 'a');
  expect(whole.text).toBe((await text(chat, 'a')).text);
  rmSync(copy, { recursive: true });
  cpSync(join(run, 'model'), copy, { recursive: true });
  expect((await text(copy, 'a')).text).toBe((await text(run, 'a')).text);
  // What is wrong with one request harms no other.
  const [fine, wrong] = await Promise.allSettled([text(chat, 'a'), text(chat, 'a', { top_k: -2 })]);
  expect(fine).toMatchObject({ status: 'fulfilled' });
  expect(wrong).toMatchObject({ status: 'rejected', reason: { code: 'request-shape', input: 'top_k' } });
});

test('a crashed process is an error, also in the middle; one that does not respond is stopped too', async () => {
  vi.stubEnv('NODE_OPTIONS', `--import ${DEED}`);
  vi.stubEnv('JIKJI_TEST_DEED', 'model.child crash');
  await expectRefusal(text(run, 'a'), 'model-crashed');
  vi.stubEnv('JIKJI_TEST_DEED', 'model.child hang');
  const stopping = new AbortController();
  const hangs = text(run, 'a', {}, stopping.signal);
  await new Promise(setImmediate); // it has begun
  stopping.abort();
  await expectRefusal(hangs, 'stopping');
  const pids = join(bench.folder, 'pids');
  vi.stubEnv('JIKJI_TEST_DEED', `model.child note ${pids}`);
  const other = await begin(run, 'a', { max_tokens: 3 });
  writeFileSync(pids, '');
  const answer = await begin(chat, 'a', { max_tokens: 600 });
  process.kill(Number(readFileSync(pids, 'utf8')), 'SIGKILL');
  await expect(read(answer)).rejects.toMatchObject({ code: 'model-crashed', input: chat });
  expect((await read(other)).ended).toMatch(/length|stop/);
  expect((await text(chat, 'a', { max_tokens: 3 })).ended).toBe('length');
});

test('closing the server ends running and waiting requests', async () => {
  const answer = await begin(chat, 'a', { max_tokens: 600 });
  const all = [read(answer), text(chat, 'b', { max_tokens: 600 })];
  const ends = Promise.allSettled(all);
  await runs.close();
  for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'stopping' } });
  await expectRefusal(text(chat, 'c'), 'stopping');
});
