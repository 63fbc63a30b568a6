// The claims that only certain standings allow, written independently of the code: for tests of every place that shows a verdict.

import type { Beginning, Standing } from '../claims.ts';
import type { DataStanding, Extent, Verdict } from '../types.ts';

export const LANGS = ['en', 'ko'] as const;
export type Lang = (typeof LANGS)[number];

const VERDICTS = ['holds', 'refuted', 'incomplete'] as const;
const EXTENTS = ['all', 'sampled', 'self'] as const;
const DATA = ['sources', 'texts', 'maker'] as const;

/** The known facts of a run: from an audit, or, with `extent` null, from a record of the verdict alone. */
export interface Known {
  /** By default drawn weights. */
  beginning?: Beginning;
  verdict: Verdict;
  extent: Extent | null;
  data: DataStanding | null;
  share: number;
  chance: number | null;
}

const PARENT = { kind: 'run', seal: 'ab'.repeat(32) } as const;
const AUDITED = { verdict: 'holds', extent: 'sampled', data: 'texts', share: 0.2, chance: 0.07 } as const;
const WHOLE = { verdict: 'holds', extent: 'all', data: 'sources', share: 1, chance: null } as const;
/** A model of files; a run that nobody looked at; one that was audited, alone and built on another one itself. */
const BEGINNINGS: Beginning[] = [
  { kind: 'drawn' },
  { kind: 'model', files: [{ name: 'model.safetensors', sha256: 'cd'.repeat(32) }], compared: false },
  { ...PARENT, name: null, standing: null },
  { ...PARENT, name: 'hello', standing: { beginning: { kind: 'drawn' }, ...AUDITED } },
  { ...PARENT, name: 'hello', standing: { beginning: { kind: 'drawn' }, ...WHOLE } },
  { ...PARENT, name: 'hello', standing: { beginning: { ...PARENT, name: null, standing: null }, ...AUDITED } },
];

/** Every standing that an audit can have. */
export function* standings(
  shares = [0, 0.0004, 0.242, 0.99999, 1],
  chances = [null, 0.0689, 0.99999],
): Generator<Standing> {
  for (const verdict of VERDICTS)
    for (const extent of EXTENTS)
      for (const data of DATA)
        for (const share of shares)
          for (const chance of chances)
            for (const beginning of BEGINNINGS) yield { beginning, verdict, extent, data, share, chance };
}

/** The facts in older records: the verdict alone. */
export function* verdictsAlone(): Generator<Known> {
  for (const verdict of VERDICTS) yield { verdict, extent: null, data: null, share: 0, chance: null };
}

/** What is known of each run of a chain, the run itself first. */
export function chainOf(known: Known): Known[] {
  const { beginning } = known;
  return [known, ...(beginning?.kind === 'run' && beginning.standing ? chainOf(beginning.standing) : [])];
}

const ofEach = (known: Known, holds: (link: Known) => boolean): boolean => chainOf(known).every(holds);

