// `jikji program audit-report` and `audit-part`: audits that others signed come in and add up, and parts that nobody has done go out.

import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { JikjiError, systemCode } from '../../base/index.ts';
import type { Joined } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { claimLines } from '../claim-lines.ts';
import type { Output } from '../output.ts';
import { percent } from '../text.ts';
import { type Common, verb, withProgramme } from './common.ts';

/** More than a signed audit has. */
const MAX_BYTES = 4 << 20;
const WHOSE = 'whose it is: office, consortium:ID or auditor:NAME';
const NAMES = { submission: '<submission>', by: '--by', report: '<file>' };

function parseShare(text: string): number {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new JikjiError('usage', '--share takes a number above 0 and at most 1', text, 'such as --share 0.1');
}

function readReport(file: string): string {
  try {
    const stat = statSync(file);
    if (stat.isFile() && stat.size <= MAX_BYTES) return readFileSync(file, 'utf8');
    const what = stat.isFile() ? `has ${stat.size} bytes, far more than a signed audit` : 'is not a file';
    throw new JikjiError('not-an-audit', what, file, 'name a file that jikji audit --sign wrote');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    const hint = 'name a file that jikji audit --sign wrote';
    throw new JikjiError('file-missing', 'cannot be read', file, hint, { cause: error });
  }
}

/** What the audits of a submission come to together, and those that do not count. */
export function describeJoined(output: Output, joined: Joined, indent = ''): void {
  const [head, ...more] = claimLines(joined.claim.en);
  output.line(`${indent}${head}`);
  for (const line of more) output.line(`${indent}  ${line}`);
  for (const { by, key, segments } of joined.auditors)
    output.line(`${indent}  ${by}  ${segments} of ${joined.segments} segments  ${key}`);
  for (const { by, digest, reason } of joined.reports)
    if (reason !== null) output.line(`${indent}  does not count: report ${digest.slice(0, 16)} of ${by}: ${reason}`);
}

export function addAudits(program: Command, output: Output): void {
  verb(
    program,
    'audit-report',
    'take in a signed audit of a submission, which adds to the others',
    'audit-report azalea-0f3c azalea-0f3c-12-20.json --by consortium:bellflower',
  )
    .argument('<submission>', 'what was audited')
    .argument('<file>', 'what "jikji audit --sign" wrote')
    .option('--by <who>', WHOSE, 'office')
    .action(async (submission: string, file: string, { by, ...options }: Common & { by: string }) => {
      const report = readReport(file);
      const how = { names: NAMES, given: { submission, by, report: file } };
      const joined = await withProgramme(options, ({ perform }) =>
        perform('handInAudit', { submission, by, report }, how),
      );
      output.result({ submission, ...joined }, () => describeJoined(output, joined));
    });

  verb(
    program,
    'audit-part',
    'hand out a part of a submission that nobody has trained again',
    'audit-part azalea-0f3c --share 0.1 --by consortium:bellflower',
  )
    .argument('<submission>', 'what is to be audited')
    .option('--share <x>', 'about so much of the steps, above 0 and at most 1', parseShare, 0.1)
    .option('--by <who>', WHOSE.replace('it is', 'part it is'), 'office')
    .action(async (submission: string, { by, share, ...options }: Common & { by: string; share: number }) => {
      const { part, command } = await withProgramme(options, ({ perform }) =>
        perform('takeAuditPart', { submission, share, by }, { names: NAMES }),
      );
      output.result({ submission, by, part, command }, () => {
        if (!part) return output.line('Every segment was trained again by somebody already.');
        const { from, to, segments } = part;
        output.line(`Segments ${from}-${to} of ${segments}, ${percent(part.share)} of the steps, for ${by}`);
        output.line(`  ${command}`);
        output.line(
          `then\n  ${calledAs()} program audit-report ${submission} ${command!.split(' ').at(-1)} --by ${by}`,
        );
      });
    });
}
