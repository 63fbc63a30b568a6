// A chip card in three sentences: whether bits repeat, how single operations round, how exact layers are. No sentence says more than its findings.

import type { Format } from '../../../page-kit/index.ts';
import type { ChipCard } from '../../types.ts';
import type { Words } from '../../words/words.ts';

type Finding = ChipCard['findings'][number];

const of = (findings: readonly Finding[], prefix: string): Finding[] =>
  findings.filter(({ about, result }) => about.startsWith(prefix) && result !== null);

function repeats(findings: readonly Finding[], w: Words['chip'], format: Format): string {
  const measured = of(findings, 'repeat-');
  if (measured.length === 0) return w.summary.repeatsUnknown;
  const differing = measured.filter(({ result }) => result !== 'same');
  const counts = [format.count(differing.length), format.count(measured.length)] as const;
  return differing.length === 0 ? w.summary.repeats(counts[1]) : w.summary.repeatsNot(...counts);
}

function rounds(findings: readonly Finding[], w: Words['chip'], format: Format): string {
  const measured = [...of(findings, 'rounding'), ...of(findings, 'subnormal-')];
  if (measured.length === 0) return w.summary.roundsUnknown;
  const odd = measured.filter(({ result }) => result !== 'nearest-even' && result !== 'kept');
  const counts = [format.count(odd.length), format.count(measured.length)] as const;
  return odd.length === 0 ? w.summary.rounds(counts[1]) : w.summary.roundsNot(...counts);
}

/** The type with the largest error, and that error in roundings of the type. */
function errors(findings: readonly Finding[], w: Words['chip'], format: Format): string {
  const measured = of(findings, 'accuracy');
  const types = [...new Set(measured.map(({ dtype }) => dtype))];
  const largest = types.map((dtype) => {
    const errors = measured.filter((one) => one.dtype === dtype).map(({ numbers }) => numbers.largest ?? Number.NaN);
    const known = errors.filter(Number.isFinite);
    return known.length < errors.length || known.length === 0 ? null : `${dtype} ${format.short(Math.max(...known))}`;
  });
  if (types.length === 0) return w.summary.errorsUnknown;
  return largest.includes(null)
    ? w.summary.errorsNotFinite
    : w.summary.errors(format.list(largest.filter((text) => text !== null)));
}

export const summaryOf = (findings: readonly Finding[], w: Words['chip'], format: Format): string[] =>
  [repeats, rounds, errors].map((sentence) => sentence(findings, w, format));
