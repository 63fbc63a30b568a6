// `jikji program call, apply, review, select`: from a call to its consortia.

import { type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { TEAM } from './members.ts';
import type { NewVerb, Work } from './verb.ts';

/** A time as ISO 8601; without an offset it is this machine's. @throws JikjiError `usage` */
function timeOf(text: string): string {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  const hint = 'write for example --until 2026-03-31T18:00+09:00';
  throw new JikjiError('usage', '--until takes a day and a time', `--until ${text}`, hint);
}

/** Points by criterion, from `plan=24.5`. @throws JikjiError `usage` */
const pointsOf = (given: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    given.map((text) => {
      const [, criterion, points] = /^([a-z0-9][a-z0-9-]{0,63})=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
      if (criterion !== undefined) return [criterion, Number(points)];
      const hint = 'write for example --points plan=24.5';
      throw new JikjiError('usage', '--points takes a criterion and its points', `--points ${text}`, hint);
    }),
  );

/** Before anything is recorded; the act checks the rest. @throws JikjiError `file-unreadable`, `application-file-empty` */
function requireFile(path: string): void {
  let found: Stats | undefined;
  try {
    found = statSync(path, { throwIfNoEntry: false });
  } catch {
    // told below
  }
  if (!found?.isFile())
    throw new JikjiError('file-unreadable', 'this is not a file that can be read', path, 'check its name');
  if (found.size === 0)
    throw new JikjiError('application-file-empty', 'this file is empty', path, 'send the file with its content');
}

interface Review {
  step: string;
  note?: string;
  passed?: boolean;
  failed?: boolean;
  reviewer?: string;
  points?: string[];
}

export function addApplications(verb: NewVerb): void {
  const call = verb('call', 'open a call for applications, or close it')
    .example('call call-1 --name "First call" --until 2026-03-31T18:00+09:00 --rule-book korea')
    .takes('openCall', {
      title: true,
      id: '<id>',
      text: true,
      until: ['--until <time>', timeOf],
      ruleBook: '--rule-book <name>',
    })
    .takes('closeCall', { call: '<id>' })
    .option('--close', 'it takes no more applications');
  call.handle((id: string, { close }: { close?: boolean }) =>
    close ? call.recording('closeCall', `Closed the call ${id}`) : call.recording('openCall', `Opened the call ${id}`),
  );

  const apply = verb('apply', 'an application to a call')
    .example('apply han --call call-1 --lead han-models --member han-cloud --file plan.pdf')
    .takes('receiveApplication', { ...TEAM, call: true })
    .repeatable('--file <file>', 'a file of the application; may be given several times');
  apply.handle((id: string, { file: paths = [] }: { file?: string[] }): Work => {
    for (const path of paths) requireFile(path);
    const receive = apply.recording('receiveApplication', `${id} has applied`);
    return async (opened) => {
      const { json, lines } = await receive(opened);
      const files = [];
      for (const path of paths)
        files.push(await opened.perform('addApplicationFile', { application: id, name: basename(path), path }));
      return {
        json: { ...json, ...(files.length > 0 && { files }) },
        lines: [...lines, ...files.map(({ name, bytes, sha256 }) => `  ${name}, ${bytes} bytes, SHA-256 ${sha256}`)],
      };
    };
  });

  const review = verb('review', "a reviewer's points for an application, or what a review found")
    .example('review han --step paper --reviewer kim --points plan=24.5, then: review han --step paper --passed')
    .takes('giveReview', { application: '<application>', step: '--step <step>', reviewer: '--reviewer <name>' })
    .repeatable('--points <criterion=points>', 'what he gives; may be given several times')
    .option('--passed', 'it goes on; one of the two is needed without points')
    .option('--failed', 'it does not')
    .takes('reviewApplication', { application: '<application>', step: '--step <step>', note: true })
    .naming({ comment: '--note' });
  review.handle((application: string, given: Review) => {
    const { step, passed = false, failed = false, note, reviewer, points } = given;
    const wrong = (message: string, hint: string) => new JikjiError('usage', message, application, hint);
    if (points !== undefined && reviewer !== undefined && !passed && !failed)
      return review.recording('giveReview', `${reviewer} has marked ${application}`, {
        points: pointsOf(points),
        comment: note,
      });
    if (points !== undefined || reviewer !== undefined)
      throw wrong('points have a reviewer and no result', 'give --reviewer and --points');
    if (passed === failed) throw wrong('a review has passed or failed', 'give --passed or --failed');
    const words = `${application} ${passed ? 'passed' : 'did not pass'} the ${step} review`;
    return review.recording('reviewApplication', words, { passed });
  });

  verb('select', 'an application becomes a consortium')
    .example('select han')
    .argument('<application>')
    .option('--consortium <id>', "the consortium's id (default: the application's)")
    .handle((application: string, { consortium = application }: { consortium?: string }): Work => {
      return async ({ tables, room, perform }) => {
        const { call } = room.requireRow(tables, 'applications', application, 'application');
        const selected = [{ application, consortium }];
        const { seq, link, kind } = await perform('selectApplications', { call, selected });
        return {
          json: { seq, link, kind, application, consortium },
          lines: [`${application} was selected (entry ${seq})`],
        };
      };
    });
}
