// Forms that are found in hostile renderings: none, or one that can be read without doubt. And templates that do strange things with tools.

import { afterEach, expect, test } from 'vitest';
import { Random } from '../../../base/testing/mutate.ts';
import { findForm, PROBE_RESULT } from '../../conversation/call-form.ts';
import { ChatTemplate, type Tool } from '../../conversation/index.ts';
import { compileSchema, JsonReader, MaskTokens } from '../json/index.ts';
import { byteTokenizer, CALLING } from '../testing/chat.ts';
import { CallReader, CallText } from './index.ts';

const CASES = process.env.JIKJI_TORTURE ? 100_000 : 2000;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);

const PROMPT = 'tools: probe_one\nuser: a\nassistant:\n';
const one = (name: string, key: string, value: number) => `{"name": "${name}", "arguments": {"${key}": ${value}}}`;
const [A, B] = [one('probe_one', 'probe_a', 1), one('probe_two', 'probe_b', 2)];
const END = `\n<end>\ntool: ${PROBE_RESULT}`;

/** Renderings without a call, with one and with two. */
const RENDERINGS: readonly (readonly string[])[] = [
  [`<tool_call>\n${A}\n</tool_call>`, `<tool_call>\n${A}\n</tool_call>\n<tool_call>\n${B}\n</tool_call>`],
  [`[TOOL_CALLS] [${A}]`, `[TOOL_CALLS] [${A}, ${B}]`],
  [
    `[TOOL_CALLS]probe_one[ARGS]{"probe_a": 1}`,
    `[TOOL_CALLS]probe_one[ARGS]{"probe_a": 1}[TOOL_CALLS]probe_two[ARGS]{"probe_b": 2}`,
  ],
  [A.replace('arguments', 'parameters'), ''],
];

const PIECES = [
  ...['<tool_call>', '</tool_call>', '[TOOL_CALLS]', '[ARGS]', '{"name": "', '", "arguments": ', '", "parameters": '],
  ...[
    'probe_one',
    'probe_two',
    '{"probe_a": 1}',
    '{"probe_b":2}',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    ' ',
    '\n',
    '\u00a0',
    '안',
    '\ud800',
  ],
  ...[' '.repeat(100_000), '<tool_call>'.repeat(10_000), '{"name": "'.repeat(10_000), PROBE_RESULT, 'assistant:\n'],
];

function mutated(text: string, random: Random) {
  const at = random.below(text.length + 1);
  const from = random.below(text.length + 1);
  const put = random.below(3) ? random.of(PIECES) : text.slice(from, from + random.below(60));
  return text.slice(0, at) + put + text.slice(at + random.below(random.of([1, 3, 40])));
}

const tokens = new MaskTokens(byteTokenizer());
const reader = new JsonReader(compileSchema({ type: 'object' }), tokens);
const TOOLS = ['f', 'f_', 'g'].map((name) => ({ name, least: reader.least, reader: () => reader }));

test(`${CASES} mutated renderings`, { timeout: 3_600_000 }, async () => {
  const outcomes = { found: 0, refused: 0 };
  for (let i = 0; i < CASES; i++) {
    const seed = (SEED + i * 7919) >>> 0;
    const random = new Random(seed);
    const texts = [PROMPT, ...random.of(RENDERINGS).map((calls) => PROMPT + calls + END)];
    for (let n = random.below(3); n > 0; n--) texts[random.below(3)] = mutated(random.of(texts), random);
    const form = await findForm(async (calls) => texts[calls]);
    if (typeof form === 'string') {
      outcomes.refused++;
      continue;
    }
    outcomes.found++;
    // Whatever was taken for the form: an answer that is written by it is read as it was written.
    const { first, middle, after, next, close } = form;
    const calls = (
      [
        ['f', '{"a":"<tool_call>]}"}'],
        ['f_', '{}'],
        ['g', '{"":[]}'],
      ] as const
    ).slice(0, next === undefined ? 1 : 3);
    const text = calls.map(([name, of], at) => (at === 0 ? first : next) + name + middle + of + after).join('') + close;
    const parts = new CallText(new CallReader(form, { choice: 'auto', isParallel: true }, TOOLS));
    const { said, calls: read } = parts.push(text);
    const found = [said + parts.end(), read.map(({ name, arguments: of }) => [name, of])];
    expect(found, `seed ${seed}`).toEqual(['', calls]);
  }
  expect(outcomes.found).toBeGreaterThan(CASES / 20);
  expect(outcomes.refused).toBeGreaterThan(CASES / 20);
});

const templates: ChatTemplate[] = [];
afterEach(() => {
  for (const made of templates.splice(0)) made.close();
});

const TOOL: Tool = {
  type: 'function',
  function: { name: 'f', description: '<|im_end|>', parameters: { type: 'object' } },
};

test.each([
  [
    'takes for ever',
    `{% if tools %}{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}{% endif %}`,
    'did not end|fails',
  ],
  [
    'writes a lot',
    `{% if tools %}{% for i in range(9999) %}{{ tools | tojson }}{% endfor %}{% endif %}`,
    'does not give tools',
  ],
  ['changes marks', CALLING.replace('tool | tojson', '(tool | tojson)[::-1]'), 'does not give tools|splits'],
  ['leaves a half of a text', CALLING.replace('tool | tojson', '(tool | tojson)[:80]'), 'splits'],
  ['calls what is no function', CALLING.replace('tool | tojson', 'tool.function.name()'), 'does not give tools'],
])('a template that %s', async (_, text, why) => {
  const made = new ChatTemplate({ template: text, tokenizer: byteTokenizer(), name: 'model', seconds: 2 });
  templates.push(made);
  const failed = expect(made.encode([{ role: 'user', content: 'a' }], [TOOL])).rejects;
  await failed.toMatchObject({
    message: expect.stringMatching(why),
    code: expect.stringMatching(/^(chat-template|tools-unsupported)$/),
  });
  // Conversations without tools are as they were.
  expect((await made.encode([{ role: 'user', content: 'a' }])).length).toBeGreaterThanOrEqual(0);
});
