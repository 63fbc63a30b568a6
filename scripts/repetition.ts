// Finds lines that were written twice: runs of at least six equal lines of code, anywhere under the folders of the sources. Blank lines,
// comments, imports and lines of punctuation do not count, white space is folded. Knows no language but by how its comments begin.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const RUN = 6;
/** By file extension: a line of a comment, or the beginning of an import. */
const LINE_COMMENT: Record<string, RegExp> = {
  ...{ '.ts': /^(\/\/|\/?\*)/, '.tsx': /^(\/\/|\/?\*)/, '.mjs': /^(\/\/|\/?\*)/, '.css': /^\/?\*/ },
  ...{ '.py': /^#/, '.sh': /^#/ },
};
const IMPORT = /^(import\b(?!\()|from\b.*\bimport\b|export\b[^=;]*\bfrom\s*')/;

interface Code {
  file: string;
  /** Of each line that counts: its text as a number, and where it stands. */
  texts: number[];
  lines: number[];
}

export interface Repetition {
  file: string;
  /** The first and the number of lines of code. */
  line: number;
  length: number;
  /** One other place: `file:line`. */
  other: string;
}

function* sources(tree: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(tree, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* sources(tree, path);
    else if (entry.isFile() && LINE_COMMENT[extname(entry.name)]) yield path;
  }
}

function codeOf(tree: string, file: string, numbers: Map<string, number>): Code {
  const comment = LINE_COMMENT[extname(file)]!;
  const code: Code = { file, texts: [], lines: [] };
  // Lists of names in braces or brackets go on over several lines.
  let imports = false;
  for (const [at, line] of readFileSync(join(tree, file), 'utf8').split('\n').entries()) {
    const text = line.trim().replace(/\s+/g, ' ');
    const begins = IMPORT.test(text) || /^export (type )?\{/.test(text);
    if (begins || imports) {
      imports = begins ? /[{(]$/.test(text) : !/^[})]/.test(text);
      continue;
    }
    if (comment.test(text) || !/[\p{L}\p{N}]/u.test(text)) continue;
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    code.texts.push(number);
    code.lines.push(at + 1);
  }
  return code;
}

/** All runs that stand elsewhere too, by file and line. */
export function repetitionsIn(tree: string, folders: readonly string[]): Repetition[] {
  const numbers = new Map<string, number>();
  const codes = folders.flatMap((folder) =>
    [...sources(tree, folder)].sort().map((file) => codeOf(tree, file, numbers)),
  );
  const key = ({ texts }: Code, at: number) => texts.slice(at, at + RUN).join();
  const places = new Map<string, { code: Code; at: number }[]>();
  for (const code of codes)
    for (let at = 0; at + RUN <= code.texts.length; at++) {
      const same = places.get(key(code, at));
      if (same) same.push({ code, at });
      else places.set(key(code, at), [{ code, at }]);
    }
  return codes.flatMap((code) => {
    const found: Repetition[] = [];
    let end = 0;
    for (let at = 0; at + RUN <= code.texts.length; at++) {
      const other = places.get(key(code, at))!.find((one) => one.code !== code || Math.abs(one.at - at) >= RUN);
      if (!other) continue;
      const last = found.at(-1);
      if (last && at < end) last.length += at + RUN - end;
      else
        found.push({
          file: code.file,
          line: code.lines[at]!,
          length: RUN,
          other: `${other.code.file}:${other.code.lines[other.at]}`,
        });
      end = at + RUN;
    }
    return found;
  });
}
