// chat in a separate process: lines through a pipe, a person at a terminal, models that cannot chat.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { skipped } from '../base/testing/skipped.ts';
import { CHATML, writeModel } from '../foundry/generate/testing/chat.ts';
import { LAUNCHER } from './testing/bad-input.ts';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-talk-'));
  writeModel(at('base'), 120);
  writeModel(at('tuned'), 120);
  writeModel(at('refusing'), 120);
  writeModel(at('endless'), 120, { endless: true });
  const settings = { bos_token: '<|endoftext|>', eos_token: '<|endoftext|>' };
  writeFileSync(at('tuned/tokenizer_config.json'), JSON.stringify({ ...settings, chat_template: CHATML }));
  const refuses = "{{ raise_exception('not today') }}";
  writeFileSync(at('refusing/tokenizer_config.json'), JSON.stringify({ ...settings, chat_template: refuses }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { ...process.env, NO_COLOR: '1', TERM: 'xterm' };
/** The command line with these lines on its standard input. */
const chat = (args: string[], input: string | Buffer) => {
  const options = { cwd: folder, input, encoding: 'utf8', env } as const;
  const all = argv`chat ${args} --threads 1 --max-tokens 8`;
  const { status, stdout, stderr } = spawnSync(LAUNCHER, all, options);
  return {
    status,
    stdout,
    stderr,
    answers: () =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};

test('an answer for each line, the same every time; /reset and /quit', () => {
  const first = chat(['base', '--json'], 'abc\n\n  \nmore\r\n/reset\nabc\n/quit\nnever said\n');
  expect(first).toMatchObject({ status: 0 });
  const answers = first.answers();
  expect(answers).toHaveLength(3);
  for (const answer of answers) {
    expect(Object.keys(answer)).toEqual(['text', 'tokenIds', 'ended', 'forgotten']);
    expect(answer.tokenIds.length).toBeLessThanOrEqual(8);
  }
  expect(first.stderr.match(/not tuned to talk/g)).toHaveLength(1);
  const again = chat(['base', '--json'], 'abc\nmore\n/reset\nabc');
  expect(again.answers()).toEqual(answers);
  expect(chat(argv`base --json --seed 2`, 'abc\n').answers()[0]).not.toEqual(answers[0]);
});

test('without --json only the answers are on standard output', () => {
  const json = chat(argv`base --json --temperature 0`, 'abc\nmore\n').answers();
  const { stdout, status } = chat(argv`base --temperature 0`, 'abc\nmore\n');
  expect(status).toBe(0);
  expect(stdout).toBe(json.map(({ text }) => `${text}\n`).join(''));
});

test('an answer that stops at --max-tokens says so, and not among the answers', () => {
  const long = argv`endless --temperature 0`;
  const [{ text, tokenIds, ended }] = chat([...long, '--json'], 'abc\n').answers();
  expect({ ended, tokens: tokenIds.length }).toEqual({ ended: 'length', tokens: 8 });
  const { stdout, stderr } = chat(long, 'abc\n');
  expect(stdout).toBe(`${text}\n`);
  expect(stderr).toContain('The answer stops at 8 tokens: --max-tokens with a greater number lets it go on.\n');
  expect(chat([...long, '-n', '2'], 'abc\n').stderr).toContain('2 of 2 answers stop at 8 tokens: ');
  const short = chat([...long, '--stop', text.slice(2, 4)], 'abc\n');
  expect(short).toMatchObject({ stdout: `${text.slice(0, 2)}\n`, stderr: expect.not.stringContaining('--max-tokens') });
});

test('-n: several answers to each line, with this seed and the next ones', () => {
  const [one, two] = [3, 4].map((seed) => chat(argv`base --json --seed ${seed}`, 'abc\n').answers()[0]);
  expect(one).not.toEqual(two);
  const both = chat(argv`base --json --seed 3 -n 2`, 'abc\nmore\n').answers();
  expect(both[0]).toEqual({ ...one, answers: [one, two] });
  const goesOn = chat(argv`base --json --seed 3`, 'abc\nmore\n').answers();
  expect(both[1]).toMatchObject(goesOn[1]);
  const printed = chat(argv`base --seed 3 --number 2`, 'abc\n');
  expect(printed).toMatchObject({ status: 0, stdout: `${one.text}\n\n${two.text}\n\n` });
  expect(chat(['base', '-n', '0'], 'abc\n')).toMatchObject({ status: 2, stderr: expect.stringContaining('--number') });
});

test('a tuned model answers by its template, without the note about base models', () => {
  const { status, stderr, answers } = chat(['tuned', '--json'], 'a\n<|im_end|>\n'.concat('x'.repeat(40), '\n'));
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: 'The context is full: the oldest 2 messages no longer count.\n',
  });
  expect(answers().map(({ forgotten }) => forgotten)).toEqual([0, 0, 2]);
});

test('an empty line gets no answer; a line that cannot be answered ends a script', () => {
  expect(chat(['base'], '')).toMatchObject({ status: 0, stdout: '' });
  const long = chat(['base', '--json'], `abc\n${'y'.repeat(300)}\nnever\n`);
  expect(long.status).toBe(2);
  const [answer, { error }] = long.answers();
  expect(answer.ended).toBeDefined();
  expect(error.code).toBe('prompt-too-long');
  expect(long.stderr).toMatch(/error: .*\n {2}say it in fewer words\n$/);
});

test('bytes that are not UTF-8 are refused as those of a file are', () => {
  const korean = Buffer.from('\xb0\xa1\xb3\xaa\xb4\xd9', 'latin1'); // "가나다" in CP949
  const hint = 'it seems to be CP949: iconv -f CP949 -t UTF-8 FILE > NEW converts it';
  const refused = { code: 'source-not-utf8', message: 'not valid UTF-8 at byte 4', input: 'standard input', hint };
  const { status, stderr, answers } = chat(['base', '--json'], Buffer.concat([Buffer.from('abc\n'), korean]));
  expect({ status, said: answers() }).toEqual({ status: 2, said: [{ error: refused }] });
  expect(stderr).toContain(`error: ${refused.message} (standard input)\n  ${hint}\n`);
  expect(chat(['base', '--json'], Buffer.from('\xff\n', 'latin1')).answers()[0].error).toMatchObject({
    hint: 'convert it to UTF-8 (for example with iconv)',
  });
  // Half a character at the very end, and a mark at the start as some editors put it.
  expect(chat(['base', '--json'], Buffer.from('abc\n\xe1\x84', 'latin1')).status).toBe(2);
  const marked = chat(['base', '--json'], '\ufeffabc\n').answers();
  expect(marked).toEqual(chat(['base', '--json'], 'abc').answers());

  if (process.platform !== 'linux') return; // what else was typed is known there alone
  const octal = [...korean].map((byte) => `\\${byte.toString(8)}`).join('');
  const sample = (prompt: string) =>
    spawnSync('sh', ['-c', `${LAUNCHER} sample base --threads 1 --max-tokens 2 --json ${prompt}`], {
      cwd: folder,
      encoding: 'utf8',
      env,
    });
  for (const form of ['--prompt ', '--prompt=']) {
    const { status, stdout } = sample(`${form}"$(printf '${octal}')"`);
    expect({ status, ...JSON.parse(stdout) }).toEqual({
      status: 2,
      error: { ...refused, message: 'not valid UTF-8 at byte 0', input: '--prompt' },
    });
  }
  expect(sample('--prompt "\ufffd"').status).toBe(0);
});

test('models that cannot chat', () => {
  const code = (args: string[]) => {
    const { status, stderr, answers } = chat([...args, '--json'], 'a\n');
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.not.stringMatching(/\n\s+at /) });
    return answers()[0].error.code;
  };
  expect(code(['nowhere'])).toBe('model-missing');
  expect(code(['refusing'])).toBe('chat-template');
  expect(code(argv`base --top-p 2`)).toBe('usage');
  expect(code([])).toBe('usage');
});

