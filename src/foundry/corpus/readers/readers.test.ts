// The readers, with texts in pieces of every size.

import { describe, expect, test } from 'vitest';
import { JikjiError } from '../../../base/index.ts';
import type { ReaderName } from '../../recipe/index.ts';

import { endings, readers } from './index.ts';

interface Outcome {
  documents: string[];
  dropped: string[];
}

function read(name: ReaderName, text: string, options: { field?: string; label?: string; piece?: number } = {}) {
  const outcome: Outcome = { documents: [], dropped: [] };
  let open = '';
  const reader = readers[name]({
    label: options.label ?? 'file',
    field: options.field,
    document: (t) => outcome.documents.push(t),
    piece: (t) => {
      open += t;
    },
    endOfText: () => {
      outcome.documents.push(open);
      open = '';
    },
    drop: (rule) => outcome.dropped.push(rule),
  });
  const size = options.piece ?? Math.max(1, text.length);
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  reader.end();
  return outcome;
}

const documents = (name: ReaderName, text: string, options = {}) => {
  const whole = read(name, text, options);
  for (const piece of [1, 2, 3, 5, 13]) expect(read(name, text, { ...options, piece })).toEqual(whole);
  return whole.documents;
};

const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'none';
  } catch (error) {
    if (error instanceof JikjiError) return error.code;
    throw error;
  }
};

test('text: the file unchanged', () => {
  expect(documents('text', ' a\n\n---\n<!-- b -->\n')).toEqual([' a\n\n---\n<!-- b -->\n']);
});

describe('markdown', () => {
  const one = (text: string) => documents('markdown', text)[0];

  test('front matter is removed, and text like it stays', () => {
    expect(one('---\ntitle: x\n---\n\n# 제목\n\n글\n')).toBe('# 제목\n\n글\n');
    expect(one('---\nnever closed\n')).toBe('---\nnever closed\n');
    expect(one('a\n\n---\n\nb: c\n\n---\n')).toBe('a\n\n---\n\nb: c\n\n---\n');
    const long = `---\n${'x: y\n'.repeat(20_000)}`;
    expect(read('markdown', `${long}---\nb\n`).documents[0]).toBe(`${long}---\nb\n`);
  });

  test('comments are removed, on one line or many; in code spans they stay', () => {
    expect(one('a <!-- x --> b <!---->c\n')).toBe('a  b c\n');
    expect(one('a\n\n<!-- x\n\ny -->\n\nb\n')).toBe('a\n\nb\n');
    expect(one('a <!-- x\ny --> b\n')).toBe('a  b\n');
    expect(one('a <!-- x\ny --> b <!-- z\n--> c\n')).toBe('a  b  c\n');
    expect(one('write `<!-- x -->` or ``a ` <!-- y -->``\n')).toBe('write `<!-- x -->` or ``a ` <!-- y -->``\n');
    expect(one('a ` <!-- x --> b\n')).toBe('a `  b\n');
    expect(one('a <!-- never closed\nb\n')).toBe('a <!-- never closed\nb\n');
  });

  test('fenced code is removed, with its comments and rules', () => {
    expect(one('a\n\n```ts\n<!-- no\n---\n```\n\nb\n')).toBe('a\n\nb\n');
    expect(one('a\n\n````\n```\nx\n````\nb\n')).toBe('a\n\nb\n');
    expect(one('1. a\n\n   ~~~\n   x\n   ~~~\n> ```\n> y\n> ```\nb\n')).toBe('1. a\n\nb\n');
    expect(one('inline ```x``` stays\n``` a ` b\n')).toBe('inline ```x``` stays\n``` a ` b\n');
    expect(one('a\n```\nto the end\n')).toBe('a\n');
  });

  test('images and addresses are removed, the words of links stay', () => {
    expect(one('see [the manual](https://a.b/c) and <https://d.e>, or http://f.g/h.\n')).toBe(
      'see the manual and , or \n',
    );
    expect(one('[ 설정 ](./ko/settings.md "title") 참고\n')).toBe(' 설정  참고\n');
    expect(one('a\n\n![logo](x.png)\n[1]: https://a.b\n\nb\n')).toBe('a\n\nb\n');
    expect(one('f(x)[0](y) stays ] ( [\n')).toBe('f(x)0 stays ] ( [\n');
  });

  test('hostile lines take bounded time and stay unchanged', () => {
    for (const line of [
      '- '.repeat(50_000),
      '>  '.repeat(50_000),
      '`a'.repeat(20_000),
      '<!--'.repeat(20_000),
      '1. '.repeat(50_000),
      '['.repeat(60_000),
      '[]('.repeat(20_000),
    ]) {
      expect(read('markdown', `${line}x\n`).documents).toEqual([`${line}x\n`]);
      expect(read('markdown', `${line}<!--\n`).documents).toEqual([`${line}<!--\n`]);
    }
  });
});

describe('jsonl', () => {
  test('the field, also as a dotted path; lines without it are counted', () => {
    const text = '{"text":"a\\u00e9\\n"}\n\n{"text":1}\n{"other":"x"}\nnull\n["text"]\n{"text":""}\r\n{"text":"끝"}';
    expect(documents('jsonl', text)).toEqual(['aé\n', '', '끝']);
    expect(read('jsonl', text).dropped).toEqual(['no-field', 'no-field', 'no-field', 'no-field']);
    expect(documents('jsonl', '{"a":{"b":["x","y"]}}', { field: 'a.b.1' })).toEqual(['y']);
    expect(read('jsonl', '{"a":1}', { field: '__proto__.constructor.name' }).dropped).toEqual(['no-field']);
  });

  test('a broken line is named', () => {
    expect(() => read('jsonl', '{"text":"a"}\n{"text":\n')).toThrow(/line 2 is not JSON/);
  });
});

