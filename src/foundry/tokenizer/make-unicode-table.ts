// Prints unicode-table.ts from the Unicode data of the running Node. Run it by hand, only to change the pinned version:
//   node src/foundry/tokenizer/make-unicode-table.ts > src/foundry/tokenizer/unicode-table.ts

/** Runs of letters (L), numbers (N) and white space (S) as `class gap length`, gap and length in base 36, gap from the last end. */
export function describeClasses(): string {
  const kinds: [string, RegExp][] = [
    ['L', /^\p{L}$/u],
    ['N', /^\p{N}$/u],
    ['S', /^\p{White_Space}$/u],
  ];
  const kindOf = (code: number): string =>
    code >= 0xd800 && code < 0xe000 ? '' : (kinds.find(([, test]) => test.test(String.fromCodePoint(code)))?.[0] ?? '');
  const runs: string[] = [];
  let end = 0;
  for (let code = 0; code < 0x110000; ) {
    const kind = kindOf(code);
    const start = code;
    while (code < 0x110000 && kindOf(code) === kind) code++;
    if (kind === '') continue;
    runs.push(`${kind}${(start - end).toString(36)}${code - start === 1 ? '' : `,${(code - start).toString(36)}`}`);
    end = code;
  }
  return runs.join('');
}

if (import.meta.main) {
  const lines = describeClasses().match(/.{1,110}/g)!;
  console.log(`// Made by make-unicode-table.ts: which code points are letters, numbers, white space. Never edited by hand.

/** Runs in ascending order: class (L, N or S), gap from the end of the run before, then \`,length\` unless it is 1; base 36. */
export const CLASS_TABLE = {
  /** The version of Unicode that splits follow, whatever Node runs: what a token id depends on must not change with an update. */
  unicode: '${process.versions.unicode}',
  runs:
    ${lines.map((line) => `'${line}'`).join(' +\n    ')},
};`);
}
