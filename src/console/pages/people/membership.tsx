// The fields of a role with the programme and consortium that it belongs to.

import type { ComponentChildren } from 'preact';
import { Choice } from '../../parts/form.tsx';
import { useConsole } from '../../state/context.ts';
import { useData } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import type { Overview, Person } from '../../types.ts';

const ROLES = ['expert', 'evaluator', 'consortium', 'auditor', 'office'] as const;

type Membership = Pick<Person, 'programme' | 'consortium'> & { role: string };

/** Kept for the path of the API that it is sent to. */
export function useMembership(
  path: string,
  start: Membership,
): { membership: Membership; fields: ComponentChildren; forget: () => void } {
  const { words, me, format } = useConsole();
  const w = words.people;
  const { values, field, forget } = useKeptFields(`${path} membership`, {
    role: (ROLES.find((role) => role === start.role) ?? 'expert') as (typeof ROLES)[number],
    programme: start.programme ?? '',
    team: start.consortium ?? '',
  });
  const { role, team } = values;
  const programme =
    values.programme || (me.programmes.find(({ mode }) => mode !== 'record') ?? me.programmes[0])?.id || '';
  const overview = useData<Overview>(
    role === 'consortium' && programme !== '' ? `/programmes/${encodeURIComponent(programme)}` : null,
  );
  const teams = overview.value?.consortia ?? [];
  const consortium = teams.some(({ id }) => id === team) ? team : (teams[0]?.id ?? '');
  const inside = role !== 'office';
  const fields = (
    <div class="row">
      <Choice label={w.role} {...field('role')} options={ROLES.map((value) => ({ value, text: words.roles[value] }))} />
      {inside && (
        <Choice
          label={w.programme}
          {...field('programme')}
          value={programme}
          options={me.programmes.map(({ id, name }) => ({ value: id, text: format.title(name) }))}
        />
      )}
      {role === 'consortium' && (
        <Choice
          label={w.consortium}
          {...field('team')}
          value={consortium}
          options={teams.map(({ id, name }) => ({ value: id, text: format.title(name) }))}
        />
      )}
    </div>
  );
  const membership = {
    role,
    programme: inside ? programme : null,
    consortium: role === 'consortium' ? consortium : null,
  };
  return { membership, fields, forget };
}
