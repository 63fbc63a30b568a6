// `jikji program create, example, organisation, call, apply, review, select, consortium, maker, join, rename`: who takes part.

import type { Command } from 'commander';
import { JikjiError } from '../../base/index.ts';
import { parseCountry } from '../../formats/index.ts';
import { calledAs } from '../called-as.ts';
import { collect } from '../option-values.ts';
import type { Output } from '../output.ts';
import {
  type Common,
  type Named,
  named,
  namingArguments,
  OFFICE_KEY,
  plainTitle,
  record,
  signerOrNew,
  titleOf,
  verb,
  withProgramme,
} from './common.ts';

export function addMembers(program: Command, output: Output): void {
  const note = (text: string) => void process.stderr.write(`${text}\n`);

  named(
    verb(
      program,
      'create',
      'begin a new programme',
      'create korea-llm --name "Homegrown models" --name-ko "독자 모델"',
    ),
  )
    .argument('<id>', 'lower-case letters, digits and hyphens')
    .option('--practice', 'it is made up, to practise with')
    .option('--key <name>', 'the key that the office signs with', OFFICE_KEY)
    .action(async (id: string, options: Common & Named & { practice?: boolean; key: string }) => {
      const signer = await signerOrNew(options.key, note);
      const mode = options.practice ? 'practice' : 'real';
      const where = await withProgramme(
        options,
        async (programme, _files, { foundProgramme, officeActor }) => {
          const founding = { id, name: titleOf(id, options), mode } as const;
          await namingArguments(founding, {}, () => foundProgramme(programme, signer, founding, officeActor()));
          return programme.store.where;
        },
        { begin: true },
      );
      output.result({ programme: id, database: where, officeKey: signer.fingerprint }, () => {
        output.line(`The programme ${id} lives in ${where}`);
        output.line(`  its office signs with ${signer.fingerprint}`);
        output.line(`Next:\n  ${calledAs()} program organisation ...   then a call, or consortia`);
      });
    });

  verb(program, 'example', 'fill an empty database with an example', 'example practice --database practice')
    .argument('<name>', 'practice, or korea-2025 (a record of what was published)')
    .option('--key <name>', 'the key that the office of practice signs with', OFFICE_KEY)
    .action(async (name: string, options: Common & { key: string }) => {
      const result = await withProgramme(
        options,
        async (programme, _files, room) => {
          const found = room.EXAMPLES.find((one) => one === name);
          if (!found)
            throw new JikjiError(
              'usage',
              'there is no example of this name',
              name,
              `there are: ${room.EXAMPLES.join(', ')}`,
            );
          const signer = () => signerOrNew(options.key, note);
          const { mode } = await room.takeExample(programme, found, signer, room.officeActor());
          const consortia = [...programme.tables.all('consortia')].map(({ id }) => id);
          return { example: found, mode, database: programme.store.where, entries: programme.head.seq, consortia };
        },
        { begin: true },
      );
      output.result(result, () => {
        output.line(`${name}: ${result.entries} entries, ${result.consortia.length} consortia, in ${result.database}`);
        const next = result.mode === 'record' ? 'report --out report.html' : 'open stage-1';
        const where = options.database === undefined ? '' : ` --database ${options.database}`;
        output.line(`Next:\n  ${calledAs()} program ${next}${where}`);
      });
    });

  named(
    verb(
      program,
      'organisation',
      'add an organisation',
      'organisation rebellions --name Rebellions --country KR --role chip',
    ),
  )
    .argument('<id>', 'lower-case letters, digits and hyphens')
    .requiredOption('--country <code>', 'its code of ISO 3166, such as KR, or "not recorded"')
    .option(
      '--role <role>',
      'its place in the value chain: chip, memory, data-center, cloud, data, model, service, university or other; may be given several times',
      collect,
    )
    .action((id: string, options: Common & Named & { country: string; role?: string[] }) => {
      const { country } = options;
      const code = country === 'not recorded' ? country : parseCountry(country, `--country ${country}`);
      const data = { id, name: titleOf(id, options), country: code, roles: options.role ?? [] };
      return record(output, options, 'organisation-added', data, `Added ${id}`);
    });

  named(
    verb(program, 'call', 'open a call for applications, or close it', 'call call-1 --name "First call"'),
    'its title',
  )
    .argument('<id>', 'lower-case letters, digits and hyphens')
    .option('--close', 'it takes no more applications')
    .action((id: string, options: Common & Named & { close?: boolean }) =>
      options.close
        ? record(output, options, 'call-closed', { id }, `Closed the call ${id}`)
        : record(output, options, 'call-opened', { id, title: titleOf(id, options) }, `Opened the call ${id}`),
    );

  const consortium = (command: Command): Command =>
    named(command)
      .argument('<id>', 'lower-case letters, digits and hyphens')
      .requiredOption('--lead <organisation>', 'who leads it')
      .option('--member <organisation>', 'may be given several times', collect);
  interface Team extends Common, Named {
    lead: string;
    member?: string[];
  }
  const team = (id: string, options: Team) => ({
    id,
    name: titleOf(id, options),
    lead: options.lead,
    members: options.member ?? [],
  });

  consortium(
    verb(program, 'apply', 'an application to a call', 'apply han --call call-1 --lead han-models --member han-cloud'),
  )
    .requiredOption('--call <id>', 'the call')
    .action((id: string, options: Team & { call: string }) =>
      record(
        output,
        options,
        'application-received',
        { ...team(id, options), call: options.call },
        `${id} has applied`,
      ),
    );

  verb(program, 'review', 'what a review of an application found', 'review han --step paper --passed')
    .argument('<application>')
    .requiredOption('--step <step>', 'paper, then presentation')
    .option('--passed', 'it goes on; one of the two is needed')
    .option('--failed', 'it does not')
    .option('--note <text>', 'why')
    .action(
      (application: string, options: Common & { step: string; passed?: boolean; failed?: boolean; note?: string }) => {
        if (options.passed === options.failed)
          throw new JikjiError('usage', 'a review has passed or failed', application, 'give --passed or --failed');
        const data = {
          application,
          step: options.step,
          passed: options.passed === true,
          ...(options.note === undefined ? {} : { note: options.note }),
        };
        const words = data.passed ? 'passed' : 'did not pass';
        return record(
          output,
          options,
          'application-reviewed',
          data,
          `${application} ${words} the ${options.step} review`,
          { application: '<application>' },
        );
      },
    );

  verb(program, 'select', 'an application becomes a consortium', 'select han')
    .argument('<application>')
    .option('--consortium <id>', "the consortium's id (default: the application's)")
    .action((application: string, options: Common & { consortium?: string }) => {
      const data = { application, consortium: options.consortium ?? application };
      return record(output, options, 'application-selected', data, `${application} was selected`, {
        application: '<application>',
      });
    });

  consortium(
    verb(
      program,
      'consortium',
      'a consortium that came without a call',
      'consortium han --lead han-models --member han-cloud',
    ),
  ).action((id: string, options: Team) =>
    record(output, options, 'consortium-formed', team(id, options), `Formed ${id}`),
  );

  verb(program, 'maker', "name the key that a consortium's runs are signed with", 'maker han 3f9a...')
    .argument('<consortium>')
    .argument('<fingerprint>', '64 hex digits, as "jikji key show" prints them')
    .action((name: string, fingerprint: string, options: Common) => {
      const data = { consortium: name, key: fingerprint.toLowerCase() };
      const human = (nameOf: (consortium: string) => string) =>
        `${nameOf(name)} signs with ${data.key.slice(0, 16)}...`;
      return record(output, options, 'consortium-key-named', data, human, {
        consortium: '<consortium>',
        key: '<fingerprint>',
      });
    });

  verb(program, 'join', 'an organisation came to a consortium after it was formed', 'join han han-chips')
    .argument('<consortium>')
    .argument('<organisation>', 'one that was added')
    .action((consortium: string, organisation: string, options: Common) =>
      record(
        output,
        options,
        'member-joined',
        { consortium, organisation },
        (nameOf) => `${organisation} is in ${nameOf(consortium)}`,
        { consortium: '<consortium>', organisation: '<organisation>' },
      ),
    );

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
    .action(async (what: string, id: string, options: Common & Named & { reason?: string }) => {
      const { name, nameKo, reason } = options;
      if (name === undefined && nameKo === undefined)
        throw new JikjiError(
          'usage',
          'a name is needed',
          id,
          'give --name, --name-ko or both; one that is left out stays',
        );
      const done = await withProgramme(options, async (programme, _files, room) => {
        const thing = room.NAMED_THINGS.find((one) => one === what);
        if (!thing)
          throw new JikjiError(
            'usage',
            'there are no names of this',
            what,
            `there are: ${room.NAMED_THINGS.join(', ')}`,
          );
        const before = room.nameNow(programme.tables, thing, id);
        const ko = nameKo ?? before.ko;
        const after = { en: name ?? before.en, ...(ko === undefined ? {} : { ko }) };
        const mending = { what: thing, id, name: after, ...(reason === undefined ? {} : { reason }) };
        const { seq } = await namingArguments(mending, {}, () => room.mendName(programme, mending, room.officeActor()));
        return { ...mending, before, seq };
      });
      output.result(done, () =>
        output.line(`${plainTitle(done.before)} is now ${plainTitle(done.name)} (entry ${done.seq})`),
      );
    });
}
