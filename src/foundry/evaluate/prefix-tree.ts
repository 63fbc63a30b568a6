// What many requests have in common at their beginnings, as a tree: every stretch of tokens in it is computed once.

import type { ScoreRequest } from './language-model.ts';

/** A token of a continuation: which request's, which one of it, and the position after which it stands. */
interface Asked {
  request: number;
  index: number;
  position: number;
  token: number;
}

/** Tokens [start, start + tokens.length) of all sequences below. */
export interface Node {
  start: number;
  tokens: Int32Array;
  children: Node[];
  asked: Asked[];
}

/** Shorter beginnings are computed again: to keep them would cost more. */
const MIN_SHARED = 16;
/** Nodes with branches on the way to a leaf: what all texts begin with, and what the choices of one have in common. */
const MAX_BRANCHES = 2;

interface Sequence {
  /** All tokens but the last, after which nothing is asked. */
  tokens: Int32Array;
  asked: Asked[];
}

function sequenceOf({ context, continuation }: ScoreRequest, request: number): Sequence {
  const all = Int32Array.from([...Array.from(context), ...Array.from(continuation)]);
  const first = context.length - 1;
  const asked = Array.from(continuation, (token, index) => ({ request, index, position: first + index, token }));
  return { tokens: all.subarray(0, -1), asked };
}

function compare(a: Int32Array, b: Int32Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** The roots of the tree of all requests; no stretch is longer than `most` tokens. Requests without a continuation ask nothing. */
export function prefixTree(requests: readonly ScoreRequest[], most: number): Node[] {
  const sequences = requests.map(sequenceOf).filter(({ asked }) => asked.length > 0);
  // In order, a sequence shares most with the one before it: only the newest branch need be looked at.
  sequences.sort((a, b) => compare(a.tokens, b.tokens));
  const roots: Node[] = [];
  for (const { tokens, asked } of sequences) place(tokens, asked, roots);
  for (const root of roots) shorten(root, most);
  return roots;
}

function place(tokens: Int32Array, asked: Asked[], roots: Node[]): void {
  const path: Node[] = [];
  let siblings = roots;
  for (let start = 0; ; ) {
    const rest = tokens.subarray(start);
    const last = siblings.at(-1);
    const common = last ? commonLength(last.tokens, rest) : 0;
    const whole = common === last?.tokens.length;
    const branches = path.length + 1 + (last && !whole ? branchesOf(last) : 0);
    const shares = whole || common >= MIN_SHARED;
    if (!last || (!(whole && common === rest.length) && !(shares && branches <= MAX_BRANCHES))) {
      if (rest.length > 0) {
        const leaf: Node = { start, tokens: rest, children: [], asked: [] };
        siblings.push(leaf);
        path.push(leaf);
      }
      break;
    }
    if (common < last.tokens.length) split(last, common);
    path.push(last);
    start += common;
    siblings = last.children;
    if (start === tokens.length) break;
  }
  for (const one of asked) path.find((node) => one.position < node.start + node.tokens.length)!.asked.push(one);
}

/** Most nodes with children on the way from here to a leaf. */
const branchesOf = ({ children }: Node): number =>
  children.reduce((most, child) => Math.max(most, 1 + branchesOf(child)), 0);

function commonLength(a: Int32Array, b: Int32Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return i;
  return n;
}

/** Cuts a node after `length` tokens; what follows becomes its only child. */
function split(node: Node, length: number): void {
  const start = node.start + length;
  const rest: Node = {
    start,
    tokens: node.tokens.subarray(length),
    children: node.children,
    asked: node.asked.filter(({ position }) => position >= start),
  };
  node.asked = node.asked.filter(({ position }) => position < start);
  node.tokens = node.tokens.subarray(0, length);
  node.children = [rest];
}

function shorten(root: Node, most: number): void {
  for (const open = [root]; open.length > 0; ) {
    const node = open.pop()!;
    if (node.tokens.length > most) split(node, most);
    open.push(...node.children);
  }
}
