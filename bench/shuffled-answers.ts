// Conversations of the reader wordnet-exercises whose answers are permuted among the questions of the same kind and language: what can be
// learned from them is the form of a conversation and which answers there are, not which one is right.

import { kindOf } from '../src/foundry/corpus/exercises.ts';
import { canonicalJson, sha256Hex } from '../src/ledger/index.ts';

interface Conversation {
  messages: { role: string; content: string }[];
}

/** The same conversations, in order, with permuted answers. What answers no question of a known kind, such as a greeting, stays. */
export function shuffleAnswers(documents: readonly string[], seed: number): string[] {
  const conversations = documents.map((text) => JSON.parse(text) as Conversation);
  const byKind = new Map<string, { content: string }[]>();
  for (const { messages } of conversations) {
    for (const [i, message] of messages.entries()) {
      const asked = message.role === 'assistant' ? kindOf(messages[i - 1]?.content ?? '') : undefined;
      if (!asked) continue;
      const name = `${asked.kind} ${asked.language}`;
      const answers = byKind.get(name);
      if (answers) answers.push(message);
      else byKind.set(name, [message]);
    }
  }
  for (const [name, answers] of byKind) {
    const contents = answers
      .map(({ content }, i) => ({ content, place: sha256Hex(`${seed} ${name} ${i}`) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    for (const [i, answer] of answers.entries()) answer.content = contents[i]!.content;
  }
  return conversations.map(({ messages }) => canonicalJson({ messages }));
}