/** Each claim with the words that make it and the condition that allows it. */
export const RESERVED: { claim: string; words: RegExp; isAllowed: (known: Known) => boolean }[] = [
  {
    claim: 'that it began with random numbers',
    words: /from random numbers|난수에서 출발/,
    isAllowed: (s) => (s.beginning?.kind ?? 'drawn') === 'drawn' && s.verdict === 'holds' && s.extent === 'all',
  },
  {
    claim: 'that its parent was audited',
    words: /was audited too|함께 검증했습니다/,
    isAllowed: (s) => s.verdict === 'holds' && s.beginning?.kind === 'run' && s.beginning.standing !== null,
  },
  {
    claim: 'that nothing else was done',
    words: /nothing else|그 밖의 것/,
    isAllowed: (s) => s.verdict === 'holds' && ofEach(s, ({ extent }) => extent === 'all'),
  },
  {
    claim: 'that the claim holds',
    words: /The claim holds|주장이 성립(?!하지)/,
    isAllowed: (s) => s.verdict === 'holds' && ofEach(s, ({ extent }) => extent === 'all'),
  },
  {
    claim: 'that all steps were trained again',
    words: /Every step|모든 스텝을 다시|all steps|\(모든 스텝\)/,
    isAllowed: (s) => ofEach(s, ({ extent }) => extent === 'all') && (s.verdict === 'holds' || s.share > 0),
  },
  {
    claim: 'a chance',
    words: /with a chance of \d|\d%의 확률로/,
    isAllowed: (s) =>
      ofEach(
        s,
        ({ chance, extent, share }) => share > 0 && (extent === 'all' || (extent === 'sampled' && chance !== null)),
      ),
  },
  {
    claim: 'that the texts are those of the sources',
    words: /built again from them|출처에서 다시 만들어/,
    isAllowed: (s) => s.verdict === 'holds' && ofEach(s, ({ data }) => data === 'sources'),
  },
  {
    claim: 'that the tokens were compared with the texts',
    words: /compared with the texts|텍스트와 비교/,
    isAllowed: (s) => s.verdict === 'holds' && ofEach(s, ({ data }) => data === 'texts' || data === 'sources'),
  },
  {
    claim: 'that it holds',
    words: /Holds|성립(?!합)|Nothing that was checked contradicts|어긋나는 것은 없/,
    isAllowed: (s) => s.verdict === 'holds',
  },
];

/** Sentences about one run of a chain that was audited too: they have the word of that run alone. */
const OF_ONE_LINK = /(which was audited too|그 학습도 함께 검증했습니다\. 결과): [^.]*\./g;

/** What a text claims of all that was audited: without sentences about one run of a chain, and without words that hold others in them. */
export const claimedBy = (text: string): string => text.replaceAll('불성립', '').replaceAll(OF_ONE_LINK, '$1.');

/** The claims that a text makes although `known` does not allow them. */
export function forbiddenClaims(text: string, known: Known): string[] {
  const claimed = claimedBy(text);
  return RESERVED.filter(({ words, isAllowed }) => words.test(claimed) && !isAllowed(known)).map(({ claim }) => claim);
}

const NOT_RECORDED = /not recorded|기록 없음|기록되지 않았/;
const EXTENT_WORDS: Record<Extent, RegExp> = {
  all: /all steps|모든 스텝/,
  // `a part` where no chance is claimed.
  sampled: /sampled|\(a part|표본|\(일부/,
  self: /self-audit|자체 검증/,
};

/** Where a chain ends: drawn weights, files, or a run that nobody looked at. */
const endOf = (one: Beginning): Beginning => (one.kind === 'run' && one.standing ? endOf(one.standing.beginning) : one);

/** The statements that a text with a verdict lacks: how far a verdict that holds reaches, and what is the maker's word. */
export function missingStatements(text: string, known: Known): string[] {
  const missing: string[] = [];
  const least = [...EXTENTS].reverse().find((extent) => chainOf(known).some((link) => link.extent === extent));
  if (known.verdict === 'holds' && !(least === undefined ? NOT_RECORDED : EXTENT_WORDS[least]).test(text))
    missing.push('how far it reaches');
  const { beginning = { kind: 'drawn' } } = known;
  if (known.verdict === 'holds' && beginning.kind !== 'drawn') {
    if (!/built on|making nobody showed|위에 만들어|만드는 과정을 보이지 않은/.test(text))
      missing.push('what it was built on');
    if (endOf(beginning).kind === 'run' && !/Nothing of the making|확인한 것이 없습니다/.test(text))
      missing.push('that nobody looked at it');
  }
  const compared = known.verdict === 'holds' && ofEach(known, ({ data }) => data === 'sources');
  if (!compared && !/maker’s word|확인되지 않았습니다/.test(text)) missing.push("what is the maker's word");
  return missing;
}
