// Patterns over paths: `*` and `?` within a segment, `**` for any number of folders, `{a,b}`. Touches no disk.

/** One segment of a pattern: a name as it is, an expression over one name, or any number of folders. */
export type Segment = { literal: string } | { expression: RegExp } | { any: true };

/** A parsed pattern. Without wildcards it may also name a folder. */
export interface Pattern {
  text: string;
  segments: Segment[];
  literal: boolean;
}

const WILD = /[*?]|\{[^{}]*,[^{}]*\}/;

/** Parses a relative or absolute pattern with '/' between segments; '.' and empty segments are dropped. */
export function parsePattern(text: string): Pattern {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.at(-1) === '**') parts.push('*'); // files are wanted, not the folders on the way
  const segments = parts.map((part): Segment => {
    if (part === '**') return { any: true };
    return WILD.test(part) ? { expression: new RegExp(`^${source(part)}$`, 'su') } : { literal: part };
  });
  return { text, segments, literal: segments.every((segment) => 'literal' in segment) };
}

function source(part: string): string {
  let out = part.startsWith('.') ? '' : '(?!\\.)'; // wildcards leave hidden files alone, as shells do
  for (let i = 0; i < part.length; i++) {
    const c = part[i];
    const brace = c === '{' ? /^\{([^{}]*,[^{}]*)\}/.exec(part.slice(i)) : null;
    if (c === '*') out += '[^/]*';
    else if (c === '?') out += '[^/]';
    else if (brace) {
      out += `(?:${brace[1].split(',').map(escaped).join('|')})`;
      i += brace[0].length - 1;
    } else out += escaped(c);
  }
  return out;
}

/** Does not escape a hyphen: with the flag `u` that is a syntax error. */
const escaped = (text: string) =>
  text
    .replace(/[\\^$.|?*+()[\]{}/]/g, '\\$&')
    .replaceAll('\\*', '[^/]*')
    .replaceAll('\\?', '[^/]');

/** Whether one segment that is not `**` takes a name. */
export const takes = (segment: Segment, name: string): boolean =>
  'literal' in segment ? segment.literal === name : 'expression' in segment && segment.expression.test(name);

/** Whether a pattern matches a path, given as segments. A pattern without wildcards also matches the files in the folder it names. */
export function matches(pattern: Pattern, path: string[]): 'file' | 'in-folder' | undefined {
  if (pattern.literal) {
    const { segments } = pattern;
    if (!segments.every((segment, i) => takes(segment, path[i] ?? ''))) return undefined;
    if (path.length === segments.length) return segments.length > 0 ? 'file' : undefined;
    return path.slice(segments.length).some((name) => name.startsWith('.')) ? undefined : 'in-folder';
  }
  const from = (s: number, p: number): boolean => {
    if (s === pattern.segments.length) return p === path.length;
    const segment = pattern.segments[s];
    if ('any' in segment) return from(s + 1, p) || (p < path.length && !path[p].startsWith('.') && from(s, p + 1));
    return p < path.length && takes(segment, path[p]) && from(s + 1, p + 1);
  };
  return from(0, 0) ? 'file' : undefined;
}

/** Order by code points. JavaScript's own order, by UTF-16 units, puts U+10000 before U+E000. */
export function compareCodePoints(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const surrogateX = (x & 0xf800) === 0xd800;
    const surrogateY = (y & 0xf800) === 0xd800;
    return surrogateX === surrogateY ? x - y : surrogateX ? 1 : -1;
  }
  return a.length - b.length;
}
