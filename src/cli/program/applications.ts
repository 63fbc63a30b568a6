// `jikji program call, apply, review, select`: from a call to its consortia.

import { type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { type Team, teamOf, teamOptions } from './members.ts';
import { type NameOptions, type NewVerb, recording, titleOf, type Work } from './verb.ts';

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

interface Calling extends NameOptions {
  text?: string;
  until?: string;
  ruleBook?: string;
  close?: boolean;
}

interface Review {
  step: string;
  passed?: boolean;
  failed?: boolean;
  note?: string;
  reviewer?: string;
  points?: string[];
}

export function addApplications(verb: NewVerb): void {
  verb('call', 'open a call for applications, or close it')
    .example('call call-1 --name "First call" --until 2026-03-31T18:00+09:00 --rule-book korea')
    .nameOptions('its title')
    .newId()
    .option('--text <text>', 'what it says')
    .option('--until <time>', 'applications that come later are late')
    .option('--rule-book <name>', 'it selects by this one, by NAME, NAME@VERSION or the beginning of its digest')
    .option('--close', 'it takes no more applications')
    .handle((id: string, { close, text, until, ruleBook, ...title }: Calling) => {
      if (close) return recording('closeCall', { call: id }, `Closed the call ${id}`, { given: { id } });
      const call = {
        id,
        title: titleOf(id, title),
        text,
        until: until === undefined ? until : timeOf(until),
        ruleBook,
      };
      return recording('openCall', call, `Opened the call ${id}`);
    });

  teamOptions(verb('apply', 'an application to a call'))
    .example('apply han --call call-1 --lead han-models --member han-cloud --file plan.pdf')
    .requiredOption('--call <id>', 'the call')
    .repeatable('--file <file>', 'a file of the application; may be given several times')
    .handle((id: string, { call, file: paths = [], ...team }: Team & { call: string; file?: string[] }): Work => {
      for (const path of paths) requireFile(path);
      const receive = recording('receiveApplication', { ...teamOf(id, team), call }, `${id} has applied`);
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

  verb('review', "a reviewer's points for an application, or what a review found")
    .example('review han --step paper --reviewer kim --points plan=24.5, then: review han --step paper --passed')
    .argument('<application>')
    .requiredOption('--step <step>', 'paper, then presentation')
    .option('--reviewer <name>', 'who gives points')
    .repeatable('--points <criterion=points>', 'what he gives; may be given several times')
    .option('--passed', 'it goes on; one of the two is needed without points')
    .option('--failed', 'it does not')
    .option('--note <text>', 'why; with points, what the reviewer says')
    .handle((application: string, review: Review) => {
      const { step, passed = false, failed = false, note, reviewer, points } = review;
      if (points !== undefined && reviewer !== undefined && !passed && !failed) {
        const given = { application, step, reviewer, points: pointsOf(points), comment: note };
        return recording('giveReview', given, `${reviewer} has marked ${application}`);
      }
      if (points !== undefined || reviewer !== undefined)
        throw new JikjiError(
          'usage',
          'points have a reviewer and no result',
          application,
          'give --reviewer and --points',
        );
      if (passed === failed)
        throw new JikjiError('usage', 'a review has passed or failed', application, 'give --passed or --failed');
      const words = `${application} ${passed ? 'passed' : 'did not pass'} the ${step} review`;
      return recording('reviewApplication', { application, step, passed, note }, words);
    });

  verb('select', 'an application becomes a consortium')
    .example('select han')
    .argument('<application>')
    .option('--consortium <id>', "the consortium's id (default: the application's)")
    .handle((application: string, { consortium = application }: { consortium?: string }): Work => {
      return async ({ tables, room, perform }) => {
        const { call } = room.requireRow(tables, 'applications', application, 'application');
        const selected = [{ application, consortium }];
        const how = { names: { consortium: '--consortium' }, given: { consortium } };
        const { seq, link, kind } = await perform('selectApplications', { call, selected }, how);
        return {
          json: { seq, link, kind, application, consortium },
          lines: [`${application} was selected (entry ${seq})`],
        };
      };
    });
}
