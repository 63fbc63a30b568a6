// The windows of a source of conversations: whole ones, packed one after another, as its marks tell where each begins and what of it is
// learned; of pairs, a chosen one and a rejected one together. Knows no seed and no step.

import { JikjiError } from '../../base/index.ts';
import type { Slots } from './batch.ts';
import type { MarksReader, TokenFiles, Windows } from './windows.ts';

/** What the bits of a mark mean: the token is a target of the loss; it is the first of a conversation, of a rejected one. */
const LEARNED = 1;
const FIRST = 2;
const REJECTED = 4;

export interface ConversationFiles extends TokenFiles {
  marks: MarksReader;
}

interface TooLong {
  rows: number;
  most: number;
  /** What allows so many rows. */
  limit: 'a train.sequenceLength' | 'a context';
  /** How many conversations have the rows. */
  size: number;
  isPair: boolean;
}

/** A conversation, or a pair of them, has more rows than a window has slots. */
export class ConversationLong extends JikjiError {
  /** Counted from 0, in the order of the documents. */
  readonly document: number;

  constructor(document: number, { rows, most, limit, size, isPair }: TooLong) {
    const what = isPair ? 'pair' : 'conversation';
    const where = `${what} ${document + 1}`;
    const long = isPair && size === 1 ? `an answer of ${where}, with what is said before it,` : where;
    super(
      'conversation-long',
      `${long} has ${rows + size} tokens; with ${limit} of ${most} at most ${most + size} fit`,
      where,
      limit === 'a context'
        ? `shorten it, or leave the ${what} out`
        : `raise train.sequenceLength, or leave the ${what} out`,
    );
    this.document = document;
  }
}

const damaged = (what: string) =>
  new JikjiError(
    'marks-broken',
    `the marks are damaged: ${what}`,
    'a source of conversations',
    'make the corpus again: delete corpus/tokens.json in the run folder',
  );

/** Marks read at a time. */
const CHUNK = 1 << 20;

/** The conversations of a file. */
interface Conversations {
  /** Where each begins, and behind the last one where it ends. */
  starts: number[];
  /** 2 in a file of pairs, else 1: how many stay together. */
  size: number;
}

/**
 * Each conversation has a token that is learned, and one before it. In a file of pairs every second one is rejected.
 * @throws JikjiError `marks-broken`
 */
function conversationsOf(file: MarksReader): Conversations {
  const starts: number[] = [];
  let learned = true;
  let rejected = 0;
  const broken = (what: string) => damaged(`conversation ${starts.length}: ${what}`);
  const { length } = file;
  for (let from = 0; from < length; from += CHUNK) {
    const marks = file.read(from, Math.min(CHUNK, length - from));
    for (let i = 0; i < marks.length; i++) {
      const mark = marks[i];
      if (mark > (REJECTED | FIRST)) throw broken(`a mark is ${mark}`);
      if (mark & FIRST) {
        if (!learned) throw broken('nothing in it is learned');
        starts.push(from + i);
        learned = false;
        if (mark & LEARNED) throw broken('its first token is learned, which nothing comes before');
        if (mark & REJECTED && ++rejected * 2 !== starts.length)
          throw broken('it is rejected, and no chosen one is before it');
      } else if (mark & REJECTED) throw broken('it is rejected behind its first token');
      else if (starts.length === 0) throw damaged('the first one begins no conversation');
      else if (mark & LEARNED) learned = true;
    }
  }
  if (!learned) throw broken('nothing in it is learned');
  if (rejected > 0 && rejected * 2 !== starts.length) throw broken('it is chosen, and no rejected one follows');
  return { starts: [...starts, length], size: rejected > 0 ? 2 : 1 };
}

export interface ConversationOptions {
  T: number;
  /** Which document comes n-th; by default the n-th of the file. */
  order?: (n: number, count: number) => number;
  /** Only documents that begin before this id. */
  below?: number;
  /** The most rows of a conversation; by default those that a window has. */
  longest?: number;
}

/**
 * Whole documents, each a conversation or a pair, packed one after another: a window takes the next one as long as its rows fit, else a
 * new window begins. A conversation of L ids has L - 1 rows.
 * @throws JikjiError `marks-broken`, `conversation-long`
 */
export function conversationWindows(
  { tokens, marks, references }: ConversationFiles,
  { T, order = (n) => n, below = Number.POSITIVE_INFINITY, longest = T }: ConversationOptions,
): Windows {
  if (marks.length !== tokens.length) throw damaged(`${marks.length} stand beside ${tokens.length} tokens`);
  const { starts: all, size } = conversationsOf(marks);
  const conversations = all.length - 1;
  if (references && (references.length !== conversations || (conversations > 0 && size !== 2)))
    throw damaged(`${references.length} references stand beside ${conversations} conversations`);
  /** Of documents, and behind the last one where it ends. */
  const starts = all.filter((_, i) => i % size === 0);
  const documents = starts.slice(0, -1).filter((start) => start < below).length;
  const isPair = size === 2;
  for (let i = 0; i < conversations; i++) {
    const rows = all[i + 1] - all[i] - 1;
    if (rows > longest && longest < T)
      throw new ConversationLong(Math.floor(i / size), { rows, most: longest, limit: 'a context', size: 1, isPair });
  }
  const rowsOf = (document: number): number => starts[document + 1] - starts[document] - size;
  let rows = 0;
  for (let i = 0; i < starts.length - 1; i++) {
    if (rowsOf(i) > T)
      throw new ConversationLong(i, { rows: rowsOf(i), most: T, limit: 'a train.sequenceLength', size, isPair });
    if (i < documents) rows += rowsOf(i);
  }
  /** Of each document. */
  const windowOf = new Uint32Array(documents);
  const ordered = Uint32Array.from({ length: documents }, (_, n) => order(n, documents));
  /** Where the windows begin among the ordered documents. */
  const firsts: number[] = [];
  /** Rows of each window. */
  const used: number[] = [];
  let free = 0;
  for (const [n, document] of ordered.entries()) {
    if (rowsOf(document) > free) {
      firsts.push(n);
      used.push(0);
      free = T;
    }
    free -= rowsOf(document);
    used[used.length - 1] += rowsOf(document);
    windowOf[document] = firsts.length - 1;
  }
  /** Fills the slots of a conversation, and returns how many they are. */
  const fillOne = (conversation: number, slots: Slots, at: number): number => {
    const [start, end] = [all[conversation], all[conversation + 1]];
    const count = end - start - 1;
    const [ids, marked] = [tokens.read(start, count + 1), marks.read(start, count + 1)];
    slots.tokens.set(ids.subarray(0, count), at);
    for (let i = 0; i < count; i++) {
      slots.targets[at + i] = marked[i + 1] & LEARNED ? ids[i + 1] : -1;
      slots.positions[at + i] = i;
    }
    if (slots.references && references) slots.references[at] = references[conversation];
    return count;
  };
  return {
    count: firsts.length,
    least: Math.ceil(rows / T),
    used: (window) => used[window],
    fill(window, slots, at) {
      for (const document of ordered.subarray(firsts[window], firsts[window + 1]))
        for (let i = 0; i < size; i++) at += fillOne(document * size + i, slots, at);
    },
    over(start, end) {
      const windows = new Set<number>();
      for (let i = lastUpTo(starts, start); i < documents && starts[i] < end; i++) windows.add(windowOf[i]);
      return [...windows];
    },
  };
}

/** The index of the last of ascending numbers that is not above `limit`; 0 where all are. */
function lastUpTo(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] <= limit) low = middle;
    else high = middle;
  }
  return low;
}
