// An answer to a request with tools, taken apart: what is said, and calls with their ids.

import { digestOfJson, digestOfTokens } from '../../ledger/index.ts';
import { type CallReader, CallText } from '../generate/index.ts';
import type { Meaning } from './meaning.ts';
import type { ServedModel } from './served-model.ts';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Letters and digits of an id: what the strictest templates take. */
const ID_LENGTH = 9;

/** The id of a call: it follows from prompt, seed and place, so that a repeated request has the same one. */
function idOfCall(prompt: string, seed: number, index: number): string {
  let number = BigInt(`0x${digestOfJson({ index, prompt, seed }).slice(0, 16)}`);
  let id = '';
  for (; id.length < ID_LENGTH; number /= 62n) id += LETTERS[Number(number % 62n)];
  return id;
}

/** A call, or a part of one, in the form of OpenAI's clients. */
interface CallPart {
  index: number;
  id?: string;
  type?: 'function';
  function: { name?: string; arguments: string };
}

export interface AnswerPart {
  content: string;
  calls: CallPart[];
}

/** Takes one answer apart as it grows. */
export class CallAnswer {
  readonly #text: CallText;
  readonly #prompt: string;
  readonly #seed: number;

  constructor(reader: CallReader, { prompt, seed }: { prompt: readonly number[]; seed: number }) {
    this.#text = new CallText(reader);
    this.#prompt = digestOfTokens(prompt);
    this.#seed = seed;
  }

  /** Whether it has a call. */
  get isCalling(): boolean {
    return this.#text.calls > 0;
  }

  /** Takes whole characters. */
  push(text: string): AnswerPart {
    const { said, calls } = this.#text.push(text);
    const parts = calls.map(({ index, name, arguments: text }): CallPart => {
      if (name === undefined) return { index, function: { arguments: text } };
      const id = idOfCall(this.#prompt, this.#seed, index);
      return { index, id, type: 'function', function: { name, arguments: text } };
    });
    return { content: said, calls: parts };
  }

  /** The rest of what it says. */
  end(): AnswerPart {
    return { content: this.#text.end(), calls: [] };
  }
}

/** Takes answer `at` of a request apart; undefined where the request has no tools. @throws JikjiError `schema-unsupported` */
export function callAnswerOf(
  { held, prompts, n }: Meaning,
  model: ServedModel,
  { at, seed }: { at: number; seed: number },
): CallAnswer | undefined {
  if (!held || !('calls' in held)) return undefined;
  return new CallAnswer(model.callReaderOf(held.calls), { prompt: prompts[Math.floor(at / n)].ids, seed });
}

/** Parts of one answer as one. */
export function joinedParts(parts: readonly AnswerPart[]): AnswerPart {
  const calls: CallPart[] = [];
  for (const { index, function: of, ...head } of parts.flatMap((part) => part.calls)) {
    const known = calls[index];
    if (known) known.function.arguments += of.arguments;
    else calls[index] = { index, ...head, function: { ...of } };
  }
  return { content: parts.map(({ content }) => content).join(''), calls };
}
