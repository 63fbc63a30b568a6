// `jikji serve --receipts` and `jikji audit RECEIPT --model RUN` from outside: a run is made and served, and its answers hang on its seal.

import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReceiptAudit } from '../audit/index.ts';
import { argv } from '../base/testing/argv.ts';
import { sha256Hex } from '../ledger/index.ts';
import { call, callHere, callsIn, environment, errorOf, start, succeed, workFolder } from './testing/bad-input.ts';

const folder = workFolder();
const { jikji, result } = callsIn(folder);
let fingerprint: string;
/** Of the answer. */
let id: string;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  await succeed(jikji`make t.yaml --out run`);
  fingerprint = (await result`key new server`).fingerprint;
  const child = start(folder, argv`serve run --receipts server --keep-texts --port 0 --json --threads 1`);
  let said = '';
  child.stderr!.on('data', (text) => (said += text));
  const gone = once(child, 'exit');
  const [line] = await Promise.race([once(createInterface(child.stdout!), 'line'), gone.then(() => ['{}'])]);
  const { url, receipts } = JSON.parse(String(line));
  expect(receipts, said).toBe(fingerprint);
  const request = JSON.stringify({ model: 'run', prompt: 'the people of', nonce: 'mine', max_tokens: 12 });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}/v1/completions`, { method: 'POST', headers, body: request });
  id = answer.headers.get('Jikji-Receipt')!;
  writeFileSync(file('request.json'), request);
  writeFileSync(file('answer.json'), await answer.text());
  writeFileSync(file('kept.json'), await (await fetch(`${url}/receipts/${id}`)).text());
  writeFileSync(
    file('receipt.json'),
    `${JSON.stringify(JSON.parse(readFileSync(file('kept.json'), 'utf8')).receipt)}\n`,
  );
  child.kill('SIGTERM');
  expect(await gone, said).toEqual([0, null]);
});

const GIVEN = argv`--request request.json --response answer.json`;
const audit = (...args: string[]) => jikji`audit ${args}`;
const resultOf = ({ stdout }: { stdout: string }): ReceiptAudit => JSON.parse(stdout);

test('it holds, and hangs on model, run and a training that is left to another audit', async () => {
  for (const key of [fingerprint, 'server', fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:')]) {
    const outcome = await audit('receipt.json', '--model', 'run', ...GIVEN, '--key', key);
    const { verdict, checks, chain, receipt } = resultOf(outcome);
    expect([outcome.status, verdict, checks.filter((one) => one.verdict !== 'holds')]).toEqual([0, 'holds', []]);
    const sealDigest = sha256Hex(readFileSync(file('run/seal.json')));
    const state = JSON.parse(readFileSync(file('run/result.json'), 'utf8')).stateRoot;
    expect(receipt).toMatchObject({ id, key: fingerprint, run: { seal: sealDigest, state } });
    expect(chain.map(({ what, digest, isChecked }) => [what, digest, isChecked])).toEqual([
      ['answer', sha256Hex(readFileSync(file('receipt.json'))), true],
      ['model', receipt!.model.digest, true],
      ['run', sealDigest, true],
      ['training', null, false],
    ]);
    expect(chain.at(-1)!.text).toMatch(/the training was not replayed here: .*audit run$/);
  }
});

test('for people: the verdict first, what was not checked by name, what it hangs on', async () => {
  const env = { ...environment(folder), COLUMNS: '200' };
  const { stdout } = await succeed(callHere(folder, argv`audit receipt.json --model run --request request.json`, env));
  expect(stdout).toMatch(/^holds\. This model gives what the receipt was signed for: 1 answer of 12 tokens/m);
  expect(stdout).toContain(`It is signed by ${fingerprint}; nobody told whose key that is.`);
  expect(stdout).toContain('Not checked: response.');
  expect(stdout).toMatch(/response +not checked +the response was not given: not checked that its text is this answer/);
  expect(stdout).toMatch(
    /It hangs on\n +answer .*\n +model .*\n +run .*\n +training +the training was not replayed here/,
  );
});

test('the weights alone, without the run: the seal is not checked, and the chain ends at the model', async () => {
  cpSync(file('run/model'), file('weights'), { recursive: true });
  const { verdict, checks, chain } = resultOf(await audit('receipt.json', '--model', 'weights', ...GIVEN));
  expect([verdict, chain.map(({ what }) => what)]).toEqual(['holds', ['answer', 'model']]);
  expect(checks.find(({ name }) => name === 'run')).toMatchObject({ verdict: 'not-checked' });
});

test('kept texts: one file is enough, and its request is the word of the server', async () => {
  const { verdict, checks } = resultOf(await audit('kept.json', '--model', 'run'));
  expect([verdict, checks.filter((one) => one.verdict !== 'holds').map(({ name }) => name)]).toEqual([
    'holds',
    ['prompt', 'parameters', 'response'],
  ]);
});

test('refuted: exit code 1', async () => {
  const answer = JSON.parse(readFileSync(file('answer.json'), 'utf8'));
  answer.choices[0].text = `Yes. ${answer.choices[0].text}`;
  writeFileSync(file('other.json'), JSON.stringify(answer));
  const outcome = await audit(
    'receipt.json',
    '--model',
    'run',
    '--request',
    'request.json',
    '--response',
    'other.json',
  );
  expect([outcome.status, resultOf(outcome).verdict]).toEqual([1, 'refuted']);
  expect(resultOf(outcome).claim.en[0]).toMatch(/do not agree: response\.$/);
  const nothing = await audit('receipt.json', '--model', 'run');
  expect([nothing.status, resultOf(nothing).verdict]).toEqual([1, 'incomplete']);
});

test('a run whose seal is another one, or does not name its weights', async () => {
  cpSync(file('run'), file('sealed-again'), { recursive: true });
  const text = readFileSync(file('run/seal.json'), 'utf8');
  const { signatures } = JSON.parse(text);
  const payload = Buffer.from(
    Buffer.from(JSON.parse(text).payload, 'base64')
      .toString()
      .replace(/"time":"2/, '"time":"3'),
  ).toString('base64');
  writeFileSync(file('sealed-again/seal.json'), `${JSON.stringify({ ...JSON.parse(text), payload, signatures })}\n`);
  const found = resultOf(await audit('receipt.json', '--model', 'sealed-again', ...GIVEN));
  expect(found.checks.filter(({ verdict }) => verdict === 'refuted').map(({ name }) => name)).toEqual(['run']);
  expect(found.chain).toEqual([]);
  // A server does not sign for a seal that is not its model's.
  const weights = readFileSync(file('run/model/model.safetensors'));
  weights[weights.length - 1]! ^= 1;
  cpSync(file('run'), file('altered'), { recursive: true });
  writeFileSync(file('altered/model/model.safetensors'), weights);
  const refused = await jikji`serve altered --receipts server --port 0`;
  expect(errorOf(refused)).toMatchObject({ code: 'evidence-differs' });
  const other = resultOf(await audit('receipt.json', '--model', 'altered', ...GIVEN));
  expect(other.checks.filter(({ verdict }) => verdict === 'refuted').map(({ name }) => name)).toEqual(['model', 'run']);
});

describe('without the model', () => {
  const byVerdict = ({ checks }: ReceiptAudit, verdict: string) =>
    checks.filter((one) => one.verdict === verdict).map(({ name }) => name);
  const REST = ['model', 'run', 'prompt', 'parameters', 'replay', 'ending'];

  test('what can be checked is, and what was not is named: exit code 3, not shown', async () => {
    const outcome = await audit('receipt.json', ...GIVEN, '--key', fingerprint);
    const found = resultOf(outcome);
    expect([outcome.status, found.verdict, byVerdict(found, 'refuted'), found.chain]).toEqual([3, 'not-told', [], []]);
    expect(byVerdict(found, 'holds')).toEqual(['signature', 'seed']);
    expect(byVerdict(found, 'not-checked')).toEqual([...REST.slice(0, 4), 'chain', 'replay', 'ending', 'response']);
    expect(found.claim.en[0]).toBe(
      'Nothing that was checked is wrong. The model was not given: it is not shown that it gives this answer.',
    );
    expect(found.claim.en).toContain('Not checked: model, run, prompt, parameters, chain, replay, ending, response.');
    expect(found.claim.ko[0]).toMatch(/모델이 주어지지 않아/);
    const alone = await audit('receipt.json');
    expect([alone.status, byVerdict(resultOf(alone), 'holds')]).toEqual([3, ['signature', 'seed']]);
    const kept = resultOf(await audit('kept.json'));
    expect(byVerdict(kept, 'holds')).toEqual(['signature', 'seed', 'chain']);
  });

  test('for people', async () => {
    const env = { ...environment(folder), COLUMNS: '200' };
    const { status, stdout } = await callHere(folder, argv`audit receipt.json ${GIVEN}`, env);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^not told\. Nothing that was checked is wrong\. The model was not given/m);
    expect(stdout).toMatch(/model +not checked +the model was not given.* receipt names [0-9a-f]{64}/);
    expect(stdout).toMatch(/parameters +not checked +what the request says itself is the receipt's; .*ends/);
    expect(stdout).toMatch(/response +not checked +id, model name.* texts .* model/);
  });

  test('refuted: exit code 1', async () => {
    const request = JSON.parse(readFileSync(file('request.json'), 'utf8'));
    const answer = JSON.parse(readFileSync(file('answer.json'), 'utf8'));
    const kept = JSON.parse(readFileSync(file('kept.json'), 'utf8'));
    const receipt = JSON.parse(readFileSync(file('receipt.json'), 'utf8'));
    const signature = receipt.signatures[0].sig as string;
    const forged = {
      ...receipt,
      signatures: [{ ...receipt.signatures[0], sig: `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}` }],
    };
    let count = 0;
    const saved = (content: unknown) => {
      const name = `changed-${count++}.json`;
      writeFileSync(file(name), `${JSON.stringify(content)}\n`);
      return name;
    };
    const requested = (change: object) => argv`receipt.json --request ${saved({ ...request, ...change })}`;
    const answered = (change: object) => argv`receipt.json --response ${saved({ ...answer, ...change })}`;
    const [choice] = answer.choices;
    const lists: [string[], string[]][] = [
      [argv`receipt.json --key ${'0'.repeat(64)}`, ['signature']],
      [[saved(forged)], ['signature']],
      [requested({ temperature: 0.5 }), ['parameters']],
      [requested({ max_tokens: 13 }), ['parameters']],
      [requested({ model: 'other' }), ['parameters']],
      [requested({ nonce: 'other' }), ['parameters']],
      [requested({ response_format: { type: 'json_object' } }), ['parameters']],
      [requested({ seed: 7 }), ['seed']],
      [requested({ prompt: ['a', 'b'] }), ['prompt']],
      [requested({ prompt: [1, 2, 3] }), ['prompt']],
      [requested({ prompt: undefined, messages: [{ role: 'user', content: 'x' }] }), ['prompt']],
      [answered({ id: `cmpl-${'0'.repeat(32)}` }), ['response']],
      [answered({ receipt: '0'.repeat(32) }), ['response']],
      [answered({ model: 'other' }), ['response']],
      [answered({ usage: { ...answer.usage, completion_tokens: 1 } }), ['response']],
      [answered({ choices: [choice, { ...choice, index: 1 }] }), ['response']],
      [answered({ choices: [{ ...choice, finish_reason: 'content_filter' }] }), ['response']],
      [answered({ choices: [{ ...choice, token_ids: [1, 2] }] }), ['chain']],
      [[saved({ ...kept, token_ids: [[1, 2]] })], ['chain']],
      [[saved({ ...kept, prompt_token_ids: [[1, 2]] })], ['prompt']],
    ];
    for (const [args, names] of lists) {
      const outcome = await audit(...args);
      expect([args.join(' '), outcome.status, byVerdict(resultOf(outcome), 'refuted')]).toEqual([
        args.join(' '),
        1,
        names,
      ]);
    }
  });
});

test.each([
  [argv`audit receipt.json --replay 2`, 'usage'],
  [argv`audit run --request request.json`, 'file-broken'],
  [argv`audit receipt.json --model run --replay 2`, 'usage'],
  [argv`audit receipt.json --model run --sign x.json`, 'usage'],
  [argv`audit receipt.json --model run --key nobody`, 'key-missing'],
  [argv`audit receipt.json --model nowhere`, 'model-missing'],
  [argv`audit nowhere.json --model run`, 'file-missing'],
  [argv`audit run --model run`, 'file-broken'],
  [argv`audit run/seal.json --model run`, 'not-a-receipt'],
  [argv`audit t.yaml --model run`, 'not-a-receipt'],
  [argv`audit receipt.json --model run --request t.yaml`, 'not-a-receipt'],
  [argv`audit receipt.json --model run --request answer.json`, 'not-a-receipt'],
  [argv`audit receipt.json --model run --response request.json`, 'not-a-receipt'],
  [argv`serve run --keep-texts`, 'usage'],
  [argv`serve run --keep-receipts 5`, 'usage'],
  [argv`serve run --receipts nobody`, 'key-missing'],
] as [string[], string][])('%j: %s', async (args, code) => {
  expect(errorOf(await call(folder, args))).toMatchObject({ code });
});
