// What may be said of a run that another program trained, after an audit of its evidence alone: in both languages, weaker than any sentence
// about a run of our own trainer. Such an audit trains nothing again, so it never says that a run holds.

import type { WitnessAudit } from '../../audit/index.ts';
import { type Format, formatFor, type Lang } from '../../page-kit/text/index.ts';
import type { AuditedWitness, Row } from '../state/index.ts';
import type { Claims } from './shapes.ts';

/** What evidence alone can give. */
type EvidenceVerdict = 'refuted' | 'incomplete';

interface FoundByEvidence extends Pick<AuditedWitness, 'steps' | 'paired' | 'drawnByOffice' | 'lodged'> {
  verdict: EvidenceVerdict;
  checks: readonly { name: string; verdict: string }[];
}

/** Checks that need the training code, which nobody runs here. */
const NEED_CODE = ['schedule', 'origin', 'replay'];

interface Sentences {
  words: Record<EvidenceVerdict, string>;
  refuted: string;
  /** Nothing that was looked at speaks against it. */
  whole: string;
  missing: string;
  reach: (share: string, drawn: string | null) => string;
  origin: string;
  notLodged: string;
  data: string;
}

const SENTENCES: Record<Lang, Sentences> = {
  en: {
    words: { refuted: 'Refuted (evidence alone)', incomplete: 'Incomplete (evidence alone, origin not shown)' },
    refuted: 'The evidence contradicts the claim, at the places named below.',
    whole: 'Nothing in the evidence contradicts the claim. That it was trained so is not shown.',
    missing: 'Evidence that the audit needs is not there. That it was trained so is not shown.',
    reach: (share, drawn) =>
      `No step was trained again. ${share} of the steps lie between two recorded states; ${drawn === null ? 'no office drew them' : `an office, whoever holds its key, drew ${drawn} of them`}.`,
    origin: 'Origin not shown: that these weights began at random is the maker’s word.',
    notLodged: 'Not lodged before its first step: all of it may have been written after the training.',
    data: 'Another program trained it, and the maker ran the recorder: code, data and environment are his word.',
  },
  ko: {
    words: { refuted: '불성립 (증거만 확인)', incomplete: '판정 불가 (증거만 확인, 출발점 미입증)' },
    refuted: '증거가 주장과 어긋납니다. 어긋나는 곳은 아래에 있습니다.',
    whole: '증거 가운데 주장과 어긋나는 것은 없습니다. 그렇게 학습했다는 것은 입증되지 않았습니다.',
    missing: '검증에 필요한 증거가 없습니다. 그렇게 학습했다는 것은 입증되지 않았습니다.',
    reach: (share, drawn) =>
      `다시 학습한 단계가 없습니다. 전체 단계의 ${share}는 기록된 두 상태 사이에 있으며, ${drawn === null ? '기관이 뽑은 단계는 없습니다' : `그 가운데 ${drawn}개는 접수한 기관이 뽑았습니다(접수 키를 가진 쪽이며, 누구인지는 확인하지 않았습니다)`}.`,
    origin: '출발점 미입증: 가중치가 난수에서 출발했다는 것은 제작자가 밝힌 것이며 확인되지 않았습니다.',
    notLodged: '첫 단계 전에 접수하지 않았습니다. 모두 학습 뒤에 쓴 것일 수 있습니다.',
    data: '다른 프로그램으로 학습했고 기록 프로그램도 제작자가 실행했습니다. 코드, 데이터, 환경은 제작자가 밝힌 것이며 확인되지 않았습니다.',
  },
};

function claimIn(found: FoundByEvidence, words: Sentences, format: Format): Claims[Lang] {
  const { verdict, checks, steps, paired, drawnByOffice, lodged } = found;
  const isRefuted = verdict === 'refuted';
  const isWhole = checks.every((check) => check.verdict === 'holds' || NEED_CODE.includes(check.name));
  return {
    word: words.words[verdict],
    headline: isRefuted ? words.refuted : isWhole ? words.whole : words.missing,
    beginning: isRefuted ? null : words.origin,
    reach: words.reach(
      format.atLeast(steps > 0 ? paired / steps : 0),
      drawnByOffice > 0 ? format.count(drawnByOffice) : null,
    ),
    room: isRefuted || lodged ? null : words.notLodged,
    data: words.data,
  };
}

export const witnessClaims = (found: FoundByEvidence): Claims => ({
  en: claimIn(found, SENTENCES.en, formatFor('en')),
  ko: claimIn(found, SENTENCES.ko, formatFor('ko')),
});

/** What an audit by evidence alone found, for the log. Without the training code its verdict is never more than `incomplete`. */
export function witnessFound({ verdict, pairs, run }: WitnessAudit): AuditedWitness & { verdict: EvidenceVerdict } {
  return {
    verdict: verdict === 'refuted' ? 'refuted' : 'incomplete',
    genesis: run.genesis,
    seal: run.seal,
    steps: run.steps ?? 0,
    paired: pairs.steps.length,
    drawnByOffice: Math.min(pairs.drawnByOffice, pairs.steps.length),
    lodged: run.lodgedAt !== null,
  };
}

/** The verdict in the log of an audit by evidence alone. */
export const evidenceVerdict = (verdict: Row<'audits'>['verdict']): EvidenceVerdict =>
  verdict === 'refuted' ? 'refuted' : 'incomplete';
