// Words of others made harmless to read: what cannot be seen, or turns the reading direction, is shown by its number;
// heaps of accents and endless texts are cut. Also how wide a text is on a terminal.
// Escaping for HTML is not done here (html.ts).

/** Controls, direction marks, joiners that hide, unassigned specials, tags. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const ACCENTS = /(\p{M}{4})\p{M}+/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;

/** At most `most` characters on one line. */
export function plain(text: string, most = 600): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut
    .replace(/\s+/g, ' ')
    .toWellFormed()
    .replace(ACCENTS, '$1')
    .replace(UNSEEN, (c) => `⟨U+${c.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`)
    .trim();
}

/** Columns on a terminal; Hangul and Han take two each. For texts without styles. */
export function columns(text: string): number {
  let width = 0;
  for (const c of text) width += ZERO.test(c) ? 0 : WIDE.test(c) ? 2 : 1;
  return width;
}

/** Lines of at most `width` columns, broken at spaces, inside a word only where it is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  const room = Math.max(2, width);
  for (let word of text.split(' ')) {
    if (line && columns(line) + 1 + columns(word) <= room) {
      line += ` ${word}`;
      continue;
    }
    if (line) lines.push(line);
    while (columns(word) > room) {
      let head = '';
      let used = 0;
      for (const c of word) {
        const w = columns(c);
        if (used + w > room) break;
        head += c;
        used += w;
      }
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  if (line || lines.length === 0) lines.push(line);
  return lines;
}

/** `3f9a2c1b…`: enough of a digest to tell two apart at a glance. */
export function shortDigest(digest: string, length = 8): string {
  const text = plain(digest, 200);
  return text.length > length + 1 ? `${text.slice(0, length)}…` : text;
}
