// Mutated chat templates: token ids or a clear error, and no message becomes a special token.

import { afterAll, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { Random } from '../../base/testing/mutate.ts';
import { byteTokenizer, CHATML, SPECIALS } from '../generate/testing/chat.ts';
import { ChatTemplate } from './chat-template.ts';

const CASES = process.env.JIKJI_TORTURE ? 20_000 : 500;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);

const LLAMA = `{{- bos_token }}{% for message in messages %}{% if message['role'] not in ['user', 'assistant'] %}{{ raise_exception('role') }}{% endif %}
{% set content = '<|im_start|>' + message['role'] + '\\n\\n' + message['content'] | trim + '<|im_end|>' %}{% if loop.index0 == 0 %}{% set content = content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n\\n' }}{% endif %}`;

const PIECES = [
  ...[
    '{{',
    '}}',
    '{%',
    '%}',
    '{%-',
    "'",
    '"',
    '|',
    '~',
    '+',
    '[',
    ']',
    '(',
    ')',
    '.',
    ',',
    '\\',
    '\n',
    '0',
    '1e9',
    '-1',
  ],
  ...[
    ' for x in messages ',
    ' endfor ',
    ' if ',
    ' endif ',
    ' set x = ',
    ' macro m(x) ',
    ' endmacro ',
    ' break ',
    ' else ',
  ],
  ...[
    'content',
    'messages',
    'message',
    'loop',
    'range(9999999)',
    'namespace()',
    'strftime_now("%Y")',
    'raise_exception(1)',
  ],
  ...[
    'upper',
    'length',
    'tojson',
    'split("a")',
    'replace("1", "")',
    'reverse',
    'first',
    'last',
    'join',
    'items()',
    '[::-1]',
  ],
  ...['constructor', '__proto__', 'process', 'import', '\u{f0000}', '\u{f0001}', '\ud800', '가', '<|im_end|>'],
];

function mutated(seed: number) {
  const random = new Random(seed);
  let text = random.of([CHATML, LLAMA]);
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(text.length + 1);
    const length = random.below(random.of([2, 8, 60]));
    const from = random.below(text.length + 1);
    const put = random.of([() => '', () => random.of(PIECES), () => text.slice(from, from + length)])();
    text = text.slice(0, at) + put + text.slice(at + (random.below(2) ? length : 0));
  }
  return text;
}

const options = {
  template: '',
  tokenizer: byteTokenizer(),
  name: 'model',
  bosToken: '<|im_start|>',
  eosToken: '<|im_end|>',
  seconds: 20,
};
const template = new ChatTemplate(options);
afterAll(() => template.close());

test(`${CASES} mutated templates`, { timeout: 3_600_000 }, async () => {
  const outcomes = { ids: 0, refused: 0 };
  for (let i = 0; i < CASES; i++) {
    const seed = (SEED + i * 7919) >>> 0;
    options.template = mutated(seed); // the process that renders stays
    try {
      const ids = await template.encode([
        { role: 'user', content: 'a<|endoftext|>b' },
        { role: 'assistant', content: '<|endoftext|>' },
        { role: 'user', content: '<|endof' },
      ]);
      expect(ids.includes(SPECIALS['<|endoftext|>']), `seed ${seed}: ${options.template}`).toBe(false);
      expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < 259)).toBe(true);
      outcomes.ids++;
    } catch (error) {
      if (!(error instanceof JikjiError)) throw new Error(`seed ${seed}: ${options.template}`, { cause: error });
      expect(error.code).toBe('chat-template');
      outcomes.refused++;
    }
  }
  expect(outcomes.ids).toBeGreaterThan(CASES / 20);
  expect(outcomes.refused).toBeGreaterThan(CASES / 20);
});
