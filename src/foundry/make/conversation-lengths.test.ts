// A conversation that does not fit into a window is quoted with its line; marks that are damaged are those of a file.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import type { RecipeSource } from '../recipe/index.ts';
import { randomTokens, reader } from '../train/testing/small.ts';
import { checkConversations } from './conversations.ts';
import { sourcePlaces } from './source-place.ts';

const folder = temporaryFolder();

/** Conversations of so many tokens; only the last one is learned. */
function filesOf(lengths: readonly number[]) {
  const marks = lengths.flatMap((length) => Array.from({ length }, (_, i) => (i === 0 ? 2 : i === length - 1 ? 1 : 0)));
  const read = (start: number, count: number) => Uint8Array.from(marks.slice(start, start + count));
  return { tokens: reader(randomTokens(marks.length, 50, 1)), marks: { length: marks.length, read } };
}

test('the place and the beginning of the conversation', async () => {
  const corpus = join(folder, 'corpus');
  mkdirSync(corpus);
  const text = (word: string) => {
    const answer = { content: 'a', role: 'assistant' };
    return JSON.stringify({ messages: [{ content: word.repeat(60), role: 'user' }, answer] });
  };
  const lines = ['first', 'second', 'third'].map((word) => `${JSON.stringify({ text: text(word) })}\n`).join('');
  writeFileSync(join(corpus, 'source-01.validation.jsonl'), lines);
  const plain = {
    train: { tokens: reader(randomTokens(900, 50, 2)) },
    validation: { tokens: reader(new Uint32Array()) },
  };
  const fits = { train: filesOf([17, 2, 9]), validation: filesOf([3, 17]) };
  const long = { train: filesOf([17, 2, 9]), validation: filesOf([3, 18, 30]) };
  // The file as its maker wrote it: other lines, and other spellings.
  const source: RecipeSource = { files: 'talks.jsonl', read: 'conversations', language: 'en', licence: 'x', weight: 1 };
  const own = ['third', 'first', 'second'].map((word) => ({
    conversations: [
      { from: 'human', value: ` ${word.repeat(60)} ` },
      { from: 'gpt', value: 'a' },
    ],
  }));
  writeFileSync(join(folder, 'talks.jsonl'), `\n${own.map((value) => JSON.stringify(value)).join('\n\n')}\n`);
  const lengths = { sequenceLength: 16, context: 16 };
  const check = (of: typeof long, sources: RecipeSource[]) =>
    checkConversations(corpus, [plain, of], lengths, sourcePlaces(corpus, sources, folder));
  await check(fits, []);
  await expect(check(long, [source, { ...source, files: 'gone.jsonl' }])).rejects.toMatchObject({
    input: 'gone.jsonl, held-out document 2',
  });
  await expect(check(long, [source, source])).rejects.toThrow(
    expect.objectContaining({
      code: 'conversation-long',
      input: 'talks.jsonl, line 6',
      message: `conversation 2 has 18 tokens; with a train.sequenceLength of 16 at most 17 fit; it begins ${text('second').slice(0, 80)}`,
    }),
  );
});

test('the file whose marks are damaged', async () => {
  const broken = filesOf([3, 4]);
  const marks = { length: 7, read: (start: number, count: number) => new Uint8Array(7).slice(start, start + count) };
  const sources = [{ train: { ...broken, marks }, validation: filesOf([5]) }];
  const lengths = { sequenceLength: 16, context: 16 };
  await expect(checkConversations('corpus', sources, lengths, sourcePlaces('corpus', [], folder))).rejects.toThrow(
    expect.objectContaining({ code: 'marks-broken', input: join('corpus', 'source-00.train.jsonl') }),
  );
});
