// A model's answer as it comes: pieces of text with their tokens, from the chunks that OpenAI's clients read. Knows no page.

/** A token that could have come; `bytes` where it is only part of a character, or has one that nobody can see. */
export interface Likely {
  text: string;
  bytes: number[] | null;
  probability: number;
}

export interface Token extends Likely {
  /** The likeliest tokens in its place, likeliest first. */
  alternatives: Likely[];
}

/** Whole characters, and the tokens that brought them. */
export interface Piece {
  text: string;
  tokens: Token[];
}

interface ChatToken {
  logprob: number;
  bytes: number[];
}

/** A choice of a chunk, of either route. */
interface Choice {
  text?: string;
  delta?: { content?: string };
  logprobs?: {
    tokens?: string[];
    token_logprobs?: number[];
    top_logprobs?: Record<string, number>[];
    content?: (ChatToken & { top_logprobs: ChatToken[] })[];
  } | null;
  finish_reason: 'stop' | 'length' | null;
  token_ids?: number[] | null;
  prompt_token_ids?: number[] | null;
}

export interface Chunk {
  /** Of the answer. */
  id?: string;
  /** Of a chat; a completion has them in its choice. */
  prompt_token_ids?: number[] | null;
  choices: Choice[];
  usage?: { completion_tokens: number } | null;
}

/** Controls but white space, and marks that turn the direction of what is beside them. */
const UNSEEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of bytes; undefined where they are not whole characters that can be seen. */
function textIn(bytes: number[]): string | undefined {
  try {
    const text = utf8.decode(Uint8Array.from(bytes));
    return UNSEEN.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function likely(bytes: number[], logprob: number): Likely {
  const text = textIn(bytes);
  return { text: text ?? '', bytes: text === undefined ? bytes : null, probability: Math.exp(logprob) };
}

/** A token by the name that /v1/completions gives it: its text, or its bytes as `bytes:\xec\x95`. */
function likelyOf(name: string, logprob: number): Likely {
  const bytes = /^bytes:((?:\\x[0-9a-f]{2})+)$/.exec(name)?.[1];
  if (bytes === undefined) return likely([...new TextEncoder().encode(name)], logprob);
  return likely(
    bytes.match(/[0-9a-f]{2}/g)!.map((hex) => Number.parseInt(hex, 16)),
    logprob,
  );
}

const chatLikelyOf = ({ bytes, logprob }: ChatToken): Likely => likely(bytes, logprob);

function tokensOf({ logprobs }: Choice): Token[] {
  if (!logprobs) return [];
  if (logprobs.content)
    return logprobs.content.map((one) => ({
      ...chatLikelyOf(one),
      alternatives: one.top_logprobs.map(chatLikelyOf),
    }));
  return (logprobs.tokens ?? []).map((name, i) => ({
    ...likelyOf(name, logprobs.token_logprobs![i]!),
    alternatives: Object.entries(logprobs.top_logprobs![i] ?? {})
      .map(([other, logprob]) => likelyOf(other, logprob))
      .sort((a, b) => b.probability - a.probability),
  }));
}

/** The piece of a chunk; undefined if it brings neither text nor tokens. */
export function pieceOf(choice: Choice): Piece | undefined {
  const text = choice.text ?? choice.delta?.content ?? '';
  // The token that ends a continued text has an entry and is not of the text.
  if (choice.text === '' && choice.finish_reason !== null) return undefined;
  const tokens = tokensOf(choice);
  return text === '' && tokens.length === 0 ? undefined : { text, tokens };
}

/** A token and what is shown of it: text as it stands in the answer, or bytes. */
export interface ShownToken {
  token: Token;
  text: string;
  bytes: number[] | null;
}

/**
 * The tokens of a piece with their texts. Together they are the piece's text, but where a character is made of several tokens, or is never
 * complete: these show their bytes. What follows a stop string is not shown.
 */
export function shownTokens({ text, tokens }: Piece): ShownToken[] {
  if (tokens.some(({ bytes }) => bytes))
    return tokens.map((token) => ({ token, text: token.text, bytes: token.bytes }));
  // A single token may have a space before it that the text has not, and the other way round.
  if (tokens.length === 1) return [{ token: tokens[0]!, text, bytes: null }];
  let left = text.length;
  return tokens.flatMap((token) => {
    const part = token.text.slice(0, left);
    left -= part.length;
    return part === '' ? [] : [{ token, text: part, bytes: null }];
  });
}

/** The text of a piece for reading; characters that are incomplete or cannot be seen as their bytes. */
export function shownText(piece: Piece): ShownToken[] | string {
  const isBroken =
    (piece.text.includes('\ufffd') || UNSEEN.test(piece.text)) && piece.tokens.some(({ bytes }) => bytes);
  return isBroken ? shownTokens(piece) : piece.text;
}

export const hex = (bytes: number[]): string =>
  bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

/** White space and the like of a token that stands alone, made visible. */
export const visible = (text: string): string =>
  text.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥').replaceAll('\r', '␍');
