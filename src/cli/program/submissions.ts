// `jikji program submit, work`: takes in submissions, audits and evaluates them.

import type { IntakeEvent, WorkCounts } from '../../program/index.ts';
import { claimLines } from '../claim-lines.ts';
import { interruptible } from '../interrupt.ts';
import { LiveLine } from '../live-block.ts';
import { note, type Output } from '../output.ts';
import { bytes } from '../text.ts';
import { officeSignerAtHand } from './office-key.ts';
import type { OpenProgramme } from './opened.ts';
import { type ActArguments, type ActingProgramme, type NewVerb, next, type VerbResult } from './verb.ts';

const WORK = { audit: 'audit', evaluate: 'evaluation', compare: 'comparison of weights' };

/** Prints the events of intake: a live line for progress, a lasting one for each result. */
function createReporter(output: Output): { onEvent: (event: IntakeEvent) => void; close: () => void } {
  const live = new LiveLine(output.progress);
  const printLine = (text: string): void => {
    live.clear();
    output.line(text);
  };
  return {
    onEvent(event) {
      const { submission } = event;
      switch (event.kind) {
        case 'started': {
          const text = `${submission}: ${WORK[event.work]} ...`;
          live.show(text, text);
          break;
        }
        case 'progress':
          live.show(`${submission}: ${event.text}`);
          break;
        case 'audited':
          for (const line of claimLines(event.audit.claim.en)) printLine(`${submission}: ${line}`);
          break;
        case 'evaluated':
          printLine(`${submission}: ${event.task} ${event.metric} ${event.value.toFixed(4)}`);
          break;
        case 'compared': {
          const other = 'reference' in event.with ? event.with.reference : event.with.submission;
          const shared = event.found?.groups.filter(({ verdict }) => verdict === 'shares' || verdict === 'identical');
          const found = shared && (shared.length > 0 ? `shares ${shared.length} parts` : 'no part is shared');
          printLine(`${submission}: compared with ${other}: ${found ?? `not possible: ${event.failure?.message}`}`);
          break;
        }
        case 'missing':
          printLine(`${submission}: no result of ${event.missing.task}: ${event.missing.message}`);
          break;
        case 'refused':
          printLine(`${submission}: refused: ${event.reason}`);
          break;
      }
    },
    close: () => live.clear(),
  };
}

/** Works on the queue until it is empty (if `untilEmpty`) or until Ctrl-C. */
async function workOn(
  output: Output,
  { room, programme, files }: OpenProgramme,
  untilEmpty: boolean,
): Promise<WorkCounts> {
  const report = createReporter(output);
  try {
    return await interruptible(
      (signal) => {
        const signer = () => officeSignerAtHand(programme.tables);
        return room.work(programme, files, { signal, untilEmpty, onEvent: report.onEvent, signer });
      },
      () => note('Stopping; unfinished work resumes with: jikji program work'),
    );
  } finally {
    report.close();
  }
}

/** Takes in a submission, then audits and evaluates it unless `queue` leaves that to `work`. */
async function submit(
  output: Output,
  opened: ActingProgramme,
  input: ActArguments<'submit'>,
  queue: boolean | undefined,
): Promise<VerbResult> {
  const { tables, room, perform } = opened;
  const { stage, consortium } = input;
  const { submission, digest, ...taken } = await interruptible((signal) => perform('submit', input, { signal }));
  output.line(`Took in ${submission}, ${bytes(taken.bytes)}`);
  if (!queue) await workOn(output, opened, true);
  const { status, maker } = tables.get('submissions', submission)!;
  const audit = room.auditShown(tables, submission) ?? null;
  const evaluations = tables
    .of('evaluations', 'submission', submission)
    .map(({ task, metric, value, stderr, n }) => ({ task, metric, value, stderr, n }));
  return {
    json: { submission, stage, consortium, digest, bytes: taken.bytes, status, audit, maker, evaluations },
    lines: [`  digest  ${digest}`, `  status  ${status}`, next(queue ? 'work' : 'standings')],
  };
}

export function addSubmissions(verb: NewVerb, output: Output): void {
  verb('submit', 'take in a submission, audit, evaluate and compare it')
    .example('submit hello.tar --consortium azalea')
    .takes('submit', {
      path: '<bundle or run>',
      consortium: true,
      stage: true,
      cluster: '--on <cluster>',
      id: true,
    })
    .option('--queue', 'only take it in; "jikji program work" does the rest')
    .does(
      'submit',
      (opened, input, queue) => submit(output, opened, input, queue),
      ({ queue }: { queue?: boolean }) => queue,
    );

  verb('work', 'audit, evaluate and compare what waits')
    .example('work')
    .option('--wait', 'go on waiting for more, until it is stopped')
    .handle(({ wait = false }: { wait?: boolean }) => async (opened) => {
      const counts = await workOn(output, opened, !wait);
      const { audited, evaluated, compared, refused } = counts;
      return {
        json: counts,
        lines: [`${audited} audited, ${evaluated} results, ${compared} comparisons, ${refused} refused`],
      };
    });
}
