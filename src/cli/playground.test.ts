// What the playground of the console shows, `jikji serve` gives again by the command that the page prints: run by a shell, with curl.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import {
  chatOf,
  commandsOf,
  completionOf,
  DEFAULT_SETTINGS,
  type ModelRequest,
} from '../console/state/model-request.ts';
import { CHATML, writeModel } from '../foundry/generate/testing/chat.ts';
import { Runs } from '../program/runs/index.ts';
import { type ModelServer, serveModels } from '../serve/index.ts';

const shell = promisify(execFile);
/** Text that a shell, JSON and a terminal could spoil. */
const PROMPT = `It's "5 > 4" && $HOME \`id\` !! \\n\n\t한글 🧮 %s`;

let folder: string;
let server: ModelServer;
const runs = new Runs({ threads: 1 });
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jikji it's-"));
  const model = join(folder, 'a model');
  writeModel(model, 300, { endless: true });
  writeFileSync(join(model, 'chat_template.jinja'), CHATML);
  const [host, port] = ['127.0.0.1', 0];
  const limits = { threads: 2, texts: 4, maxWaiting: 8, maxSeconds: 60, guesses: true, orNext: false };
  server = await serveModels({ host, port, models: [{ name: 'small', folder: model }], ...limits });
});
afterAll(async () => {
  await server.close();
  await runs.close();
  rmSync(folder, { recursive: true, force: true });
});

function writtenTo(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function textInConsole({ route, body }: ModelRequest): Promise<string> {
  const model = join(folder, 'a model');
  const answer = await runs.models.ask(model, { path: `/v1${route}`, body }, new AbortController().signal);
  return textIn(await answer.text());
}

const textIn = (json: string): string => {
  const [choice] = JSON.parse(json).choices;
  return choice.text ?? choice.message.content;
};

test.each([
  ['a text', completionOf(PROMPT, { ...DEFAULT_SETTINGS, maxTokens: '40', seed: '7' })],
  [
    'a text with every setting',
    completionOf(PROMPT, {
      maxTokens: '30',
      temperature: '1.3',
      topP: '0.9',
      topK: '50',
      minP: '0.01',
      repetition: '1.2',
      stop: "it's over\\n\n\\\\",
      seed: '9007199254740991',
    }),
  ],
  ['a chat', chatOf([{ role: 'user', content: PROMPT }], { ...DEFAULT_SETTINGS, maxTokens: '20', seed: '' })],
] as const)('%s: the command gives the same answer', async (_, request) => {
  const { curl } = commandsOf({ name: 'small', folder }, request);
  const { stdout } = await shell('sh', ['-c', curl.replace('http://localhost:8080', server.url)]);
  const text = textIn(stdout);
  expect(text).not.toBe('');
  expect(text).toBe(await textInConsole(request));
});

test('the command of the server names the model and its folder, and the server listens where the other command asks', async () => {
  const request = completionOf('a', DEFAULT_SETTINGS);
  const spelled = async (name: string) => {
    const { serve } = commandsOf({ name, folder }, request);
    const { stdout } = await shell('sh', ['-c', `jikji() { printf '%s\\n' "$@"; }; ${serve}`]);
    return stdout.trimEnd().split('\n');
  };
  expect(await spelled('small')).toEqual(['serve', `small=${folder}`]);
  expect(await spelled("a name; it's")).toEqual(['serve', `model=${folder}`]);
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const { stdout } = await shell(process.execPath, argv`${main} serve --help`);
  expect(stdout).toContain(/http:\S+\/v1\/completions/.exec(commandsOf({ name: 'small', folder }, request).curl)![0]);
});

test('a text that is too long for a word of a command is its input', async () => {
  const { body, route } = completionOf(PROMPT.repeat(4000), DEFAULT_SETTINGS);
  const { curl } = commandsOf({ name: 'small', folder }, { body, route } as ModelRequest);
  const { stdout } = await shell('sh', ['-c', `curl() { cat; }; . "$1"`, 'sh', writtenTo('long.sh', curl)], {
    maxBuffer: 1 << 24,
  });
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify({ model: 'small', ...body })));
  expect(stdout.length).toBeGreaterThan(131_072);
});
