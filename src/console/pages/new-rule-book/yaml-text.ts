// The text of a rule book that somebody is writing: read as values for the form, and changed at a path so that comments, order and layout
// of everything else stay. Checks no rule: the server does.

import { isCollection, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLSeq } from 'yaml';

export type Path = readonly (string | number)[];

/** What stands where a value is still to be chosen. */
export const CHOOSE = 'CHOOSE';

const LAYOUT = { lineWidth: 0, indentSeq: true, flowCollectionPadding: true } as const;
const READING = { schema: 'core', merge: false, prettyErrors: false, logLevel: 'silent' } as const;
/** More aliases than this are not expanded: a short text must not become a huge value. */
const JS = { maxAliasCount: 0 } as const;

/** The values of a text, or the line at which it cannot be read. */
export function valuesOf(text: string): { values: unknown } | { line: number } {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...READING, lineCounter: lines });
  const [error] = document.errors;
  if (error) return { line: Math.max(1, lines.linePos(error.pos[0]).line) };
  try {
    return { values: document.toJS(JS) };
  } catch {
    return { line: 1 };
  }
}

/** The value at a path of plain values. */
export function valueAt(values: unknown, path: Path): unknown {
  let at = values;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list as it is, and none for anything else: somebody may be in the middle of writing it. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

type Doc = ReturnType<typeof parseDocument>;

function changed(text: string, change: (document: Doc) => void): string {
  const document = parseDocument(text, READING);
  if (document.errors.length > 0) return text;
  change(document);
  return withSpacing(document.toString(LAYOUT), text);
}

/** A line without the spaces inside brackets, which are written in one of two ways. */
const bare = (line: string): string => line.replace(/([[{]) +/g, '$1').replace(/ +([\]}])/g, '$1');

/** The new text, where lines that were in the old one have the spaces that somebody gave them. */
function withSpacing(text: string, old: string): string {
  const known = new Map(old.split('\n').map((line) => [bare(line), line]));
  const spaced = text.replace(/[^\n]+/g, (line) => known.get(bare(line)) ?? line);
  const meaning = (one: string): string => JSON.stringify(valuesOf(one));
  return meaning(spaced) === meaning(text) ? spaced : text;
}

/** Makes collections of what stands on the way to a path and is none, such as a value that is still to be chosen. */
function clearWay(document: Doc, path: Path): void {
  for (let length = 0; length < path.length; length++) {
    const way = path.slice(0, length);
    const node = length === 0 ? document.contents : document.getIn(way, true);
    if (isCollection(node)) continue;
    const fresh = document.createNode(typeof path[length] === 'number' ? [] : {});
    if (length === 0) document.contents = fresh as never;
    else document.setIn(way, fresh);
  }
}

const isPlain = (value: unknown): value is string | number | boolean | null =>
  value === null || typeof value !== 'object';

/** A list of words or numbers, and a small map of them such as a title, stand on one line. */
function layOut(node: Node): void {
  if (!isCollection(node)) return;
  const inside = node.items.map((item) => (isMap(node) ? (item as { value: unknown }).value : item));
  if (inside.every(isScalar)) node.flow = true;
  for (const one of inside) layOut(one as Node);
}

/** The reader gives a comment above the first item to the list; it belongs to the item. */
function ownFirstComment(list: unknown): void {
  if (!isSeq(list) || list.flow) return;
  const first = list.items[0] as Node | undefined;
  if (!first || !list.commentBefore) return;
  first.commentBefore ??= list.commentBefore;
  list.commentBefore = null;
}

/** The text with another value at a path; without that key if the value is undefined. */
export function withValue(text: string, path: Path, value: unknown): string {
  return changed(text, (document) => {
    if (value === undefined) {
      ownFirstComment(document.getIn(path.slice(0, -1), true));
      if (document.hasIn(path)) document.deleteIn(path);
      return;
    }
    clearWay(document, path);
    const before = document.getIn(path, true);
    if (isScalar(before) && isPlain(value)) {
      if (before.value === value) return;
      // How the old number was written does not fit the new one.
      delete before.format;
      delete before.minFractionDigits;
      before.value = value;
      return;
    }
    const node = document.createNode(value) as Node;
    layOut(node);
    if (before) {
      node.comment = (before as Node).comment ?? null;
      node.commentBefore = (before as Node).commentBefore ?? null;
      if (isCollection(before) && isCollection(node) && before.flow) node.flow = true;
    }
    document.setIn(path, node);
  });
}

/** The text with one more item at the end of a list. */
export function withItem(text: string, path: Path, item: unknown): string {
  return changed(text, (document) => {
    clearWay(document, [...path, 0]);
    const list = document.getIn(path, true) as YAMLSeq;
    if (list.items.length === 0) list.flow = false;
    const node = document.createNode(item) as Node;
    layOut(node);
    list.add(node);
  });
}

/** The text with an item of a list at another place. Comments above an item go with it. */
export function withMoved(text: string, path: Path, from: number, to: number): string {
  return changed(text, (document) => {
    const list = document.getIn(path, true);
    if (!isSeq(list) || from === to || !(to >= 0 && to < list.items.length)) return;
    ownFirstComment(list);
    const [item] = list.items.splice(from, 1);
    list.items.splice(to, 0, item);
  });
}
