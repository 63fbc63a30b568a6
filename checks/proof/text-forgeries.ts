// Forgeries of the texts of a run. Each is made before an honest training, so every digest, token and batch fits: only the check of the
// data can find it.

import {
  type Alteration,
  type Lines,
  record,
  textOf,
  wholeDocuments,
} from '../../src/audit/data/testing/forge-texts.ts';
import type { Bench, RecipeChanges } from '../../src/audit/testing/run.ts';

export interface TextDeed {
  name: string;
  /** Changes of the recipe. */
  recipe?: RecipeChanges;
  /** Null for an honest run. */
  check: 'structure' | 'data' | null;
  alteration: (bench: Bench) => Alteration;
}

const SHARED = { language: 'en', licence: 'CC0-1.0' };
/** Three documents: slices are held out. */
export const FEW: RecipeChanges = {
  corpus: {
    sources: [
      { files: 'texts/a/{1,2}.txt', ...SHARED },
      { files: 'texts/b/3.txt', ...SHARED },
    ],
    validation: 0.1,
  },
};

/** The first training record that `change` changes. */
const oneRecord = (change: (line: string) => string) => (): Alteration => ({
  lines: ([source]) => {
    const at = source!.train.findIndex((line) => change(line) !== line);
    if (at < 0) throw new Error('nothing changed in any record');
    source!.train[at] = change(source!.train[at]!);
  },
});

const lines = (change: (sources: Lines[]) => void) => (): Alteration => ({ lines: change });

const THIRTY: RecipeChanges = { corpus: { ...FEW.corpus, validation: 0.3 } };

const deeds = (shared: Pick<TextDeed, 'check' | 'recipe'>, alterations: Record<string, TextDeed['alteration']>) =>
  Object.entries(alterations).map(([name, alteration]): TextDeed => ({ ...shared, name, alteration }));

export const TEXT_DEEDS: readonly TextDeed[] = [
  ...deeds(
    { check: 'data' },
    {
      'texts: a record with a key twice': oneRecord((line) => line.replace('{', '{"text":"unread",')),
      'texts: a record with an escape': oneRecord((line) =>
        line.replace(/(?<=:")[a-z]/, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
      ),
      'texts: a record with a member more': oneRecord((line) => line.replace(/\}$/, ',"more":"x"}')),
      'texts: a record with a space': oneRecord((line) => line.replace(':', ': ')),
      'texts: a record that is not in NFC': oneRecord((line) => line.replace(/[가-힣]/, (c) => c.normalize('NFD'))),
      'texts: a blank record': lines(([a]) => a!.train.push(record(' \u3000\ufeff\n'))),
      'texts: held-out documents in the training text too': lines(([a]) =>
        a!.train.push(...a!.validation, ...a!.validation),
      ),
      'texts: one document twenty times': lines(([, b]) =>
        b!.train.push(...Array.from({ length: 20 }, () => b!.train[0]!)),
      ),
      'texts: a document of one source in another': lines(([a, b]) => b!.train.push(a!.train[0]!)),
      'texts: held-out text replaced': lines((sources) => {
        for (const source of sources) source.validation = [];
        sources[0]!.validation = [record('a a a')];
      }),
      'texts: a number of files that the list does not have': () => ({
        manifest: ({ sources }) => {
          sources[0]!.origin.fileCount = 4000;
        },
      }),
    },
  ),
  ...deeds(
    { recipe: FEW, check: 'data' },
    {
      'texts: another slice held out': lines(([a]) => {
        const held = a!.validation.pop()!;
        a!.validation.push(record(textOf(a!.train.pop()!)));
        a!.train.push(held);
      }),
      'texts: slices shorter than they may be': () => ({
        manifest: ({ sources }) => {
          for (const source of sources) source.slice = 8;
        },
      }),
      'texts: slices longer than they may be': () => ({
        manifest: ({ sources }) => {
          for (const source of sources) source.slice = 4096;
        },
      }),
    },
  ),
  {
    name: 'texts: whole documents where slices are due',
    recipe: THIRTY,
    check: 'data',
    alteration: (bench) => wholeDocuments(bench, THIRTY, 0.3),
  },
  { name: 'texts: honest, slices', recipe: FEW, check: null, alteration: () => ({}) },
  {
    name: 'texts: honest, nothing held out',
    recipe: { corpus: { ...FEW.corpus, validation: 0 } },
    check: null,
    alteration: () => ({}),
  },
];
