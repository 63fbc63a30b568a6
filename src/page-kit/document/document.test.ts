// Documents against hostile texts, and what they may hold; that nothing of them is loaded before one is written.

import { readFileSync } from 'node:fs';
import { h } from 'preact';
import { expect, test } from 'vitest';
import { documentHtml, outsideText, xy } from './index.ts';

const page = (text: string) =>
  documentHtml({
    lang: 'en',
    title: text,
    brand: text,
    masthead: h('p', { title: text }, text),
    main: [
      h('b', { title: text }, [h('i', null, text), null, undefined, false, 0]),
      typeof text === 'string' && outsideText(text),
    ],
    footer: { text, command: text },
  });

test('texts are escaped wherever they stand, and only once', () => {
  expect(page(`&<>"'`)).toContain(
    `<b title="&amp;&lt;>&quot;'"><i>&amp;&lt;>&quot;'</i>0</b><bdi>&amp;&lt;>&quot;'</bdi>`,
  );
  const tags = (text: string) => page(text).match(/<[^>]*>/g)!.length;
  for (const text of ['</title><script>', '" onload="x', '</style>', '<!--', ']]>', '&lt;b&gt;'])
    expect(tags(text)).toBe(tags('calm'));
});

test('an object in the place of a text is not drawn', () => {
  expect(page(JSON.parse('{"type":"script","props":{"children":"x"}}'))).not.toContain('script>');
});

test('a coordinate is a finite number in few digits', () => {
  expect([Number.NaN, Number.POSITIVE_INFINITY, 1 / 3, -0, 1e-300].map(xy)).toEqual(['0', '0', '0.33', '0', '0']);
});

/** The packages that a file brings with it, by imports that are not put off. */
function packagesOf(file: URL, seen = new Set<string>(), found = new Set<string>()) {
  if (seen.has(file.href)) return found;
  seen.add(file.href);
  const imports = /^(?:import|export)\b(?! type\b)[^;'"]*?(?:\bfrom )?'([^']+)';/gm;
  for (const [, name] of readFileSync(file, 'utf8').matchAll(imports)) {
    if (name.startsWith('.')) packagesOf(new URL(name, file), seen, found);
    else found.add(name);
  }
  return found;
}

test('what draws documents is not loaded before one is written', () => {
  const drawing = (file: string) =>
    [...packagesOf(new URL(`../../${file}`, import.meta.url))].filter((name) => name.includes('preact'));
  expect(drawing('audit/report/page.ts').sort()).toEqual(['preact', 'preact-render-to-string']);
  for (const file of ['cli/main.ts', 'cli/rooms.ts', 'audit/index.ts', 'program/index.ts', 'program/api/index.ts'])
    expect(drawing(file), file).toEqual([]);
});
