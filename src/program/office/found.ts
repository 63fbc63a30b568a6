// How a programme begins: a new one, or one of those that come with Jikji. Knows no stage.

import { userInfo } from 'node:os';
import { JikjiError } from '../../base/index.ts';
import type { Json, Signer } from '../../ledger/index.ts';
import { type Example, type ExampleName, loadExample } from '../examples/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Title } from '../rules/index.ts';
import { registerRuleBook } from './rule-books.ts';

/** Who works at the office's command line, as the log has it. */
export function officeActor(): string {
  let name = 'somebody';
  try {
    name = userInfo().username;
  } catch {
    // a machine without a list of users
  }
  return `office:${name}`;
}

/** @throws JikjiError `programme-exists` */
export async function foundProgramme(
  programme: Programme,
  signer: Signer,
  { id, name, mode }: { id: string; name: Title; mode: 'real' | 'practice' },
  actor: string,
): Promise<void> {
  const data = { id, name, mode, officeKey: signer.fingerprint } as unknown as Json;
  await programme.record(actor, [{ kind: 'programme-created', data }]);
}

/**
 * Fills an empty database with an example. A record is taken over as it is, each entry under its own day; a programme to practise with
 * gets an office's key and its rule books registered.
 * @throws JikjiError `programme-exists`
 */
export async function takeExample(
  programme: Programme,
  name: ExampleName,
  signer: () => Promise<Signer>,
  actor: string,
): Promise<Example> {
  const [there] = programme.tables.all('programmes');
  if (there)
    throw new JikjiError(
      'programme-exists',
      `this database holds the programme ${there.id}`,
      programme.store.where,
      'name another folder with --database',
    );
  const example = loadExample(name, new Date().toISOString());
  const office = example.mode === 'record' ? undefined : await signer();
  for (let from = 0; from < example.events.length; ) {
    const { time, actor } = example.events[from]!;
    let to = from;
    while (example.events[to]?.time === time && example.events[to]?.actor === actor) to++;
    const proposals = example.events.slice(from, to).map(({ kind, data }) => {
      const own = office && kind === 'programme-created' ? { officeKey: office.fingerprint } : {};
      return { kind, data: { ...(data as object), ...own } as Json };
    });
    await programme.record(actor, proposals, time);
    from = to;
  }
  if (office)
    for (const { file, text } of example.ruleBooks) await registerRuleBook(programme, office, { text, file }, actor);
  return example;
}