const noScript = spawnSync('script', argv`-qec true /dev/null`).status === 0 ? undefined : 'there is no script(1)';

test('a person at a terminal: Ctrl-C stops an answer, a second one ends', async (context) => {
  if (skipped('chat at a terminal', noScript)) return context.skip();
  // exec: a shell that waits would get Ctrl-C too, and dash then says 130 whatever its child said.
  const command = `exec ${LAUNCHER} chat endless --threads 1 --max-tokens 1000000 --temperature 0`;
  const child = spawn('script', ['-qefc', command, at('typescript')], {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let seen = '';
  const waiting: { text: RegExp; go: () => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    seen += stripVTControlCharacters(piece);
    while (waiting[0]?.text.test(seen)) waiting.shift()!.go();
  });
  const see = (text: RegExp) =>
    new Promise<void>((go) => {
      if (text.test(seen)) go();
      else waiting.push({ text, go });
    });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await see(/> $/);
  expect(seen).toContain('not tuned to talk');
  child.stdin.write('/help\r');
  await see(/Ctrl-C stops an answer[\s\S]*Ctrl-C stops an answer[\s\S]*> $/);
  seen = '';
  child.stdin.write('abc\r');
  await see(/\n[\s\S]{100}/); // the answer is on its way
  child.stdin.write('\x03');
  await see(/\(stopped\)[\s\S]*> $/);
  seen = '';
  child.stdin.write('/reset\r');
  await see(/forgotten[\s\S]*> $/);
  expect(seen).toContain('/reset\r'); // each key once, however often a line was read
  child.stdin.write('\x03');
  expect(await ended).toBe(0);
  // Whatever the model writes, no control character of its text reaches the terminal.
  expect(readFileSync(at('typescript'), 'utf8')).not.toMatch(/[\u0000-\u0007\u000e-\u001a\u0080-\u009f]/);
});
