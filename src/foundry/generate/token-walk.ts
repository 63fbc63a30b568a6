// Which tokens may come at a place of a text that is held to a form: a walk over the tokens by their bytes; and what that does to logits.

import { characterNext, leastOfPart, type PartialCharacter, partNext, QUOTE } from './json/characters.ts';
import type { TrieNode } from './token-trie.ts';

/** Inside a string where every character may follow and none decides anything, but that the place after its end depends on them all. */
export interface Free {
  /** A character that has begun. */
  readonly begun: PartialCharacter | undefined;
  /** Bytes at least from the end of a character to the end of the text. */
  readonly after: number;
}

/** A place in such a text. */
interface Place<P> {
  /** Bytes at least until the text may end. */
  readonly least: number;
  readonly free?: Free | undefined;
  /** The only bytes that lead anywhere, where they are few. */
  readonly bytes?: readonly number[] | undefined;
  /** Several places in one, each of which may be looked at alone, where one of them is free. */
  readonly parts?: readonly P[] | undefined;
}

/** The bytes since a place, backwards. */
interface Way {
  readonly byte: number;
  readonly before: Way | undefined;
}

/**
 * Calls `allow` with each token after which `most` bytes are enough to end.
 * @param next the place after a byte; null where no text goes on so
 */
export function eachToken<P extends Place<P>>(
  trie: TrieNode,
  start: P,
  { next, most, allow }: { next: (at: P, byte: number) => P | null; most: number; allow: (id: number) => void },
): void {
  const open: [TrieNode, P][] = [];
  const look = (node: TrieNode, place: P): void => {
    for (const part of place.parts ?? [place]) open.push([node, part]);
  };
  const visit = (child: TrieNode, place: P | null): void => {
    if (!place) return;
    if (place.least <= most) child.ids.forEach(allow);
    if (child.children.size > 0) look(child, place);
  };
  look(trie, start);
  for (let top = open.pop(); top; top = open.pop()) {
    const [node, at] = top;
    if (at.free)
      freeTokens(node, at.free, { most, allow, onQuote: (child, way) => visit(child, placeAfter(at, way, next)) });
    else if (at.bytes) {
      for (const byte of at.bytes) {
        const child = node.children.get(byte);
        if (child) visit(child, next(at, byte));
      }
    } else for (const [byte, child] of node.children) visit(child, next(at, byte));
  }
}

/** The tokens that stay in a string, without a place for each of its beginnings: an open name has as many as there are tokens. */
function freeTokens(
  from: TrieNode,
  { begun: first, after }: Free,
  of: { most: number; allow: (id: number) => void; onQuote: (child: TrieNode, way: Way) => void },
): void {
  const open: [TrieNode, PartialCharacter | undefined, Way | undefined][] = [[from, first, undefined]];
  for (let top = open.pop(); top; top = open.pop()) {
    const [node, begun, before] = top;
    for (const [byte, child] of node.children) {
      const way = { byte, before };
      if (!begun && byte === QUOTE) {
        of.onQuote(child, way);
        continue;
      }
      const to = begun ? partNext(begun, byte) : characterNext(byte);
      if (to === undefined) continue;
      const part = typeof to === 'number' ? undefined : to;
      if (after + leastOfPart(part?.part ?? '') <= of.most) child.ids.forEach(of.allow);
      if (child.children.size > 0) open.push([child, part, way]);
    }
  }
}

function placeAfter<P>(at: P, way: Way, next: (at: P, byte: number) => P | null): P | null {
  const bytes: number[] = [];
  for (let one: Way | undefined = way; one; one = one.before) bytes.push(one.byte);
  let place: P | null = at;
  for (const byte of bytes.reverse()) place = place && next(place, byte);
  return place;
}

/** Beyond so many bytes that an end needs, what is left presses nothing. */
const EASY = 4;

/** A place of a text that is held to a form, and what may follow there. */
interface Held {
  at: { readonly least: number; readonly isComplete: boolean };
  /** Tokens that are left for the text. */
  left: number;
  /** Nothing presses here, whatever is left. */
  isFree?: boolean;
  /** The tokens that end a text. */
  ends: ReadonlySet<number>;
  /** A bit for each token after which `most` bytes are enough to end. */
  allowed(most: number): Uint32Array;
}

/** Takes their chance from all tokens but those that may come next, and those that end a text where it may end. */
export function forbidOthers(logits: Float32Array, { at, left, isFree = false, ends, allowed }: Held): void {
  // Each byte is a token at worst. Where much is left, nothing presses, and what is known of a place is used again.
  const isEasy = isFree || left - 1 > EASY * (at.least + 64);
  let bits = allowed(isEasy ? Number.POSITIVE_INFINITY : left - 1);
  // Too few tokens are left, if each were a byte: then those that lead towards the end, or at least keep right what there is.
  for (const most of [at.least - 1, Number.POSITIVE_INFINITY])
    if (!at.isComplete && bits.every((word) => word === 0)) bits = allowed(most);
  const kept = [...ends].map((id): [number, number] => [id, logits[id]]);
  for (let from = 0; from < logits.length; from += 32) {
    const word = bits[from >>> 5] ?? 0;
    if (word === 0) logits.fill(Number.NEGATIVE_INFINITY, from, from + 32);
    else if (word !== 0xffff_ffff)
      for (let id = from; id < Math.min(from + 32, logits.length); id++)
        if ((word & (1 << (id & 31))) === 0) logits[id] = Number.NEGATIVE_INFINITY;
  }
  for (const [id, logit] of kept) if (id < logits.length) logits[id] = at.isComplete ? logit : Number.NEGATIVE_INFINITY;
}
