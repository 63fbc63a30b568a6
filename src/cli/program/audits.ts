// `jikji program audit-report` and `audit-part`: takes in signed audits, and assigns parts that no auditor has trained again.

import { JikjiError } from '../../base/index.ts';
import type { JoinedAudits } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { claimLines } from '../claim-lines.ts';
import { readSignedAudit } from '../signed-audit-file.ts';
import { percent } from '../text.ts';
import type { NewVerb } from './verb.ts';

/** Above the size of any signed audit. */
const MAX_BYTES = 4 << 20;
const WHOSE = 'whose it is: office, consortium:ID or auditor:NAME';

function readShare(text: string): number {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new JikjiError('usage', '--share takes a number above 0 and at most 1', text, 'such as --share 0.1');
}

const readReport = (file: string): string =>
  readSignedAudit(file, MAX_BYTES, 'name a file that jikji audit --sign wrote');

/** The joint claim of the audits of a submission, and the reports that do not count. */
export function joinedLines({ claim, auditors, reports, segments: all }: JoinedAudits): string[] {
  const [head, ...more] = claimLines(claim.en);
  return [
    head,
    ...more.map((line) => `  ${line}`),
    ...auditors.map(({ by, key, segments }) => `  ${by}  ${segments} of ${all} segments  ${key}`),
    ...reports
      .filter(({ reason }) => reason !== null)
      .map(({ by, digest, reason }) => `  does not count: report ${digest.slice(0, 16)} of ${by}: ${reason}`),
  ];
}

export function addAudits(verb: NewVerb): void {
  verb('audit-report', 'take in a signed audit of a submission, which adds to the others')
    .example('audit-report azalea-0f3c azalea-0f3c-12-20.json --by consortium:bellflower')
    .option('--by <who>', WHOSE, 'office')
    .takes('handInAudit', { submission: '<submission>', report: ['<file>', readReport], by: true })
    .does('handInAudit', async ({ perform }, input) => {
      const joined = await perform('handInAudit', input);
      return { json: { submission: input.submission, ...joined }, lines: joinedLines(joined) };
    });

  verb('audit-part', 'hand out a part of a submission that nobody has trained again')
    .example('audit-part azalea-0f3c --share 0.1 --by consortium:bellflower')
    .takes('takeAuditPart', { submission: '<submission>', share: ['--share <x>', readShare] })
    .option('--by <who>', WHOSE.replace('it is', 'part it is'), 'office')
    .does(
      'takeAuditPart',
      async ({ perform }, input, by) => {
        const { submission } = input;
        const { part, command } = await perform('takeAuditPart', { ...input, by });
        const json = { submission, by, part, command };
        if (!part) return { json, lines: ['Every segment was trained again by somebody already.'] };
        const { from, to, segments } = part;
        const file = command!.split(' ').at(-1);
        return {
          json,
          lines: [
            `Segments ${from}-${to} of ${segments}, ${percent(part.share)} of the steps, for ${by}`,
            `  ${command}`,
            `then\n  ${calledAs()} program audit-report ${submission} ${file} --by ${by}`,
          ],
        };
      },
      ({ by }: { by: string }) => by,
    );
}
