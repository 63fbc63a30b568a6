// The audit of a witnessed run for a terminal. English only; knows no streams.

import { textWidth, wrap } from '../../../base/index.ts';
import { formatFor, plain } from '../../../page-kit/text/index.ts';
import { addCheck, Page, type TerminalStyle } from '../../report/terminal-page.ts';
import { claimOfWitness } from '../claim.ts';
import { WITNESS_CHECKS, type WitnessAudit } from '../types.ts';

interface WitnessLineOptions {
  /** Columns. */
  width: number;
  style: TerminalStyle;
  /** What the run is called. */
  name: string;
}

const STYLES = {
  holds: ['green', '✓'],
  consistent: ['cyan', '≈'],
  'not-told': ['yellow', '?'],
  refuted: ['red', '✕'],
  incomplete: ['yellow', '?'],
} as const;
const format = formatFor('en');

const keyText = (name: string, key: string | null): string =>
  key === null ? `${name} unknown` : `${name} ${plain(key, 200).slice(0, 16)}`;

/** Lines of at most `width` columns (at least 40), without line ends. */
export function witnessLines(audit: WitnessAudit, { width, style, name }: WitnessLineOptions): string[] {
  const page = new Page(Math.max(40, Number.isFinite(width) ? Math.floor(width) : 80));
  const [colour, sign] = STYLES[audit.verdict];
  const claim = claimOfWitness(audit, 'en');
  const head = `${sign} ${claim.word.toUpperCase()}`;
  const title = wrap(`${plain(name, 80)}: ${claim.headline}`, Math.max(20, page.width - textWidth(head) - 2));
  for (const [i, line] of title.entries())
    page.line(i === 0 ? `${style('bold', style(colour, head))}  ${line}` : `${' '.repeat(textWidth(head) + 2)}${line}`);
  for (const line of claim.limits.flatMap((text) => wrap(text, page.width - 2))) page.line(`  ${line}`);
  const { maker, office, lodgedAt } = audit.run;
  const lodged =
    lodgedAt === null
      ? 'not lodged: no trusted time'
      : `lodged ${lodgedAt.slice(0, 16).replace('T', ' ')} UTC, ${keyText('office', office)}`;
  page.line(`  ${style('dim', `${keyText('maker', maker)} · ${lodged}`)}`);
  page.line('');
  for (const one of WITNESS_CHECKS) {
    const why = audit.notChecked[one];
    if (why === undefined) addCheck(page, one, audit.checks.find((check) => check.name === one) ?? null, style);
    else
      page.entry(`  – ${one}`, style('dim', `  – ${one}`), `not run: ${plain(why, 400)}`, (line) => style('dim', line));
  }
  page.line('');
  const row = (what: string, text: string) => page.entry(`    ${what}`, `    ${style('bold', what)}`, text);
  row('environment', environmentText(audit));
  const { detection } = audit;
  const odds = detection.chances
    .map(({ forged, chance }) => `${format.count(forged)}: ${format.atLeast(chance)}`)
    .join(' · ');
  row(
    'chance',
    audit.extent === 'all'
      ? 'nothing was left to chance: every step was trained again'
      : detection.claimed
        ? `of catching a forgery, by segments forged of ${format.count(detection.candidates)}:  ${odds} (${detection.reason})`
        : `no detection claimed: ${detection.reason}`,
  );
  row('cost', format.duration(audit.seconds));
  return page.lines;
}

/** What differs between the declared environment and the auditor's. */
function environmentText({ environment: { declared, own } }: WitnessAudit): string {
  if (!declared) return 'not known';
  const said = `PyTorch ${plain(String(declared.torch), 40)}, ${plain(String(declared.device), 80)}, ${plain(String(declared.capability), 40)}, threads: ${plain(String(declared.threads), 10)} (the maker’s word)`;
  if (!own) return said;
  const other = Object.keys(own).filter((key) => JSON.stringify(own[key]) !== JSON.stringify(declared[key]));
  return other.length === 0 ? `${said}; the same here` : `${said}; here another: ${other.join(', ')}`;
}
