// Which tokens may come at a place of a text that is held to a form: a walk over the tokens by their bytes; and what that does to logits.

import { type Begun, characterNext, leastOfPart, partNext, QUOTE } from './json/characters.ts';
import type { TrieNode } from './token-trie.ts';

/** Inside a string where every character may follow and none decides anything, but that the place after its end depends on them all. */
export interface Free {
  /** A character that has begun. */
  readonly begun: Begun | undefined;
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
  const open: [TrieNode, Begun | undefined, Way | undefined][] = [[from, first, undefined]];
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

/** Takes their chance from all tokens but those with a bit, and those that end a text where it may end. */
export function forbid(
  logits: Float32Array,
  { allowed, ends, mayEnd }: { allowed: Uint32Array; ends: ReadonlySet<number>; mayEnd: boolean },
): void {
  const kept = [...ends].map((id): [number, number] => [id, logits[id]]);
  for (let from = 0; from < logits.length; from += 32) {
    const word = allowed[from >>> 5] ?? 0;
    if (word === 0) logits.fill(Number.NEGATIVE_INFINITY, from, from + 32);
    else if (word !== 0xffff_ffff)
      for (let id = from; id < Math.min(from + 32, logits.length); id++)
        if ((word & (1 << (id & 31))) === 0) logits[id] = Number.NEGATIVE_INFINITY;
  }
  for (const [id, logit] of kept) if (id < logits.length) logits[id] = mayEnd ? logit : Number.NEGATIVE_INFINITY;
}
