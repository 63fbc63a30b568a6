// `jikji program organisation, call, apply, review, select, consortium, maker, join, rename`: who takes part.

import type { Command } from 'commander';
import { JikjiError } from '../../base/index.ts';
import { parseCountry } from '../../formats/index.ts';
import { collect } from '../option-values.ts';
import type { Output } from '../output.ts';
import {
  type Common,
  ID,
  type Named,
  named,
  oneOf,
  plainTitle,
  record,
  titleOf,
  verb,
  withProgramme,
} from './common.ts';

function addOrganisation(program: Command, output: Output): void {
  named(
    verb(
      program,
      'organisation',
      'add an organisation',
      'organisation rebellions --name Rebellions --country KR --role chip',
    ),
  )
    .argument(...ID)
    .requiredOption('--country <code>', 'its code of ISO 3166, such as KR, or "not recorded"')
    .option(
      '--role <role>',
      'its place in the value chain: chip, memory, data-center, cloud, data, model, service, university or other; may be given several times',
      collect,
    )
    .action((id: string, options: Common & Named & { country: string; role?: string[] }) => {
      const country =
        options.country === 'not recorded'
          ? options.country
          : parseCountry(options.country, `--country ${options.country}`);
      const input = { id, name: titleOf(id, options), country, roles: options.role ?? [] };
      return record(output, options, 'addOrganisation', { input, words: `Added ${id}` });
    });
}

function addCall(program: Command, output: Output): void {
  named(
    verb(program, 'call', 'open a call for applications, or close it', 'call call-1 --name "First call"'),
    'its title',
  )
    .argument(...ID)
    .option('--close', 'it takes no more applications')
    .action((id: string, options: Common & Named & { close?: boolean }) =>
      options.close
        ? record(output, options, 'closeCall', { input: { id }, words: `Closed the call ${id}` })
        : record(output, options, 'openCall', {
            input: { id, title: titleOf(id, options) },
            words: `Opened the call ${id}`,
          }),
    );
}

interface Team extends Common, Named {
  lead: string;
  member?: string[];
}

const teamOptions = (command: Command): Command =>
  named(command)
    .argument(...ID)
    .requiredOption('--lead <organisation>', 'who leads it')
    .option('--member <organisation>', 'may be given several times', collect);

const teamOf = (id: string, options: Team) => ({
  id,
  name: titleOf(id, options),
  lead: options.lead,
  members: options.member ?? [],
});

function addApply(program: Command, output: Output): void {
  teamOptions(
    verb(program, 'apply', 'an application to a call', 'apply han --call call-1 --lead han-models --member han-cloud'),
  )
    .requiredOption('--call <id>', 'the call')
    .action((id: string, options: Team & { call: string }) =>
      record(output, options, 'receiveApplication', {
        input: { ...teamOf(id, options), call: options.call },
        words: `${id} has applied`,
      }),
    );
}

interface Review extends Common {
  step: string;
  passed?: boolean;
  failed?: boolean;
  note?: string;
}

function addReview(program: Command, output: Output): void {
  verb(program, 'review', 'what a review of an application found', 'review han --step paper --passed')
    .argument('<application>')
    .requiredOption('--step <step>', 'paper, then presentation')
    .option('--passed', 'it goes on; one of the two is needed')
    .option('--failed', 'it does not')
    .option('--note <text>', 'why')
    .action((application: string, options: Review) => {
      const { step, note } = options;
      if (options.passed === options.failed)
        throw new JikjiError('usage', 'a review has passed or failed', application, 'give --passed or --failed');
      const passed = options.passed === true;
      return record(output, options, 'reviewApplication', {
        input: { application, step, passed, ...(note !== undefined && { note }) },
        words: `${application} ${passed ? 'passed' : 'did not pass'} the ${step} review`,
        names: { application: '<application>' },
      });
    });
}

function addSelect(program: Command, output: Output): void {
  verb(program, 'select', 'an application becomes a consortium', 'select han')
    .argument('<application>')
    .option('--consortium <id>', "the consortium's id (default: the application's)")
    .action((application: string, options: Common & { consortium?: string }) =>
      record(output, options, 'selectApplication', {
        input: { application, consortium: options.consortium ?? application },
        words: `${application} was selected`,
        names: { application: '<application>' },
      }),
    );
}

function addConsortium(program: Command, output: Output): void {
  teamOptions(
    verb(
      program,
      'consortium',
      'a consortium that came without a call',
      'consortium han --lead han-models --member han-cloud',
    ),
  ).action((id: string, options: Team) =>
    record(output, options, 'formConsortium', { input: teamOf(id, options), words: `Formed ${id}` }),
  );
}

function addMaker(program: Command, output: Output): void {
  verb(program, 'maker', "name the key that a consortium's runs are signed with", 'maker han 3f9a...')
    .argument('<consortium>')
    .argument('<fingerprint>', '64 hex digits, as "jikji key show" prints them')
    .action((consortium: string, fingerprint: string, options: Common) => {
      const key = fingerprint.toLowerCase();
      return record(output, options, 'nameMakerKey', {
        input: { consortium, makerKey: key },
        words: (nameOf) => `${nameOf(consortium)} signs with ${key.slice(0, 16)}...`,
        names: { consortium: '<consortium>', key: '<fingerprint>' },
        given: { consortium, key },
      });
    });
}

function addJoin(program: Command, output: Output): void {
  verb(program, 'join', 'an organisation came to a consortium after it was formed', 'join han han-chips')
    .argument('<consortium>')
    .argument('<organisation>', 'one that was added')
    .action((consortium: string, organisation: string, options: Common) =>
      record(output, options, 'joinConsortium', {
        input: { consortium, organisation },
        words: (nameOf) => `${organisation} is in ${nameOf(consortium)}`,
        names: { consortium: '<consortium>', organisation: '<organisation>' },
      }),
    );
}

function addRename(program: Command, output: Output): void {
  named(
    verb(
      program,
      'rename',
      'mend a name that was entered wrongly; the log keeps both',
      'rename consortium han --name "Han Models" --reason "a typing error"',
    ),
    'the name from now on',
  )
    .argument('<what>', 'programme, organisation, consortium, application, call or stage')
    .argument('<id>', 'its id, which stays')
    .option('--reason <text>', 'why')
    .action(async (wanted: string, id: string, options: Common & Named & { reason?: string }) => {
      const { name, nameKo, reason } = options;
      if (name === undefined && nameKo === undefined)
        throw new JikjiError(
          'usage',
          'a name is needed',
          id,
          'give --name, --name-ko or both; one that is left out stays',
        );
      const done = await withProgramme(options, async ({ tables, room, perform }) => {
        const what = oneOf(room.NAMED_THINGS, wanted, 'there are no names of this');
        const before = room.nameNow(tables, what, id);
        const ko = nameKo ?? before.ko;
        const after = { en: name ?? before.en, ...(ko !== undefined && { ko }) };
        const mending = { what, id, name: after, ...(reason !== undefined && { reason }) };
        return { ...mending, ...(await perform('mendName', mending)) };
      });
      output.result(done, () =>
        output.line(`${plainTitle(done.before)} is now ${plainTitle(done.name)} (entry ${done.seq})`),
      );
    });
}

export function addMembers(program: Command, output: Output): void {
  for (const add of [
    addOrganisation,
    addCall,
    addApply,
    addReview,
    addSelect,
    addConsortium,
    addMaker,
    addJoin,
    addRename,
  ])
    add(program, output);
}
