// Whether a consortium may take part, by the rule book's conditions.

import type { RuleBook } from '../rules/index.ts';
import type { Tables } from '../state/index.ts';

/** Why not, or undefined. Members that are not recorded can neither help nor harm. */
export function notEligible(tables: Tables, { eligibility }: RuleBook, consortium: string): string | undefined {
  const row = tables.get('consortia', consortium);
  if (!eligibility || !row) return undefined;
  const lead = tables.get('organisations', row.lead)!;
  const { leadCountries, roles, minimumMembers } = eligibility;
  if (leadCountries.length > 0 && !leadCountries.includes(lead.country))
    return `its lead ${row.lead} is of ${lead.country}, not of ${leadCountries.join(' or ')}`;
  if (!Array.isArray(row.members)) return undefined;
  const members = [...new Set([row.lead, ...row.members])].map((name) => tables.get('organisations', name)!);
  if (members.length < minimumMembers) return `it has ${members.length} members, ${minimumMembers} are needed`;
  const missing = roles.filter((role) => !members.some((member) => member.roles.includes(role)));
  if (missing.length > 0) return `no member of it plays the role ${missing.join(', ')}`;
  return undefined;
}
