// What only a certain standing may say of a run, written down a second time: for tests of every place that shows a verdict.

import type { DataStanding, Extent, Verdict } from '../types.ts';

export const LANGS = ['en', 'ko'] as const;
export type Lang = (typeof LANGS)[number];

const VERDICTS = ['holds', 'refuted', 'incomplete'] as const;
const EXTENTS = ['all', 'sampled', 'self'] as const;
const DATA = ['sources', 'texts', 'maker'] as const;

/** What is known of a run: by one audit, or, with `extent` null, by a record that says no more than the verdict. */
export interface Known {
  verdict: Verdict;
  extent: Extent | null;
  data: DataStanding | null;
  share: number;
  chance: number | null;
}

/** Every standing that an audit can come to. */
export function* standings(shares = [0, 0.0004, 0.242, 0.99999, 1], chances = [null, 0.0689, 0.99999]) {
  for (const verdict of VERDICTS)
    for (const extent of EXTENTS)
      for (const data of DATA)
        for (const share of shares) for (const chance of chances) yield { verdict, extent, data, share, chance };
}

/** What an older record knows. */
export function* unrecorded(): Generator<Known> {
  for (const verdict of VERDICTS) yield { verdict, extent: null, data: null, share: 0, chance: null };
}

export const RESERVED: { what: string; words: RegExp; may: (known: Known) => boolean }[] = [
  {
    what: 'that nothing else was done',
    words: /nothing else|그 밖의 것/,
    may: (s) => s.verdict === 'holds' && s.extent === 'all',
  },
  {
    what: 'that the claim holds',
    words: /The claim holds|주장이 성립(?!하지)/,
    may: (s) => s.verdict === 'holds' && s.extent === 'all',
  },
  {
    what: 'that all steps were trained again',
    words: /Every step|모든 단계를 다시|all steps|\(모든 단계\)/,
    may: (s) => s.extent === 'all' && (s.verdict === 'holds' || s.share > 0),
  },
  {
    what: 'a chance',
    words: /with a chance of \d|\d%의 확률로/,
    may: (s) => s.chance !== null && s.extent === 'sampled' && s.share > 0,
  },
  {
    what: 'that the texts are those of the sources',
    words: /built again from them|출처에서 다시 만들어/,
    may: (s) => s.data === 'sources' && s.verdict === 'holds',
  },
  {
    what: 'that the tokens were compared with the texts',
    words: /compared with the texts|텍스트와 비교/,
    may: (s) => s.data === 'texts' && s.verdict === 'holds',
  },
  {
    what: 'that it holds',
    words: /Holds|성립(?!합)|Nothing that was checked contradicts|어긋나는 것은 없/,
    may: (s) => s.verdict === 'holds',
  },
];

/** What a text says of a run that may not be said of it. */
export const overstated = (text: string, known: Known): string[] =>
  RESERVED.filter(({ words, may }) => words.test(text.replaceAll('불성립', '')) && !may(known)).map(({ what }) => what);

const UNSAID = /not recorded|기록 없음|기록되지 않았/;
const EXTENT_WORDS: Record<Extent, RegExp> = {
  all: /all steps|모든 단계/,
  // `a part` where no chance is claimed.
  sampled: /sampled|\(a part|표본|\(일부/,
  self: /self-audit|자체 검증/,
};

/** What a place that shows a verdict leaves out: how far a verdict that holds reaches, and what is the maker's word. */
export function unsaid(text: string, known: Known): string[] {
  const missing: string[] = [];
  if (known.verdict === 'holds' && !(known.extent === null ? UNSAID : EXTENT_WORDS[known.extent]).test(text))
    missing.push('how far it reaches');
  const compared = known.verdict === 'holds' && known.data === 'sources';
  if (!compared && !/maker’s word|확인되지 않았습니다/.test(text)) missing.push("what is the maker's word");
  return missing;
}
