// Comparisons and proposed findings for display, in both languages.

import type { Both } from '../../base/index.ts';
import { partSaid, sharedCaveats } from '../../lineage/index.ts';
import { formatFor, type Lang, plain, TERMS, wordFor } from '../../page-kit/text/index.ts';
import {
  type ComparedWeights,
  type ComparedWith,
  comparisonsOf,
  type FindingProposal,
  findingProposals,
  pairsToCompare,
  type Row,
  type Tables,
  uncomparedPairs,
} from '../state/index.ts';
import type { ShownComparison, ShownProposal } from './shapes.ts';
import { WORDS } from './words.ts';

const inBoth = (say: (lang: Lang) => string): Both => ({ en: say('en'), ko: say('ko') });

function otherShown(tables: Tables, other: ComparedWith): ShownComparison['with'] {
  if ('reference' in other) return { kind: 'reference', id: other.reference, consortium: null };
  const { consortium } = tables.get('submissions', other.submission)!;
  return { kind: 'submission', id: other.submission, consortium };
}

function tokenizerSaid(
  { suspect, shared, sameId, sameFile }: NonNullable<ComparedWeights['tokenizer']>,
  lang: Lang,
): string {
  const { count } = formatFor(lang);
  if (sameFile) return WORDS[lang].sameTokenizer;
  return WORDS[lang].tokenizer(count(shared), count(suspect), count(sameId));
}

type Group = ComparedWeights['groups'][number];

function partShown(group: Group) {
  const [en, ko] = [partSaid(group, 'en'), partSaid(group, 'ko')];
  return {
    verdict: group.verdict,
    name: { en: en.name, ko: ko.name },
    word: { en: en.verdict, ko: ko.verdict },
    seen: { en: en.seen, ko: ko.seen },
  };
}

/** With the reason, where it is known in this language. */
function failedIn(lang: Lang, { code, message, messageKo }: NonNullable<Row<'comparisons'>['failure']>): string {
  const reason = lang === 'ko' ? messageKo : message;
  const { failed, failedBy } = WORDS[lang];
  return reason === undefined ? failedBy(code) : failed(code, plain(reason, 300));
}

function comparisonShown(tables: Tables, row: Row<'comparisons'>): ShownComparison {
  const { failure, found, submission, seq } = row;
  const tokenizer = found?.tokenizer;
  return {
    submission,
    consortium: tables.get('submissions', submission)!.consortium,
    with: otherShown(tables, row.with),
    parts: found ? found.groups.map(partShown) : null,
    problem: failure && inBoth((lang) => failedIn(lang, failure)),
    ...(failure && failure.messageKo === undefined && { reasonInEnglish: plain(failure.message, 300) }),
    tokenizer: tokenizer ? inBoth((lang) => tokenizerSaid(tokenizer, lang)) : null,
    seq,
  };
}

/** All pairs of a stage that its rule book has compared: with results first, then those that wait or are never compared. */
export function comparisonsShown(tables: Tables, stage: string): ShownComparison[] {
  const waiting = pairsToCompare(tables, stage).length; // the first of those without a result
  return [
    ...comparisonsOf(tables, stage).map((row) => comparisonShown(tables, row)),
    ...uncomparedPairs(tables, stage).map((pair, i) => ({
      submission: pair.submission,
      consortium: tables.get('submissions', pair.submission)!.consortium,
      with: otherShown(tables, pair.with),
      parts: null,
      problem: inBoth((lang) => (i < waiting ? WORDS[lang].waiting : WORDS[lang].full)),
      tokenizer: null,
      seq: null,
    })),
  ];
}

type Kinship = keyof (typeof WORDS)['en']['kinship'];

/** The makers' word on how both runs are related, from the side of the submission that a proposal is about. */
function kinshipOf({ comparison, submission }: FindingProposal): Kinship | null {
  const kinship = comparison.found?.kinship ?? null;
  if (comparison.submission === submission) return kinship;
  if (kinship === 'begins-from-reference') return 'reference-begins-from-it';
  return kinship === 'reference-begins-from-it' ? 'begins-from-reference' : kinship;
}

/** Names of teams, and times of entries. */
interface Known {
  nameOf(consortium: string, lang: Lang): string;
  /** ISO 8601, by the number of the entry. */
  times: ReadonlyMap<number, string>;
}

function proposalSaid(proposal: FindingProposal, other: ShownProposal['from'], known: Known, lang: Lang): string {
  const words = WORDS[lang];
  const { count } = formatFor(lang);
  const parts = proposal.groups.map((group) => {
    const { name, verdict, seen } = partSaid(group, lang);
    return words.part(name, verdict, seen);
  });
  if (proposal.sameTokenizer) parts.push(words.tokenizerFile);
  const from = other.consortium === null ? plain(other.id, 300) : known.nameOf(other.consortium, lang);
  const fixed = (seq: number) => [known.times.get(seq) ?? '–', count(seq)] as const;
  const kinship = kinshipOf(proposal);
  const component = wordFor(TERMS[lang].components, proposal.component);
  const about = [component, known.nameOf(proposal.consortium, lang), from] as const;
  const first = (other.kind === 'reference' ? words.reference : words.earlier)(...fixed(proposal.fixed.from));
  return [
    proposal.groups.length > 0 ? words.shares(...about, parts.join('; ')) : words.takesTokenizer(...about),
    `${first}${lang === 'en' ? '; ' : ', '}${words.submission(...fixed(proposal.fixed.submission))}.`,
    words.before,
    ...(proposal.groups.length > 0
      ? [...(kinship ? [words.kinship[kinship]] : []), ...sharedCaveats(kinship !== null, lang)]
      : []),
  ].join(' ');
}

/** All proposed findings of a stage. */
export function proposalsShown(tables: Tables, stage: string): ShownProposal[] {
  const proposals = findingProposals(tables, stage);
  const seqs = new Set(proposals.flatMap(({ fixed }) => [fixed.from, fixed.submission]));
  const times = new Map([...seqs].map((seq) => [seq, tables.timeOf(seq)] as const));
  const nameOf = (consortium: string, lang: Lang): string =>
    formatFor(lang).title(tables.get('consortia', consortium)!.name);
  return proposals.map((proposal) => {
    const { id, submission, consortium, component, verdict, answer } = proposal;
    const from = otherShown(tables, proposal.from);
    const said = inBoth((lang) => proposalSaid(proposal, from, { nameOf, times }, lang));
    return { id, submission, consortium, component, verdict, from, said, answer };
  });
}
