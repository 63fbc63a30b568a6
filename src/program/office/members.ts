// Acts of membership: organisations, consortia and their maker keys, corrections of names.

import { z } from 'zod';
import { countryOr } from '../../formats/index.ts';
import type { Json } from '../../ledger/index.ts';
import { evidenceLacks } from '../decision/index.ts';
import type { Title } from '../rules/index.ts';
import { NAMED_THINGS, nameNow } from '../state/index.ts';
import { act, entryAct, OFFICE, OFFICE_OR_CONSORTIUM } from './act.ts';
import { digest, id, newId, team, title } from './shapes.ts';
import { programmeOf } from './times.ts';
import { requireOwn } from './visibility.ts';

export const addOrganisation = entryAct({
  summary: 'Add an organisation',
  roles: OFFICE,
  input: z.strictObject({
    id: newId,
    name: title.describe('its name'),
    country: countryOr('not recorded').describe('its code of ISO 3166, such as KR, or "not recorded"'),
    roles: z
      .array(z.string().max(40))
      .max(20)
      .default([])
      .describe(
        'its place in the value chain: chip, memory, data-center, cloud, data, model, service, university or other',
      ),
  }),
  kind: 'organisation-added',
});

export const formConsortium = entryAct({
  summary: 'Form a consortium',
  roles: OFFICE,
  input: z.strictObject(team),
  kind: 'consortium-formed',
});

export const joinConsortium = entryAct({
  summary: 'An organisation came to a consortium after it was formed',
  roles: OFFICE,
  input: z.strictObject({ consortium: id, organisation: id.describe('one that was added') }),
  kind: 'member-joined',
});

/** Returns warnings: what the evidence of its submissions to open stages lacks with this key. */
export const nameMakerKey = act({
  summary: "Name the key that signs a consortium's runs",
  roles: OFFICE_OR_CONSORTIUM,
  input: z.strictObject({
    consortium: id,
    makerKey: digest.describe('64 hex digits, as "jikji key show" prints them'),
  }),
  async run(programme, { consortium, makerKey }, by) {
    const { tables } = programme;
    programmeOf(tables);
    requireOwn(by, consortium);
    const [entry] = await programme.record(by.actor, [
      { kind: 'consortium-key-named', data: { consortium, key: makerKey } },
    ]);
    const open = tables
      .all('stages')
      .filter(({ status, consortia }) => status === 'open' && consortia.includes(consortium));
    return { ...entry!, warnings: open.flatMap(({ id }) => evidenceLacks(tables, id, consortium)) };
  },
});

/** Returns the old name. */
export const mendName = act({
  summary: 'Mend a name that was entered wrongly; the log keeps both',
  roles: OFFICE,
  input: z.strictObject({
    what: z.enum(NAMED_THINGS),
    id: id.describe('its id, which stays'),
    name: title.describe('the name from now on'),
    reason: z.string().min(1).max(2000).optional().describe('why'),
  }),
  async run(programme, mending, by) {
    let before: Title | undefined;
    const [entry] = await programme.recordOnce(by.actor, (tables) => {
      before = nameNow(tables, mending.what, mending.id) as Title;
      return [{ kind: 'name-mended', data: { ...mending, before } as Json }];
    });
    return { before: before!, seq: entry!.seq };
  },
});
