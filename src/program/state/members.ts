// Entries of membership: the programme itself, organisations, consortia.

import { z } from 'zod';
import { addInterests } from './experts.ts';
import { digest, id, sources } from './fields.ts';
import { kind, requireFree, requireRow } from './kind.ts';
import * as refuse from './refusals/members.ts';
import { unsignedProgramme } from './refusals/things.ts';
import { ROW } from './rows.ts';
import { requireActiveConsortium } from './stages.ts';
import type { Tables } from './tables.ts';

export const programmeCreated = kind({
  shape: ROW.programmes.omit({ created: true }).extend({ officeKey: digest.optional() }),
  check(tables, data) {
    if (data.mode === 'real' && !data.officeKey) throw unsignedProgramme(data.id);
    const [there] = tables.all('programmes');
    if (there) throw refuse.programmeThere(data.id, there.id);
  },
  apply: (tables, data, { time }) =>
    tables.put('programmes', { ...data, officeKey: data.officeKey ?? null, created: time }),
});

/** Lead and members must exist. @throws JikjiError `organisation-unknown` */
export function knownMembers(
  tables: Tables,
  { lead, members }: { lead: string; members: string[] | 'not recorded' },
): void {
  for (const name of [lead, ...(members === 'not recorded' ? [] : members)])
    requireRow(tables, 'organisations', name, 'organisation');
}

export const organisationAdded = kind({
  shape: ROW.organisations.extend({ source: sources.optional() }),
  check: (tables, data) => requireFree(tables, 'organisations', data.id, 'organisation'),
  apply: (tables, data) => tables.put('organisations', { ...data, source: data.source ?? null }),
});

/** Columns of a new consortium. */
export const FORMED = { status: 'active', makerKey: null } as const;

export const consortiumFormed = kind({
  shape: ROW.consortia.omit({ status: true, makerKey: true }).extend({ source: sources.optional() }),
  check(tables, data) {
    requireFree(tables, 'consortia', data.id, 'consortium');
    knownMembers(tables, data);
  },
  apply: (tables, data) => tables.put('consortia', { ...data, ...FORMED, source: data.source ?? null }),
});

/** An organisation joins an existing consortium. */
export const memberJoined = kind({
  shape: z.strictObject({ consortium: id, organisation: id, source: sources.optional() }),
  check(tables, data) {
    requireActiveConsortium(tables, data.consortium);
    requireRow(tables, 'organisations', data.organisation, 'organisation');
    const { lead, members } = tables.get('consortia', data.consortium)!;
    if (lead === data.organisation || (members !== 'not recorded' && members.includes(data.organisation)))
      throw refuse.memberKnown(data.organisation);
    if (members === 'not recorded') throw refuse.membersUnknown(data.consortium);
  },
  apply(tables, data) {
    const { members } = tables.get('consortia', data.consortium)!;
    tables.update('consortia', data.consortium, { members: [...(members as string[]), data.organisation] });
    addInterests(tables, data.consortium, data.organisation);
  },
});

/** The key that a consortium's runs are signed with; a later one replaces it. */
export const consortiumKeyNamed = kind({
  shape: z.strictObject({ consortium: id, key: digest }),
  check(tables, data) {
    requireActiveConsortium(tables, data.consortium);
    for (const other of tables.all('consortia'))
      if (other.makerKey === data.key) throw refuse.keyKnown(data.consortium, other.id);
  },
  apply: (tables, data) => tables.update('consortia', data.consortium, { makerKey: data.key }),
});
