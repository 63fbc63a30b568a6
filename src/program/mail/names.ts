// Names that others chose, in a mail: on one line, without what cannot be seen, and without anything that a mail program would make a link
// of. A name that looks like an address gives way to an id.

import { plain } from '../../page-kit/text/index.ts';

const MAX_NAME = 100;
const MAX_LINE = 400;
/** A scheme, a host with a top-level domain, or an address. Versions such as 4.0 are none. */
const LINK_LIKE = /:\/\/|@|\b(?:www|mailto|tel)\b|[\p{L}\p{N}-]\s?[.。．｡]\s?\p{L}{2,}/iu;

/** A name, or `id`, which has the form of ids in the log. */
export function nameInMail(name: string, id: string): string {
  const shown = plain(name, MAX_NAME);
  return shown === '' || LINK_LIKE.test(shown) ? id : shown;
}

/** A line of text without links; undefined if there is something like one in it. */
export function lineInMail(text: string): string | undefined {
  const shown = plain(text, MAX_LINE);
  return shown === '' || LINK_LIKE.test(shown) ? undefined : shown;
}
