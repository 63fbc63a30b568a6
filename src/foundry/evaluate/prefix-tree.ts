// A tree of the common prefixes of many requests: each run of tokens in it is computed once.

import type { ScoreRequest } from '../generate/index.ts';

/** A token of a continuation to score: its request, its index in the continuation, and the position before it. */
interface Target {
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
  targets: Target[];
}

/** Shorter prefixes are computed again: a cache for them would cost more. */
const MIN_SHARED = 16;
/** Branching nodes on the way to a leaf: the prefix of all texts, and the prefix of the choices of one item. */
const MAX_BRANCHES = 2;

interface Sequence {
  /** All tokens but the last: no target follows it. */
  tokens: Int32Array;
  targets: Target[];
}

function sequenceOf({ context, continuation }: ScoreRequest, request: number): Sequence {
  const all = Int32Array.from([...Array.from(context), ...Array.from(continuation)]);
  const first = context.length - 1;
  const targets = Array.from(continuation, (token, index) => ({ request, index, position: first + index, token }));
  return { tokens: all.subarray(0, -1), targets };
}

function compare(a: Int32Array, b: Int32Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** The roots of the tree of all requests; no node has more than `maxTokens` tokens. Skips requests without a continuation. */
export function prefixTree(requests: readonly ScoreRequest[], maxTokens: number): Node[] {
  const sequences = requests.map(sequenceOf).filter(({ targets }) => targets.length > 0);
  // After sorting, a sequence shares its longest prefix with the one before it: only the newest branch needs a look.
  sequences.sort((a, b) => compare(a.tokens, b.tokens));
  const roots: Node[] = [];
  for (const { tokens, targets } of sequences) place(tokens, targets, roots);
  for (const root of roots) shorten(root, maxTokens);
  return roots;
}

function place(tokens: Int32Array, targets: Target[], roots: Node[]): void {
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
        const leaf: Node = { start, tokens: rest, children: [], targets: [] };
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
  for (const one of targets) path.find((node) => one.position < node.start + node.tokens.length)!.targets.push(one);
}

/** The largest number of nodes with children on the way from here to a leaf. */
const branchesOf = ({ children }: Node): number =>
  children.reduce((max, child) => Math.max(max, 1 + branchesOf(child)), 0);

function commonLength(a: Int32Array, b: Int32Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return i;
  return n;
}

/** Cuts a node after `length` tokens; the rest becomes its only child. */
function split(node: Node, length: number): void {
  const start = node.start + length;
  const rest: Node = {
    start,
    tokens: node.tokens.subarray(length),
    children: node.children,
    targets: node.targets.filter(({ position }) => position >= start),
  };
  node.targets = node.targets.filter(({ position }) => position < start);
  node.tokens = node.tokens.subarray(0, length);
  node.children = [rest];
}

function shorten(root: Node, maxTokens: number): void {
  for (const open = [root]; open.length > 0; ) {
    const node = open.pop()!;
    if (node.tokens.length > maxTokens) split(node, maxTokens);
    open.push(...node.children);
  }
}
