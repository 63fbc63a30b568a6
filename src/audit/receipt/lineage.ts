// From an answer to the texts that its model learned from: what binds each to the next, and how far that was checked. Checks nothing itself:
// it puts together what the audit of a receipt and an audit of the run have found, and says no more than they do.

import type { Lang } from '../../page-kit/text/index.ts';
import { claimOf, endOf, type Standing, weakestOf } from '../claims.ts';
import { CLAIM_WORDS } from './claim-words.ts';
import { LINEAGE_WORDS } from './lineage-words.ts';
import type { Lineage, LineageLink, LinkState, ReceiptAudit, ReceiptCheckName, ReceiptFacts } from './types.ts';

/** An audit of a run: the digest of the seal that it found, its result, when it ended, and whether that is only noted by `npm start`. */
export interface RunAudit {
  seal: string | null;
  standing: Standing;
  ended: string;
  noted: boolean;
}

/** What is known of the run beside the receipt. */
export interface RunFound {
  /** The newest first. */
  audits: readonly RunAudit[];
  /** Digest of the corpus that the genesis of the receipt's seal names; null if it is not there. */
  corpus: string | null;
}

/** The worst first. */
const ORDER: readonly LinkState[] = ['refuted', 'unknown', 'not-checked', 'partly', 'holds'];

type Words = (typeof LINEAGE_WORDS)[Lang];
/** What is said of a link; `brief` if it is the weakest one. */
type Found = Pick<LineageLink, 'state'> & {
  text: (words: Words, lang: Lang) => string;
  brief?: (lang: Lang) => string;
};

