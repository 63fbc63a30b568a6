// The windows of a source of conversations: whole ones, packed one after another, as its marks tell where each begins and what of it is
// learned. Knows no seed and no step.

import { JikjiError } from '../../base/index.ts';
import type { MarksReader, TokenFiles, Windows } from './windows.ts';

/** What the bits of a mark mean: the token is a target of the loss; it is the first of a conversation. */
const LEARNED = 1;
const FIRST = 2;

export interface ConversationFiles extends TokenFiles {
  marks: MarksReader;
}

/** A conversation has more rows than a window has slots. */
export class ConversationLong extends JikjiError {
  /** Counted from 0, in the order of the file. */
  readonly conversation: number;

  constructor(conversation: number, rows: number, T: number) {
    super(
      'conversation-long',
      `conversation ${conversation + 1} has ${rows + 1} tokens; with a train.sequenceLength of ${T} at most ${T + 1} fit`,
      `conversation ${conversation + 1}`,
      'raise train.sequenceLength, or leave the conversation out',
    );
    this.conversation = conversation;
  }
}

const damaged = (what: string): JikjiError =>
  new JikjiError(
    'marks-broken',
    `the marks are damaged: ${what}`,
    'a source of conversations',
    'make the corpus again: delete corpus/tokens.json in the run folder',
  );

/** Marks read at a time. */
const CHUNK = 1 << 20;

/**
 * Where the conversations of a file begin, and behind the last one where it ends. Each has a token that is learned, and one before it.
 * @throws JikjiError `marks-broken`
 */
function conversationStarts(file: MarksReader): number[] {
  const starts: number[] = [];
  let learned = true;
  const broken = (what: string): JikjiError => damaged(`conversation ${starts.length}: ${what}`);
  const { length } = file;
  for (let from = 0; from < length; from += CHUNK) {
    const marks = file.read(from, Math.min(CHUNK, length - from));
    for (let i = 0; i < marks.length; i++) {
      const mark = marks[i]!;
      if (mark > (LEARNED | FIRST)) throw broken(`a mark is ${mark}`);
      if (mark & FIRST) {
        if (!learned) throw broken('nothing in it is learned');
        starts.push(from + i);
        learned = false;
        if (mark & LEARNED) throw broken('its first token is learned, which nothing comes before');
      } else if (starts.length === 0) throw damaged('the first one begins no conversation');
      else if (mark & LEARNED) learned = true;
    }
  }
  if (!learned) throw broken('nothing in it is learned');
  return [...starts, length];
}

export interface ConversationOptions {
  T: number;
  /** Which conversation comes n-th; by default the n-th of the file. */
  order?: (n: number, count: number) => number;
  /** Only conversations that begin before this id. */
  below?: number;
}

/**
 * Whole conversations, packed one after another: a window takes the next one as long as its rows fit, else a new window begins. A
 * conversation of L ids has L - 1 rows.
 * @throws JikjiError `marks-broken`, `conversation-long`
 */
export function conversationWindows(
  { tokens, marks }: ConversationFiles,
  { T, order = (n) => n, below = Number.POSITIVE_INFINITY }: ConversationOptions,
): Windows {
  if (marks.length !== tokens.length) throw damaged(`${marks.length} stand beside ${tokens.length} tokens`);
  const starts = conversationStarts(marks);
  const conversations = starts.slice(0, -1).filter((start) => start < below).length;
  const rowsOf = (conversation: number): number => starts[conversation + 1]! - starts[conversation]! - 1;
  let rows = 0;
  for (let i = 0; i < conversations; i++) {
    if (rowsOf(i) > T) throw new ConversationLong(i, rowsOf(i), T);
    rows += rowsOf(i);
  }
  /** Of each conversation. */
  const windowOf = new Uint32Array(conversations);
  const ordered = Uint32Array.from({ length: conversations }, (_, n) => order(n, conversations));
  /** Where the windows begin among the ordered conversations. */
  const firsts: number[] = [];
  /** Rows of each window. */
  const used: number[] = [];
  let free = 0;
  for (const [n, conversation] of ordered.entries()) {
    if (rowsOf(conversation) > free) {
      firsts.push(n);
      used.push(0);
      free = T;
    }
    free -= rowsOf(conversation);
    used[used.length - 1]! += rowsOf(conversation);
    windowOf[conversation] = firsts.length - 1;
  }
  return {
    count: firsts.length,
    least: Math.ceil(rows / T),
    used: (window) => used[window]!,
    fill(window, slots, at) {
      for (const conversation of ordered.subarray(firsts[window], firsts[window + 1])) {
        const [start, count] = [starts[conversation]!, rowsOf(conversation)];
        const [ids, marked] = [tokens.read(start, count + 1), marks.read(start, count + 1)];
        slots.tokens.set(ids.subarray(0, count), at);
        for (let i = 0; i < count; i++) {
          slots.targets[at + i] = marked[i + 1]! & LEARNED ? ids[i + 1]! : -1;
          slots.positions[at + i] = i;
        }
        at += count;
      }
    },
    over(start, end) {
      const windows = new Set<number>();
      for (let i = lastUpTo(starts, start); i < conversations && starts[i]! < end; i++) windows.add(windowOf[i]!);
      return [...windows];
    },
  };
}

/** The index of the last of ascending numbers that is not above `limit`; 0 where all are. */
function lastUpTo(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle;
    else high = middle;
  }
  return low;
}
