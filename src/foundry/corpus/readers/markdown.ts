// `markdown`: a file is a document; its prose is kept unchanged. Removes front matter, HTML comments, fenced code blocks, images and
// URLs; of a link the words stay (the reader `text` keeps everything). Not a Markdown parser: it looks at lines, and at `<!--` in them.

import { LineSplitter } from '../lines.ts';
import type { Reader, ReaderContext } from './reader.ts';

/** Front matter or a comment that has not ended after this many characters is text after all. */
const MAX_ASIDE = 1 << 16;

export function markdownReader({ label, piece, endOfText }: ReaderContext): Reader {
  let state: 'start' | 'front' | 'text' | 'fence' | 'comment' = 'start';
  let held = ''; // front matter or comment whose end has not come
  let fence = '';
  let blank = true; // whether the last line given out was blank: a removed block leaves one blank line, not two

  const give = (line: string): void => {
    const isBlank = line.trim() === '';
    if (isBlank && blank) return;
    blank = isBlank;
    piece(isBlank ? '\n' : `${line}\n`);
  };

  const text = (line: string): void => {
    const opens = openingFence(line);
    if (opens) {
      fence = opens;
      state = 'fence';
      return;
    }
    const { kept, open, removed } = withoutComments(line);
    if (open !== undefined) {
      state = 'comment';
      held = `${open}\n`;
      // What stands before the comment comes out with what stands behind it.
      before = kept;
      return;
    }
    const words = withoutAddresses(kept);
    if (!((removed || words !== kept) && words.trim() === '')) give(words);
  };
  let before = '';

  const splitter = new LineSplitter(label, (line, number) => {
    if (state === 'start') {
      if (number === 1 && /^---\s*$/.test(line)) {
        state = 'front';
        held = `${line}\n`;
        return;
      }
      state = 'text';
    }
    if (state === 'front') {
      if (/^(---|\.\.\.)\s*$/.test(line)) {
        state = 'text';
        held = '';
      } else {
        held += `${line}\n`;
        if (held.length > MAX_ASIDE) release();
      }
    } else if (state === 'fence') {
      const closes = /^[\s>]*(`{3,}|~{3,})\s*$/.exec(line);
      if (closes && closes[1][0] === fence[0] && closes[1].length >= fence.length) state = 'text';
    } else if (state === 'comment') {
      const at = line.indexOf('-->');
      if (at >= 0) {
        state = 'text';
        held = '';
        const joined = before + line.slice(at + 3);
        before = '';
        if (joined.trim() !== '') text(joined);
      } else {
        held += `${line}\n`;
        if (held.length > MAX_ASIDE) release();
      }
    } else text(line);
  });

  /** Gives out what was held: it is neither front matter nor a comment, but text. */
  function release(): void {
    const lines = (before + held).replace(/\n$/, '');
    before = '';
    held = '';
    state = 'text';
    if (lines !== '') for (const line of lines.split('\n')) give(line);
  }

  return {
    push: (piece) => splitter.push(piece),
    end() {
      splitter.end();
      if (held !== '') release();
      endOfText();
    },
  };
}

/** The fence that a line opens, after any markers of lists and quotes. No single regular expression: its time could be quadratic. */
function openingFence(line: string): string | undefined {
  let at = 0;
  for (;;) {
    const marker = MARKER.exec(line.slice(at, at + 16));
    if (!marker) break;
    at += marker[0].length;
  }
  FENCE.lastIndex = at;
  const found = FENCE.exec(line)?.[0];
  return found?.startsWith('`') && line.includes('`', at + found.length) ? undefined : found;
}

const MARKER = /^(?:[ \t]|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))/;
const FENCE = /`{3,}|~{3,}/y;

/** A line without the comments that end in it; `open` is the start of a comment that does not end. Leaves code spans unchanged. */
function withoutComments(line: string): { kept: string; open?: string; removed: boolean } {
  // A line of megabytes is data, not prose; looking for spans in it could take quadratic time.
  if (!line.includes('<!--') || line.length > MAX_ASIDE) return { kept: line, removed: false };
  let kept = '';
  let done = 0; // how far the line was copied or left out
  for (const { 0: found, index } of line.matchAll(/`+|<!--/g)) {
    if (index < done) continue; // inside a span or comment already handled
    if (found !== '<!--') {
      const close = closingTicks(line, index + found.length, found.length);
      const to = close < 0 ? index + found.length : close;
      kept += line.slice(done, to);
      done = to;
      continue;
    }
    kept += line.slice(done, index);
    const end = line.indexOf('-->', index + 4);
    if (end < 0) return { kept, open: line.slice(index), removed: true };
    done = end + 3;
  }
  kept += line.slice(done);
  return { kept, removed: kept !== line };
}

/** A line without images and URLs; the words of its links stay. */
function withoutAddresses(line: string): string {
  if (line.length > MAX_ASIDE) return line;
  return line
    .replace(/(!?)\[([^\][]*)\]\([^()\s]*(?: "[^"]*")?\)/g, (_, image: string, words: string) => (image ? '' : words))
    .replace(/^\[[^\][]+\]: .*$/, '')
    .replace(/<?https?:\/\/[^\s<>()[\]`"']*>?/g, '');
}

/** Where a code span that `n` backticks opened ends, or -1. */
function closingTicks(line: string, from: number, n: number): number {
  for (const run of line.slice(from).matchAll(/`+/g)) if (run[0].length === n) return from + run.index + n;
  return -1;
}