/** @param audit of the receipt; null before it was checked */
export function lineageOf(facts: ReceiptFacts | null, audit: ReceiptAudit | null, run: RunFound): Lineage {
  const seal = sealFound(facts, audit);
  const isBound = seal.state === 'holds' && verdictOf(audit, 'model') === 'holds';
  const known = facts?.run ? run.audits.filter((one) => one.seal === facts.run!.seal) : [];
  const audits = isBound ? known : [];
  const [training, corpus] = [trainingFound, corpusFound].map((findIn) => strongest(audits, findIn));
  const open = notAudited(facts, known.length > 0);
  const found: [Pick<LineageLink, 'what' | 'digest' | 'audited' | 'noted'>, Found][] = [
    [{ what: 'answer', digest: facts?.digest ?? null, ...by() }, answerFound(facts, audit)],
    [{ what: 'model', digest: facts?.model.digest ?? null, ...by() }, modelFound(audit)],
    [{ what: 'seal', digest: facts?.run?.seal ?? null, ...by() }, seal],
    [{ what: 'training', digest: facts?.run?.state ?? null, ...by(training?.audit) }, training?.found ?? open],
    [{ what: 'corpus', digest: run.corpus, ...by(corpus?.audit) }, corpus?.found ?? open],
  ];
  const both = <T>(say: (lang: Lang) => T): Record<Lang, T> => ({ en: say('en'), ko: say('ko') });
  const links = found.map(([link, { state, text }]) => ({
    ...link,
    state,
    text: both((lang) => text(LINEAGE_WORDS[lang], lang)),
  }));
  const [worst] = found.toSorted(([, a], [, b]) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const [{ what }, { state, text, brief }] = worst!;
  const weakest = both((lang) => {
    const words = LINEAGE_WORDS[lang];
    if (audit === null) return words.nothing;
    if (state === 'holds') return words.whole;
    return words.weakest(words.names[what], brief?.(lang) ?? text(words, lang));
  });
  return { links, weakest, known: known.length > 0 };
}

/** Which audit of the run says it; none where the audit of the receipt does. */
const by = (audit?: RunAudit) => ({ audited: audit?.ended ?? null, noted: audit?.noted ?? false });

/**
 * What the audits show of a link: one that refutes the run stands before all others; else the one that shows most, since what one has shown
 * does not vanish where a later one looked at less; of equals the newest.
 */
function strongest(audits: readonly RunAudit[], findIn: (standing: Standing) => Found) {
  const all = audits.map((audit) => ({ audit, found: findIn(audit.standing) }));
  const refuted = all.find(({ audit }) => audit.standing.verdict === 'refuted');
  const rank = ({ audit: { standing }, found }: (typeof all)[number]): [number, number, number] => [
    ORDER.indexOf(found.state),
    weakestOf(standing).reach.standing.chance === null ? 0 : 1,
    weakestOf(standing).reach.standing.share,
  ];
  const byRank = all.toSorted((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    return other.map((x, i) => x - one[i]!).find((difference) => difference !== 0) ?? 0;
  });
  return refuted ?? byRank[0];
}

const verdictOf = (audit: ReceiptAudit | null, wanted: ReceiptCheckName) =>
  audit?.checks.find(({ name }) => name === wanted)?.verdict;

/** Checks of other links than that of the answer. */
const OTHERS: readonly ReceiptCheckName[] = ['model', 'run'];

function answerFound(facts: ReceiptFacts | null, audit: ReceiptAudit | null): Found {
  if (!audit) return { state: 'not-checked', text: ({ answer }) => answer.open };
  const named = (verdict: string) =>
    audit.checks.filter((one) => one.verdict === verdict && !OTHERS.includes(one.name)).map(({ name }) => name);
  const refuted = named('refuted');
  // Of a stream without its end only a part was compared with what the tokens spell.
  const open = new Set(audit.isCutOff ? [...named('not-checked'), 'response' as const] : named('not-checked'));
  const tokens = facts?.answers.reduce((sum, answer) => sum + answer.tokens, 0) ?? 0;
  if (refuted.length > 0)
    return { state: 'refuted', text: ({ answer }, lang) => answer.refuted(CLAIM_WORDS[lang].named(refuted)) };
  if (verdictOf(audit, 'replay') !== 'holds') return { state: 'not-checked', text: ({ answer }) => answer.incomplete };
  if (open.size > 0)
    return { state: 'partly', text: ({ answer }, lang) => answer.partly(tokens, CLAIM_WORDS[lang].named([...open])) };
  return { state: 'holds', text: ({ answer }) => answer.holds(tokens) };
}

function modelFound(audit: ReceiptAudit | null): Found {
  const verdict = verdictOf(audit, 'model');
  if (verdict === 'holds' || verdict === 'refuted') return { state: verdict, text: ({ model }) => model[verdict] };
  return { state: 'not-checked', text: ({ model }) => model.open };
}

function sealFound(facts: ReceiptFacts | null, audit: ReceiptAudit | null): Found {
  const verdict = verdictOf(audit, 'run');
  if (verdict === 'holds' || verdict === 'refuted') return { state: verdict, text: ({ seal }) => seal[verdict] };
  if (facts && !facts.run) return { state: 'unknown', text: ({ seal }) => seal.noRun };
  if (verdict === undefined) return { state: 'not-checked', text: ({ seal }) => seal.open };
  return { state: 'unknown', text: ({ seal }) => seal.gone };
}

/** Of training and corpus without an audit of this run. `isKnown`: there is one, and the answer is not bound to that run. */
const notAudited = (facts: ReceiptFacts | null, isKnown: boolean): Found =>
  facts && !facts.run
    ? { state: 'unknown', text: ({ run }) => run.noRun }
    : { state: 'not-checked', text: ({ run }) => (isKnown ? run.notBound : run.open) };

function trainingFound(standing: Standing): Found {
  const { verdict } = standing;
  const { extent, reach } = weakestOf(standing);
  const { share } = reach.standing;
  const text = (_: Words, lang: Lang): string => {
    const { headline, beginning, reach } = claimOf(standing, lang);
    return [headline, beginning, reach].filter(Boolean).join(' ');
  };
  if (verdict === 'refuted') return { state: 'refuted', text };
  if (verdict === 'incomplete') return { state: 'unknown', text };
  const ofPart = share === 0 ? 'not-checked' : 'partly';
  const brief = (lang: Lang): string => {
    const { beginning, reach } = claimOf(standing, lang);
    return [beginning, reach].filter(Boolean).join(' ');
  };
  return { state: extent === 'all' && share > 0 && endOf(standing).kind === 'drawn' ? 'holds' : ofPart, text, brief };
}

const OF_DATA = { sources: 'holds', texts: 'partly', maker: 'not-checked' } as const;

function corpusFound(standing: Standing): Found {
  const text = (_: Words, lang: Lang): string => claimOf(standing, lang).data;
  if (standing.verdict !== 'holds') return { state: 'unknown', text };
  const state = OF_DATA[standing.data];
  const isWhole = endOf(standing).kind === 'drawn' && weakestOf(standing).data.standing.data === 'sources';
  if (standing.beginning.kind === 'drawn' || isWhole) return { state, text };
  return {
    state: state === 'holds' ? 'partly' : state,
    text: (words, lang) => `${text(words, lang)} ${words.earlierTexts}`,
  };
}
