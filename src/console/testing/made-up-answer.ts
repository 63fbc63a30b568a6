// A made-up answer of a model, in chunks as `jikji serve` sends them: markup, a character of three tokens, and one that is never complete.

import { RECEIPT_ID } from './made-up-receipt.ts';

/** The end of a stream. */
export const LAST = '[DONE]';

/** Tokens by name and probability, and the text that each completes. */
const TOKENS: [name: string, probability: number, text: string][] = [
  [' is', 0.91, ' is'],
  [' wide', 0.42, ' wide'],
  [' <b>', 0.03, ' <b>'],
  ['and', 0.65, 'and'],
  ['</b>', 0.99996, '</b>'],
  ['\n', 0.12, '\n'],
  ['bytes:\\xea', 0.31, ''],
  ['bytes:\\xb0', 0.84, ''],
  ['bytes:\\x95', 0.97, '강'],
  [' cold', 0.22, ' cold'],
  ['.', 0.73, '.'],
  ['bytes:\\xec', 0.0001, '\ufffd'],
];
const OTHERS = [' the', ' a', ',', 'bytes:\\xed\\x95'];

const bytesOf = (name: string): number[] =>
  name.startsWith('bytes:')
    ? name.match(/[0-9a-f]{2}(?=\\|$)/g)!.map((digits) => Number.parseInt(digits, 16))
    : [...Buffer.from(name)];

const id = `cmpl-${RECEIPT_ID}`;
const choice = { index: 0, finish_reason: null };

/** The chunks of one piece: tokens up to one that completes a text. */
function chunkOf(tokens: typeof TOKENS, isChat: boolean): object {
  const text = tokens.map(([, , part]) => part).join('');
  const ids = { token_ids: tokens.map((token) => TOKENS.indexOf(token)) };
  const others = (rest: number) => OTHERS.map((name, i) => ({ name, logprob: Math.log((rest * 0.9) / 2 ** (i + 1)) }));
  const all = tokens.map(([name, probability]) => ({
    name,
    logprob: Math.log(probability),
    top: [{ name, logprob: Math.log(probability) }, ...others(1 - probability)].sort((a, b) => b.logprob - a.logprob),
  }));
  const chat = ({ name, logprob }: { name: string; logprob: number }) => ({
    token: Buffer.from(bytesOf(name)).toString(),
    logprob,
    bytes: bytesOf(name),
  });
  if (isChat) {
    const content = all.map((one) => ({ ...chat(one), top_logprobs: one.top.map(chat) }));
    return { id, choices: [{ ...choice, ...ids, delta: { content: text }, logprobs: { content, refusal: null } }] };
  }
  const logprobs = {
    tokens: all.map(({ name }) => name),
    token_logprobs: all.map(({ logprob }) => logprob),
    top_logprobs: all.map(({ top }) => Object.fromEntries(top.map(({ name, logprob }) => [name, logprob]))),
    text_offset: all.map(() => 0),
  };
  return { id, choices: [{ ...choice, ...ids, text, logprobs }] };
}

export function answerChunks(isChat: boolean): (object | typeof LAST)[] {
  const chunks: object[] = [];
  let pending: typeof TOKENS = [];
  for (const token of TOKENS) {
    pending.push(token);
    if (token[2] === '') continue;
    chunks.push(chunkOf(pending, isChat));
    pending = [];
  }
  const end = { ...choice, finish_reason: 'stop', logprobs: null, ...(isChat ? { delta: {} } : { text: '' }) };
  return [...chunks, { choices: [end] }, { choices: [], usage: { completion_tokens: TOKENS.length } }, LAST];
}
