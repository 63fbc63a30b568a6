// Fields for the lead and the members of a team.

import { useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { type Data, useData } from '../state/data.ts';
import type { Organisations } from '../types.ts';
import { OrganisationPicker } from './organisation-picker.tsx';

interface Team {
  base: string;
  data: Data<Organisations>;
  lead: string[];
  members: string[];
  setLead: (chosen: string[]) => void;
  setMembers: (chosen: string[]) => void;
  /** As the API takes it. */
  value: { lead: string | undefined; members: string[] };
}

export function useTeam(base: string): Team {
  const data = useData<Organisations>(`${base}/organisations`);
  const [lead, setLead] = useState<string[]>([]);
  const [members, setMembers] = useState<string[]>([]);
  const value = { lead: lead[0], members: members.filter((one) => one !== lead[0]) };
  return { base, data, lead, members, setLead, setMembers, value };
}

export function TeamFields({ base, data, lead, members, setLead, setMembers }: Team) {
  const w = useConsole().words.organisations;
  return (
    <>
      <OrganisationPicker base={base} data={data} label={w.leadOf} chosen={lead} onChosen={setLead} />
      <OrganisationPicker
        base={base}
        data={data}
        label={w.members}
        many
        optional
        without={lead}
        chosen={members}
        onChosen={setMembers}
      />
    </>
  );
}
