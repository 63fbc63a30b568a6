import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { encodeCorpus, openTokenFiles, openTokens, Tokenizer, tokenWidth, trainTokenizer } from './index.ts';
import { randomOf, randomProse, randomText } from './testing/strings.ts';

const folder = temporaryFolder();
let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await trainTokenizer([{ text: randomProse(randomOf(51), 2000), weight: 1 }], { vocabSize: 500 });
});

/** A vocabulary of more than 65,536 entries. */
function wide() {
  const file = JSON.parse(tokenizer.toJson());
  for (let id = tokenizer.vocabSize; id < 70_000; id++) file.model.vocab[`${'zq'.repeat(3)}${id}`] = id;
  return Tokenizer.fromJson(JSON.stringify(file));
}

describe('encodeCorpus and openTokens', () => {
  test.each([2, 4] as const)('%d bytes per id: written ids are read, as a whole and in ranges', async (width) => {
    const coder = width === 2 ? tokenizer : wide();
    expect(tokenWidth(coder.vocabSize)).toBe(width);
    const r = randomOf(52);
    const documents = Array.from({ length: 400 }, (_, i) => (i % 10 === 0 ? '' : randomText(r)));
    documents.push(randomProse(r, 200_000)); // more ids than the buffer holds
    const expected = documents.flatMap((text) => [coder.endOfTextId, ...coder.encode(text)]);
    expect(expected.length).toBeGreaterThan(1 << 18);
    const file = join(folder, `deep/er/${width}.bin`);
    const result = await encodeCorpus({ documents, tokenizer: coder, file });
    const bytes = readFileSync(file);
    expect(result).toEqual({
      tokens: expected.length,
      documents: documents.length,
      bytes: documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      width,
    });
    expect(bytes.length).toBe(expected.length * width);
    expect(bytes.readUIntLE(width, width)).toBe(expected[1]);

    const tokens = openTokens(file, width, { tokens: result.tokens, vocabSize: coder.vocabSize });
    expect(tokens.length).toBe(expected.length);
    expect(
      Buffer.from(tokens.read(0, tokens.length).buffer).equals(Buffer.from(Uint32Array.from(expected).buffer)),
    ).toBe(true);
    for (let i = 0; i < 200; i++) {
      const start = r(expected.length);
      const count = r(Math.min(300, expected.length - start) + 1);
      expect([...tokens.read(start, count)]).toEqual(expected.slice(start, start + count));
    }
    expect(tokens.read(tokens.length, 0)).toHaveLength(0);
    for (const [start, count] of [
      [0, tokens.length + 1],
      [-1, 2],
      [0.5, 1],
      [tokens.length, 1],
      [0, -1],
    ] as const) {
      expect(() => tokens.read(start, count)).toThrow(RangeError);
    }
    tokens.close();
  });

  test('no documents give an empty file', async () => {
    const file = join(folder, 'empty.bin');
    expect(await encodeCorpus({ documents: [], tokenizer, file })).toMatchObject({ tokens: 0, documents: 0, bytes: 0 });
    const tokens = openTokens(file, 2, { tokens: 0 });
    expect(tokens.length).toBe(0);
    tokens.close();
  });

  test('a failing source leaves the old file and no other', async () => {
    const inner = mkdtempSync(join(folder, 'failing-'));
    const file = join(inner, 'a.bin');
    writeFileSync(file, 'old!');
    async function* documents(): AsyncGenerator<string> {
      yield 'text';
      throw new Error('the source broke');
    }
    await expect(encodeCorpus({ documents: documents(), tokenizer, file })).rejects.toThrow('the source broke');
    expect(readFileSync(file, 'utf8')).toBe('old!');
    expect(readdirSync(inner)).toEqual(['a.bin']);
  });

  test('marks beside tokens: one byte each, as many as there are ids', async () => {
    const file = join(folder, 'talks.bin');
    const { tokens: count } = await encodeCorpus({ documents: ['the people of', 'a'], tokenizer, file });
    const marks = join(folder, 'talks.marks');
    const bytes = Uint8Array.from({ length: count }, (_, i) => (i === 0 ? 2 : i % 2));
    writeFileSync(marks, bytes);
    const options = { tokens: file, width: 2 as const, count, vocabSize: tokenizer.vocabSize };
    expect(openTokenFiles(options).marks).toBeUndefined();
    const open = openTokenFiles({ ...options, marks });
    expect([...open.marks!.read(0, count)]).toEqual([...bytes]);
    expect([...open.marks!.read(1, 2)]).toEqual([1, 0]);
    open.close();
    expect(() => open.tokens.read(0, 1)).toThrow();
    expect(() => open.marks!.read(0, 1)).toThrow();
    writeFileSync(marks, bytes.subarray(1));
    expect(() => openTokenFiles({ ...options, marks })).toThrow(expect.objectContaining({ code: 'tokens-broken' }));
    expect(() => openTokenFiles({ ...options, marks: join(folder, 'nothing.marks') })).toThrow(
      expect.objectContaining({ code: 'tokens-missing' }),
    );
  });

  test('damaged files are refused', async () => {
    const file = join(folder, 'damaged.bin');
    const { tokens } = await encodeCorpus({ documents: ['the people of', 'a'], tokenizer, file });
    expect(() => openTokens(join(folder, 'nothing.bin'), 2)).toThrow(
      expect.objectContaining({ code: 'tokens-missing' }),
    );
    expect(() => openTokens(folder, 2)).toThrow(expect.objectContaining({ code: 'tokens-broken' }));
    expect(() => openTokens(file, 2, { tokens: tokens + 1 })).toThrow(
      expect.objectContaining({ code: 'tokens-broken' }),
    );
    const open = openTokens(file, 2, { tokens, vocabSize: 400 });
    const bytes = readFileSync(file);
    bytes.writeUInt16LE(400, 4);
    writeFileSync(file, bytes);
    expect(() => open.read(0, tokens)).toThrow('token 2 is 400');
    truncateSync(file, tokens * 2 - 1);
    expect(() => openTokens(file, 2)).toThrow(expect.objectContaining({ code: 'tokens-broken' }));
    expect(() => open.read(0, tokens)).toThrow(expect.objectContaining({ code: 'tokens-broken', input: file }));
    open.close();
  });
});
