// Tokenizers of other makers as those of runs: documents between their tokens, the bytes that tokens stand for, and splits by the pinned
// table of Unicode.

import { beforeAll, expect, test } from 'vitest';
import { CLASS_OF } from './classes.ts';
import { KNOWN_SPLITS } from './foreign-split.ts';
import { openRunTokenizer } from './index.ts';
import { foreignFiles, foreignTexts } from './testing/foreign.ts';
import { CLASS_TABLE } from './unicode-table.ts';

let files: Record<string, object>;
beforeAll(async () => {
  files = await foreignFiles();
});
const BOUNDS: Record<string, [string, string]> = { 'Llama 3': ['<|begin|>', '<|end|>'], Qwen2: ['<|end|>', '<|end|>'] };
const open = (name: string, more: object = {}) => {
  const isMarked = /Llama 2|alone|Metaspace/.test(name);
  const [bosToken, eosToken] = BOUNDS[name] ?? (isMarked ? ['<s>', '</s>'] : ['<|endoftext|>', '<|endoftext|>']);
  return openRunTokenizer(JSON.stringify(files[name]), { vocabSize: 720, bosToken, eosToken, ...more }, name);
};

test.each([
  'GPT-2',
  'Llama 3',
  'Qwen2',
  'SmolLM',
  'digits',
  'Llama 2',
  'Replace alone',
  'Metaspace, always',
  'Metaspace, first',
])('%s: the bytes of its tokens are those of the text', (name) => {
  const tokenizer = open(name);
  let changed = 0;
  for (const text of foreignTexts(600)) {
    for (const special of [false, true]) {
      const { ids, bytes } = tokenizer.encodeMeasured(text, { special });
      expect(ids).toEqual(tokenizer.encode(text, { special }));
      const changes =
        (name === 'Qwen2' && text.normalize('NFC') !== text) || (text.includes('▁') && tokenizer.specials.has('<s>'));
      expect(bytes === undefined).toBe(changes);
      if (changes) changed++;
      else expect(bytes!.reduce((sum, length) => sum + length, 0)).toBe(Buffer.byteLength(text));
    }
    const ids = [...tokenizer.encodeDocument(text)];
    expect(ids[0]).toBe(tokenizer.prefixId);
    const isOne = tokenizer.eosId === tokenizer.prefixId;
    if (!isOne) expect(ids.pop()).toBe(tokenizer.eosId);
    expect(ids.slice(1)).toEqual([...tokenizer.encode(text)]);
    // No text gives a token that stands around documents.
    for (const id of [tokenizer.prefixId, tokenizer.eosId]) expect(ids.slice(1)).not.toContain(id);
  }
  expect(changed > 0).toBe(/Qwen2|Llama 2|alone|Metaspace/.test(name));
});

test('a special token adds no text, an added word its own, a row without a token nothing', () => {
  const tokenizer = open('Llama 3');
  expect(
    ['<|begin|>', '<|end|>', '<|endoftext|>'].map((token) => tokenizer.bytesOf(tokenizer.specials.get(token)!)),
  ).toEqual([0, 0, 0]);
  expect(tokenizer.bytesOf(704)).toBe('<think>'.length);
  expect([705, 719].map((id) => tokenizer.bytesOf(id))).toEqual([0, 0]);
  expect(tokenizer.vocabSize).toBe(720);
});

test('the tokens around documents are special ones', () => {
  for (const eosToken of ['<think>', 'the', '<|no|>'])
    expect(() => open('Llama 3', { eosToken })).toThrow(
      expect.objectContaining({
        code: 'tokenizer-unfit',
        input: 'Llama 3',
        hint: expect.stringContaining('<|begin|>'),
      }),
    );
});

test.runIf(process.versions.unicode === CLASS_TABLE.unicode)(
  'a split cuts as its pattern does, at the edges of every class',
  () => {
    const codes = Array.from(CLASS_OF.keys()).filter((code) => code < 0xd800 || code >= 0xe000);
    const isEdge = (code: number) => [code - 1, code + 1].some((next) => CLASS_OF[next] !== CLASS_OF[code]);
    const edges = codes.filter(isEdge).map((code) => String.fromCodePoint(code));
    for (const [source, { pattern }] of KNOWN_SPLITS) {
      // JavaScript's \s is not White_Space.
      const space = source
        .replaceAll('[^\\s', '[^\\p{White_Space}')
        .replaceAll('\\S', '\\P{White_Space}')
        .replaceAll('\\s', '\\p{White_Space}');
      const wanted = new RegExp(space.replace(/\(\?i:([^)]*)\)/, "'(?:[sSſtTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])"), 'gu');
      for (let first = 0; first < edges.length; first += 64) {
        const text = edges
          .slice(first, first + 64)
          .map((c) => `a${c}1 ${c}`)
          .join('');
        expect(text.match(pattern)).toEqual(text.match(wanted));
      }
    }
  },
);
