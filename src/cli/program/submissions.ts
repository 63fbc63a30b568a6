// `jikji program submit, work`: submissions come in, are audited and evaluated.

import type { Command } from 'commander';
import type { IntakeEvent, WorkCounts } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { claimLines } from '../claim-lines.ts';
import { interruptible } from '../interrupt.ts';
import { LiveBlock } from '../live-lines.ts';
import type { Output } from '../output.ts';
import { bytes, fit } from '../text.ts';
import { type Common, type Opened, officeSignerAtHand, stageOf, verb, withProgramme } from './common.ts';

/** A live line for what goes on, and a lasting one for what came of it. */
function reporter(output: Output): { tell: (event: IntakeEvent) => void; close: () => void } {
  const screen = output.progress;
  const live = screen.isTTY && process.env.TERM !== 'dumb' ? new LiveBlock(screen) : undefined;
  const lasting = (text: string): void => {
    live?.draw([]);
    output.line(text);
  };
  return {
    tell(event) {
      const { submission } = event;
      switch (event.kind) {
        case 'started': {
          const text = `${submission}: ${event.work === 'audit' ? 'audit' : 'evaluation'} ...`;
          if (live) live.draw([fit(text, live.columns - 1)]);
          else output.line(text);
          break;
        }
        case 'progress':
          live?.draw([fit(`${submission}: ${event.text}`, live.columns - 1)]);
          break;
        case 'audited':
          for (const line of claimLines(event.audit.claim.en)) lasting(`${submission}: ${line}`);
          break;
        case 'evaluated':
          lasting(`${submission}: ${event.task} ${event.metric} ${event.value.toFixed(4)}`);
          break;
        case 'missing':
          lasting(`${submission}: no result of ${event.missing.task}: ${event.missing.message}`);
          break;
        case 'refused':
          lasting(`${submission}: refused: ${event.reason}`);
          break;
      }
    },
    close: () => live?.draw([]),
  };
}

/** Does what is to be done until there is nothing, or until it is stopped. */
async function workOn(output: Output, { room, programme, files }: Opened, untilEmpty: boolean): Promise<WorkCounts> {
  const report = reporter(output);
  const note = () => process.stderr.write('Stopping; what was begun is taken up again with: jikji program work\n');
  try {
    return await interruptible((signal) => {
      const signer = () => officeSignerAtHand(programme.tables);
      return room.work(programme, files, { signal, untilEmpty, onEvent: report.tell, signer });
    }, note);
  } finally {
    report.close();
  }
}

export function addSubmissions(program: Command, output: Output): void {
  verb(program, 'submit', 'take in a submission, audit and evaluate it', 'submit hello.tar --consortium azalea')
    .argument('<bundle or run>', 'a bundle that "jikji bundle" made, or a run folder')
    .requiredOption('--consortium <id>', 'whose it is')
    .option('--stage <id>', 'default: the last one')
    .option('--on <cluster>', 'where it was made: a cluster of the catalogue')
    .option('--id <id>', 'what it is called (default: after consortium and digest)')
    .option('--queue', 'only take it in; "jikji program work" does the rest')
    .action(
      async (
        path: string,
        options: Common & { consortium: string; stage?: string; on?: string; id?: string; queue?: boolean },
      ) => {
        const result = await withProgramme(options, async (opened) => {
          const { tables, room, perform } = opened;
          const stage = stageOf(tables, options.stage);
          const { consortium, id, on } = options;
          const given = {
            stage,
            consortium,
            path,
            ...(on !== undefined && { cluster: on }),
            ...(id !== undefined && { id }),
          };
          const taken = await interruptible(
            (signal) => perform('submit', given, { by: { signal } }),
            () => {},
          );
          output.line(`Took in ${taken.submission}, ${bytes(taken.bytes)}`);
          if (!options.queue) await workOn(output, opened, true);
          const row = tables.get('submissions', taken.submission)!;
          const evaluations = [...tables.of('evaluations', 'submission', taken.submission)].map(
            ({ task, metric, value, stderr, n }) => ({ task, metric, value, stderr, n }),
          );
          return {
            submission: taken.submission,
            stage,
            consortium,
            digest: taken.digest,
            bytes: taken.bytes,
            status: row.status,
            audit: room.auditShown(tables, taken.submission) ?? null,
            maker: row.maker,
            evaluations,
          };
        });
        output.result(result, () => {
          output.line(`  digest  ${result.digest}`);
          output.line(`  status  ${result.status}`);
          const next = options.queue ? 'work' : 'standings';
          output.line(`Next:\n  ${calledAs()} program ${next}`);
        });
      },
    );

  verb(program, 'work', 'audit and evaluate what waits', 'work')
    .option('--wait', 'go on waiting for more, until it is stopped')
    .action(async (options: Common & { wait?: boolean }) => {
      const counts = await withProgramme(options, (opened) => workOn(output, opened, !options.wait));
      output.result(counts, () =>
        output.line(`${counts.audited} audited, ${counts.evaluated} results, ${counts.refused} refused`),
      );
    });
}
