// A model's answer as it comes: pieces of text with their tokens, from the chunks that OpenAI's clients read. Knows no page.

/** A token that could have come; `bytes` where it is only part of a character. */
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
  token: string;
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
}

export interface Chunk {
  choices: Choice[];
  usage?: { completion_tokens: number } | null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isWhole(bytes: number[]): boolean {
  try {
    utf8.decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

/** A token by the name that /v1/completions gives it: its text, or its bytes as `bytes:\xec\x95`. */
function likelyOf(name: string, logprob: number): Likely {
  const bytes = /^bytes:((?:\\x[0-9a-f]{2})+)$/.exec(name)?.[1];
  const probability = Math.exp(logprob);
  if (bytes === undefined) return { text: name, bytes: null, probability };
  return { text: '', bytes: bytes.match(/[0-9a-f]{2}/g)!.map((hex) => Number.parseInt(hex, 16)), probability };
}

const chatLikelyOf = ({ token, logprob, bytes }: ChatToken): Likely => {
  const whole = isWhole(bytes);
  return { text: whole ? token : '', bytes: whole ? null : bytes, probability: Math.exp(logprob) };
};

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

/** The text of a piece for reading; an incomplete character as its bytes. */
export function shownText(piece: Piece): ShownToken[] | string {
  const isBroken = piece.text.includes('\ufffd') && piece.tokens.some(({ bytes }) => bytes);
  return isBroken ? shownTokens(piece) : piece.text;
}

export const hex = (bytes: number[]): string =>
  bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

/** White space and the like of a token that stands alone, made visible. */
export const visible = (text: string): string =>
  text.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥').replaceAll('\r', '␍');
