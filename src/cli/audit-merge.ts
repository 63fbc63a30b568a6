// `jikji audit merge REPORT...`: joins signed audits of one run and prints their joint verdict.

import type { Command } from 'commander';
import type { Claim, MergedAudits } from '../audit/index.ts';
import { JikjiError, quantity } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { claimLines } from './claim-lines.ts';
import { interruptible } from './interrupt.ts';
import { type Output, plain, requireHolds } from './output.ts';
import { audit as auditRoom } from './rooms.ts';
import { MAX_SIGNED_BYTES, readSignedAudit } from './signed-audit-file.ts';

const MAX_REPORTS = 1000;
const HINT = 'name files that jikji audit --sign wrote';

const readReport = (file: string): { file: string; text: string } => ({
  file,
  text: readSignedAudit(file, MAX_SIGNED_BYTES, HINT),
});

const percent = (x: number): string => `${Math.floor(1000 * x) / 10}%`;

const COLOURS = { holds: 'green', consistent: 'yellow', disputed: 'red', incomplete: 'yellow' } as const;

type Claims = Claim & { room: string | null };

/** The claim of the joined audits. */
async function claimOfMerged(merged: MergedAudits): Promise<Claims> {
  const { witness, verdict, extent } = merged;
  const { joinedClaimOf, roomClaim, weakestRoom } = await auditRoom();
  const open = !witness && verdict === 'holds' && extent !== 'all';
  const { room, chance } = weakestRoom(merged);
  return {
    ...joinedClaimOf(merged, { lodged: null }, 'en'),
    room: open ? roomClaim(room, chance, 'en') : null,
  };
}

/** `hasRun`: the audits were compared with the run too. */
function describe(output: Output, merged: MergedAudits, claim: Claims, hasRun: boolean): void {
  const { verdict, auditors, excluded, segments, steps, trained } = merged;
  const [head, ...more] = claimLines(claim);
  output.line(output.style('bold', output.style(COLOURS[verdict], head)));
  for (const line of more) output.line(`  ${line}`);
  const counts = auditors.length > 0;
  if (merged.seal !== null) output.line(`  seal ${merged.seal}${counts ? '; each auditor signed his own part' : ''}`);
  if (counts && !hasRun) output.line('  held against each other alone: --run RUN holds them against the run itself');
  output.line('');
  for (const key of auditors) {
    const trainedBy = segments.filter((segment) => segment.by.includes(key));
    const part = trainedBy.reduce((sum, { from, to }) => sum + to - from, 0);
    output.line(
      `  ${key}  ${trainedBy.length} of ${quantity(segments.length, 'segment')}, ${percent(part / steps)} of the steps`,
    );
  }
  if (counts) {
    output.line(`  together  ${trained} of ${quantity(steps, 'step')} (${percent(trained / steps)})`);
    const parts = openParts(merged);
    if (parts.length > 0) output.line(`  not trained again by anybody: segments ${parts.join(', ')}`);
  }
  for (const { file, reason } of excluded)
    output.line(`  ${output.style('yellow', 'does not count')}  ${plain(file)}: ${plain(reason)}`);
}

/** The first 8 parts that no auditor has trained again, in the form of `--segments`. */
function openParts({ segments }: MergedAudits): string[] {
  const parts: { from: number; to: number }[] = [];
  for (const { index, by } of segments) {
    if (by.length > 0) continue;
    const last = parts.at(-1);
    if (last?.to === index) last.to = index + 1;
    else parts.push({ from: index + 1, to: index + 1 });
  }
  const shown = parts.slice(0, 8).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  return parts.length > 8 ? [...shown, '...'] : shown;
}

export function addAuditMerge(audit: Command, output: Output): void {
  audit
    .command('merge')
    .summary('join signed audits of several auditors')
    .description(
      'Joins audits that `jikji audit --sign` wrote, of different keys and for one seal: which segments were trained again and by whom,\nand the chance and the room that result. Reports that do not count are named.\nExit code 0: they hold together; 1: disputed, or none counts; 3: consistent only; 2: the call is wrong, or no file is a signed audit.',
    )
    .argument('<report...>', 'signed audits')
    .option('--run <folder>', 'hold them against this run: its key, its segments, the roots of its states')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} audit merge one.json two.json three.json`)
    .action(async (files: string[], { run }: { run?: string }) => {
      if (files.length > MAX_REPORTS)
        throw new JikjiError(
          'usage',
          `at most ${MAX_REPORTS} reports are joined`,
          `${files.length} files`,
          'leave some out',
        );
      const { knownRun, mergeAudits, withRun } = await auditRoom();
      const reports = files.map(readReport);
      const known =
        run === undefined
          ? undefined
          : await interruptible((signal) => withRun(run, (folder) => knownRun(folder, signal), signal));
      const merged = mergeAudits(reports, known);
      const [unreadable] = merged.excluded;
      if (merged.seal === null && unreadable)
        throw new JikjiError('not-an-audit', unreadable.reason, unreadable.file, HINT);
      const claim = await claimOfMerged(merged);
      output.result({ ...merged, claim }, () => describe(output, merged, claim, known !== undefined));
      requireHolds(merged.verdict);
    });
}
