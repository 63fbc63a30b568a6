// The server asked by curl: what a shell script gets.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../base/testing/skipped.ts';
import { type ServerChild, startServer } from './testing/child.ts';
import { writeModels } from './testing/small.ts';

const noCurl = spawnSync('curl', ['--version']).status === 0 ? undefined : 'there is no curl';

describe.skipIf(skipped('the server asked by curl', noCurl))('curl', () => {
  let folder: string;
  let server: ServerChild;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jikji-curl-'));
    server = await startServer(writeModels(folder, 400), { texts: 4, maxWaiting: 50, maxSeconds: 60 });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The status, the type and the body of an answer. */
  function curl(path: string, body?: object) {
    const data = body ? ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)] : [];
    const end = '\n%{http_code} %{content_type}';
    const args = ['--silent', '--show-error', '--no-buffer', '--max-time', '60', '-w', end, ...data, server.url + path];
    const { status: code, stdout, stderr } = spawnSync('curl', args, { encoding: 'utf8' });
    expect(code, stderr).toBe(0);
    const [, text, status, type] = /^(.*)\n(\d{3}) (.*)$/s.exec(stdout)!;
    return { status: Number(status), type: type!, text: text! };
  }

  const ask = { model: 'tuned', prompt: 'abc', max_tokens: 12, seed: 3 };
  interface Piece {
    choices: { text: string; finish_reason: string | null }[];
  }

  test('a completion, whole and as a stream, is the same text', () => {
    const whole = curl('/v1/completions', ask);
    expect([whole.status, whole.type]).toEqual([200, 'application/json']);
    const [choice] = (JSON.parse(whole.text) as Piece).choices;
    expect(choice).toMatchObject({ finish_reason: 'length' });
    expect(choice!.text.length).toBeGreaterThan(0);

    const streamed = curl('/v1/completions', { ...ask, stream: true });
    expect([streamed.status, streamed.type]).toEqual([200, 'text/event-stream']);
    const lines = streamed.text.split('\n').filter((line) => line !== '');
    expect(lines.every((line) => line.startsWith('data: '))).toBe(true);
    expect(lines.at(-1)).toBe('data: [DONE]');
    const pieces = lines.slice(0, -1).map((line) => JSON.parse(line.slice(6)) as Piece);
    expect(pieces.map((piece) => piece.choices[0]!.text).join('')).toBe(choice!.text);
    expect(pieces.at(-1)!.choices[0]!.finish_reason).toBe('length');
  });

  test('a call of a function, whole and as a stream', () => {
    const body = {
      ...{ model: 'tuned', messages: [{ role: 'user', content: 'x' }], max_tokens: 100, seed: 1 },
      ...{
        tools: [{ type: 'function', function: { name: 'now' } }],
        tool_choice: 'required',
        parallel_tool_calls: false,
      },
    };
    const whole = curl('/v1/chat/completions', body);
    expect([whole.status, whole.type]).toEqual([200, 'application/json']);
    interface Call {
      id: string;
      type: string;
      function: { name: string; arguments: string };
    }
    const [choice] = (JSON.parse(whole.text) as { choices: { message: { tool_calls: Call[] } }[] }).choices;
    expect(choice).toMatchObject({ message: { role: 'assistant', content: null }, finish_reason: 'tool_calls' });
    const [call] = choice!.message.tool_calls;
    expect(call).toEqual({
      id: expect.stringMatching(/^[0-9A-Za-z]{9}$/),
      type: 'function',
      function: { name: 'now', arguments: expect.stringMatching(/^\{\s*\}$/) },
    });

    const streamed = curl('/v1/chat/completions', { ...body, stream: true })
      .text.split('\n')
      .filter((line) => line !== '');
    expect(streamed.pop()).toBe('data: [DONE]');
    const pieces = streamed.map(
      (line) =>
        (JSON.parse(line.slice(6)) as { choices: { delta: { tool_calls?: Call[] }; finish_reason: string | null }[] })
          .choices[0]!,
    );
    const calls = pieces.flatMap(({ delta }) => delta.tool_calls ?? []);
    expect(calls[0]).toMatchObject({ index: 0, id: call!.id, type: 'function', function: { name: 'now' } });
    expect(calls.map(({ function: of }) => of.arguments).join('')).toBe(call!.function.arguments);
    expect(pieces.at(-1)!.finish_reason).toBe('tool_calls');
  });

  test('a chat with a base model is refused, and /v1/completions named', () => {
    const { status, text } = curl('/v1/chat/completions', {
      model: 'base',
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(status).toBe(400);
    expect(JSON.parse(text).error).toMatchObject({ code: 'not-tuned', type: 'invalid_request_error' });
    expect(text).toContain('/v1/completions');
  });

  test('/metrics is what Prometheus reads, and counts what was asked', () => {
    const count = () => {
      const { status, type, text } = curl('/metrics');
      expect([status, type.split(';')[0]]).toEqual([200, 'text/plain']);
      for (const line of text.split('\n')) expect(line).toMatch(/^$|^# (HELP|TYPE) |^[a-z_]+(\{[^}]*\})? [\d.e+-]+$/);
      return Number(/^jikji_generated_tokens_total\{model="tuned"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    const before = count();
    expect(curl('/v1/completions', ask).status).toBe(200);
    expect(count() - before).toBe(ask.max_tokens);
  });
});
