// Makes texts from outside safe to read: invisible characters and direction marks are shown by their code points; stacked accents and
// very long texts are cut. Does not escape HTML: the writer of the page does.

/** Controls, direction marks, joiners that hide, unassigned specials, tags. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const ACCENTS = /(\p{M}{4})\p{M}+/gu;
/** A safe text on one line, of at most `maxLength` characters before the ellipsis. */
export function plain(text: string, maxLength = 600): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut
    .replace(/\s+/g, ' ')
    .toWellFormed()
    .replace(ACCENTS, '$1')
    .replace(UNSEEN, (c) => `⟨U+${c.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`)
    .trim();
}

/** `3f9a2c1b04d5…`: enough of a digest to tell two apart at a glance. */
export function shortDigest(digest: string, length = 12): string {
  const text = plain(digest, 200);
  return text.length > length + 1 ? `${text.slice(0, length)}…` : text;
}
