// What may be said of a run that another program trained, after an audit of its evidence alone. The sentences come from the audit room; the word
// of the verdict says beside it how little was looked at.

import { claimOfWitness, type WitnessAudit } from '../../audit/index.ts';
import type { Lang } from '../../page-kit/text/index.ts';
import type { AuditedWitness, Row } from '../state/index.ts';
import { auditedEvidence } from './evidence.ts';
import type { Claims } from './shapes.ts';

/** What evidence alone can give: never that a run holds. */
type EvidenceVerdict = 'refuted' | 'incomplete';

type WitnessStanding = Parameters<typeof claimOfWitness>[0];

interface FoundByEvidence extends Pick<AuditedWitness, 'steps' | 'paired' | 'drawnByOffice' | 'lodged'> {
  verdict: EvidenceVerdict;
}

const ALONE: Record<Lang, Record<EvidenceVerdict, string>> = {
  en: { refuted: 'evidence alone', incomplete: 'evidence alone, origin not shown' },
  ko: { refuted: '증거만 확인', incomplete: '증거만 확인, 출발점 미확인' },
};

const NO_RUN = {
  ...{ genesis: null, seal: null, maker: null, office: null, lodgedAt: null, madeAt: null, sealedAt: null, seed: null },
  ...{ parameters: null, steps: null, planned: null, stateRoot: null, head: null, code: null, ranks: null },
};
const NO_DETECTION = {
  ...{ claimed: false, reason: '', challenge: '', segments: 0, candidates: 0, drawn: 0 },
  chances: [],
};

/** As the audit room has it. Nothing was trained again, and the origin was not shown. */
const standingOf = ({ verdict, steps, paired, drawnByOffice, lodged }: FoundByEvidence): WitnessStanding => ({
  verdict,
  extent: 'none',
  origin: 'not-shown',
  ...{ replayed: [], segments: [], gradients: [], tolerance: null, elsewhere: null, detection: NO_DETECTION },
  environment: { declared: null, own: null },
  pairs: { steps: Array(paired).fill(0), drawnByOffice, share: steps > 0 ? paired / steps : 0 },
  run: { ...NO_RUN, ...(lodged && { lodgedAt: 'before its first step', office: 'not the maker' }) },
});

function claimIn(found: FoundByEvidence, lang: Lang): Claims[Lang] {
  const { word, headline, limits } = claimOfWitness(standingOf(found), lang);
  return {
    word: `${word} (${ALONE[lang][found.verdict]})`,
    headline: `${headline.charAt(0).toUpperCase()}${headline.slice(1)}.`,
    // The first of them is about the origin, the last about the maker's recorder.
    beginning: limits[0]!,
    reach: limits.slice(1, -1).join(' '),
    room: null,
    data: limits.at(-1)!,
  };
}

export const witnessClaims = (found: FoundByEvidence): Claims => ({
  en: claimIn(found, 'en'),
  ko: claimIn(found, 'ko'),
});

/** What an audit by evidence alone found, for the log. */
export function witnessFound({
  verdict,
  pairs,
  run,
  segments,
  roots,
}: WitnessAudit): AuditedWitness & { verdict: EvidenceVerdict } {
  return {
    verdict: verdict === 'refuted' ? 'refuted' : 'incomplete',
    genesis: run.genesis,
    seal: run.seal,
    steps: run.steps ?? 0,
    paired: pairs.steps.length,
    drawnByOffice: Math.min(pairs.drawnByOffice, pairs.steps.length),
    lodged: run.lodgedAt !== null && run.office !== run.maker,
    evidence: auditedEvidence({ ...run, segments, roots }),
  };
}

/** The verdict in the log of an audit by evidence alone. */
export const evidenceVerdict = (verdict: Row<'audits'>['verdict']): EvidenceVerdict =>
  verdict === 'refuted' ? 'refuted' : 'incomplete';
