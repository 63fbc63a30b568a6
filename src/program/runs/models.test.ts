// Work on a run and its model in separate processes: audits, texts, chats; and faults of those processes.

import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { forbiddenClaims, LANGS, missingStatements } from '../../audit/testing/claims.ts';
import { Bench, changeTensor } from '../../audit/testing/run.ts';
import { takeLock } from '../../base/index.ts';
import { openTalk } from '../../foundry/generate/index.ts';
import { CHATML, writeModel } from '../../foundry/generate/testing/chat.ts';
import { sampleModel } from '../../foundry/index.ts';
import { defaultSigner, digestOfFile, readStatement } from '../../ledger/index.ts';
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

/** A text, and that its pieces are its parts. */
async function text(model: string, prompt: string, maxTokens = 20, signal = never) {
  const pieces: string[] = [];
  const spoken = await runs.models.ask(model, { ...choice, prompt, maxTokens }, (p) => pieces.push(p), signal);
  expect(pieces.join('')).toBe(spoken.text);
  return spoken;
}

test('texts equal those of `jikji sample`, whatever was generated before', async () => {
  for (const prompt of ['the', 'the', 'a', '']) {
    const options = { ...choice, model: run, prompt, maxTokens: 20, threads: 1, onText: () => {} };
    const [sample] = (await sampleModel(options)).samples;
    expect(await text(run, prompt)).toMatchObject(sample!);
  }
});

test('a tuned model answers in a chat; an invalid chat is refused', async () => {
  const talk = await openTalk({ ...choice, model: chat, maxTokens: 12, threads: 1 });
  const first = await talk.say('hello', { onText: () => {} });
  talk.close();
  const say = (messages: { role: 'user' | 'assistant'; content: string }[], model = chat) =>
    runs.models.ask(model, { messages, ...choice, maxTokens: 12 }, () => {}, never);
  const user = (content: string) => ({ role: 'user' as const, content });
  const { text: said, tokenIds, ended: how } = first;
  expect(await say([user('hello')])).toEqual({ text: said, tokenIds, ended: how });
  // The whole talk is given: nothing is remembered.
  const whole = [user('hello'), { role: 'assistant' as const, content: said }, user('and?')];
  const second = await say(whole);
  await say([user('something else')]);
  expect(await say(whole)).toEqual(second);
  for (const messages of [[], [user('a'), user('b')], whole.slice(0, 2), whole.slice(1)])
    await expect(say(messages)).rejects.toMatchObject({ code: 'messages-order' });
  await expect(say([user('x'.repeat(2000))])).rejects.toMatchObject({ code: 'prompt-too-long' });
  await expect(say([user('hello')], run)).rejects.toMatchObject({ code: 'not-tuned' });
  expect(cardOf(chat).tuned).toBe(true);
});

test('one request at a time, four wait, more are refused; a stopped one makes room', async () => {
  const leaving = new AbortController();
  const first = new AbortController();
  const all = [text(chat, 'a', 1e6, first.signal)];
  all.push(text(chat, 'b', 3, leaving.signal), text(chat, 'c', 3), text(chat, 'd', 3), text(chat, 'e', 3));
  await expect(text(chat, 'f', 3)).rejects.toMatchObject({ code: 'too-many', retryAfter: 10 });
  leaving.abort();
  expect(await all[1]).toEqual({ text: '', tokenIds: [], ended: 'stopped' });
  all.push(text(chat, 'g', 3));
  await expect(text(chat, 'h', 3)).rejects.toMatchObject({ code: 'too-many' });
  first.abort();
  const ends = await Promise.all(all);
  expect(ends.map(({ ended: how }) => how)).toEqual(['stopped', 'stopped', ...Array(4).fill('length')]);
  expect(await text(chat, 'x', 3, AbortSignal.abort())).toMatchObject({ ended: 'stopped' });
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
  await broken(() => writeFileSync(weights, 'rubbish'));
  await broken(() => writeFileSync(weights, Buffer.from('ffffffffffffffff7b7d', 'hex')));
  await broken(() => writeFileSync(join(copy, 'config.json'), '{'));
  await broken(() => rmSync(join(copy, 'tokenizer.json')));
  await broken(() => rmSync(copy, { recursive: true }));
  // Mended in its place: what was opened before is not what lies there now.
  cpSync(chat, copy, { recursive: true });
  const whole = await text(copy, 'a');
  expect(whole.text).toBe((await text(chat, 'a')).text);
  rmSync(copy, { recursive: true });
  cpSync(join(run, 'model'), copy, { recursive: true });
  expect((await text(copy, 'a')).text).toBe((await text(run, 'a')).text);
});

test('a crashed process is an error, and a process that does not respond is stopped too', async () => {
  vi.stubEnv('NODE_OPTIONS', `--import ${DEED}`);
  vi.stubEnv('JIKJI_TEST_DEED', 'speak.child crash');
  await expect(text(run, 'a')).rejects.toMatchObject({ code: 'model-crashed' });
  vi.stubEnv('JIKJI_TEST_DEED', 'speak.child hang');
  const stopping = new AbortController();
  const hangs = text(run, 'a', 3, stopping.signal);
  await new Promise(setImmediate); // it has begun
  stopping.abort();
  expect(await hangs).toMatchObject({ ended: 'stopped' });
  vi.stubEnv('JIKJI_TEST_DEED', '');
  expect(await text(run, 'a', 3)).toMatchObject({ ended: 'length' });
});

test('closing the server ends running and waiting requests', async () => {
  let begun = () => {};
  const speaks = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const options = { ...choice, prompt: 'a', maxTokens: 1e6 };
  const all = [runs.models.ask(chat, options, begun, never), text(chat, 'b', 3)];
  await speaks;
  await runs.close();
  all.push(text(chat, 'c', 3));
  for (const { ended: how } of await Promise.all(all)) expect(how).toBe('stopped');
});