describe('wordnet', () => {
  test('words and gloss; the licence is removed', () => {
    const text = [
      '  1 This software and database is being provided to you, the LICENSEE, by  ',
      '  29 Princeton University and LICENSEE agrees to preserve same.  ',
      '00002137 03 n 02 abstraction 0 abstract_entity 0 010 @ 00001740 n 0000 + 00694095 v 0101 | a general concept; "x | y"  ',
      '00014490 00 s 0a galore(ip) 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j_k 3 002 & 00013887 a 0000 | in great numbers  ',
      '00001740 29 v 04 breathe 0 take_a_breath 0 respire 0 suspire 3 021 * 00005041 v 0000 02 + 02 00 + 08 00 | draw air into  ',
      '',
    ].join('\n');
    expect(documents('wordnet', text)).toEqual([
      'abstraction, abstract entity: a general concept; "x | y"',
      'galore, b, c, d, e, f, g, h, i, j k: in great numbers',
      'breathe, take a breath, respire, suspire: draw air into',
    ]);
  });

  test('another file is refused', () => {
    for (const line of ['abstraction n 1 2', '00002137 03 n 02 only_one 0', '00002137 03 n 00 | x', 'Some text.']) {
      expect(
        codeOf(() => read('wordnet', line)),
        line,
      ).toBe('source-broken');
    }
  });
});

describe('json-strings', () => {
  /** All strings with their paths, as JSON.parse reads the text. */
  function strings(value: unknown, path: string[] = []): [string[], string][] {
    if (typeof value === 'string') return [[path, value]];
    if (value === null || typeof value !== 'object') return [];
    return Object.entries(value).flatMap(([key, v]) => strings(v, [...path, key]));
  }

  const value = {
    '': ['licence', 'x'],
    'dotted.key': 'no pattern names me',
    contents: { package: { 'a.b': '가 "\\\n\u0000\ud83d\ude00', c: '' }, other: { c: 'd', deep: { c: 'e' } } },
    list: [1, -0.5e-7, true, null, ['x', { c: 'y\\' }], 'z', [], {}],
  };

  test('every string, in the order of the file', () => {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2), JSON.stringify(value, null, '\t\r\n')]) {
      expect(documents('json-strings', text)).toEqual(strings(value).map(([, s]) => s));
    }
    expect(documents('json-strings', '"\\u0041\\/"')).toEqual(['A/']);
    expect(documents('json-strings', ' 12 ')).toEqual([]);
  });

  test('patterns: one part a level, `**` any number', () => {
    const take = (field: string) => documents('json-strings', JSON.stringify(value), { field });
    expect(take('contents.*.*')).toEqual([value.contents.package['a.b'], '', 'd']);
    expect(take('contents.**')).toEqual([value.contents.package['a.b'], '', 'd', 'e']);
    expect(take('**.c')).toEqual(['', 'd', 'e', 'y\\']);
    expect(take('list.*')).toEqual(['z']);
    expect(take('list.4.0')).toEqual(['x']);
    expect(take('**.deep.**')).toEqual(['e']);
    expect(take('none')).toEqual([]);
  });

  test('a script with one array', () => {
    const text =
      '// made by a machine; a = b\nvar content = [\n\tundefined,\n\t"{0}({1})",\n\t"더 보기",\n\tundefined\n];\n\nexport { content as default };\n';
    expect(documents('json-strings', text, { label: 'main.i18n.json.js' })).toEqual(['{0}({1})', '더 보기']);
    expect(documents('json-strings', 'export default {"a": "b"};', { label: 'x.js' })).toEqual(['b']);
    expect(codeOf(() => read('json-strings', text, { label: 'main.json' }))).toBe('source-broken');
    expect(codeOf(() => read('json-strings', 'run()', { label: 'x.js' }))).toBe('source-broken');
    expect(codeOf(() => read('json-strings', 'x = ["a", run()]', { label: 'x.js' }))).toBe('source-broken');
  });

  test('refuses what JSON.parse refuses, and accepts what it accepts', () => {
    let state = 5;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const whole = JSON.stringify({ a: ['b', { c: 'd\\"' }, 1, true, null], e: {} });
    let refused = 0;
    for (let i = 0; i < 4000; i++) {
      // A valid text with one character deleted, doubled or changed.
      const at = next(whole.length);
      const put = ['', whole[at].repeat(2), '{}[]",:0e-tn\\'[next(13)]][next(3)];
      const text = whole.slice(0, at) + put + whole.slice(at + 1);
      let parsed: unknown;
      let good = true;
      try {
        parsed = JSON.parse(text);
      } catch {
        good = false;
        refused++;
      }
      for (const piece of [1, 4, 1000]) {
        const code = codeOf(() => read('json-strings', text, { piece }));
        // Escapes are checked only in strings that match, here in all of them; keys are decoded too.
        expect(code, text).toBe(good ? 'none' : 'source-broken');
      }
      // Only for a duplicate key may the two differ.
      if (good && !/"(.*?)":.*"\1":/.test(text)) {
        expect(documents('json-strings', text), text).toEqual(strings(parsed).map(([, s]) => s));
      }
    }
    expect(refused).toBeGreaterThan(1000);
    expect(codeOf(() => read('json-strings', '['.repeat(1000)))).toBe('source-broken');
  });
});

test('the files that readers take from a folder', () => {
  expect(endings.jsonl.pattern.test('part-0001.jsonl.gz')).toBe(true);
  expect(endings.text.pattern.test('picture.png')).toBe(false);
  expect(endings.wordnet.pattern.test('data.noun')).toBe(true);
});
