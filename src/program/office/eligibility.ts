// Checks a consortium against the rule book's conditions of participation.

import type { RuleBook } from '../rules/index.ts';
import type { Tables } from '../state/index.ts';

/** The reason against a consortium, or undefined. Members that are not recorded are not checked. */
export function notEligible(tables: Tables, { eligibility }: RuleBook, consortium: string): string | undefined {
  const row = tables.get('consortia', consortium);
  if (!eligibility || !row) return undefined;
  const lead = tables.get('organisations', row.lead)!;
  const { leadCountries, roles, minimumMembers } = eligibility;
  if (leadCountries.length > 0 && !leadCountries.includes(lead.country))
    return `its lead ${row.lead} is from ${lead.country}, not from ${leadCountries.join(' or ')}`;
  if (!Array.isArray(row.members)) return undefined;
  const members = [...new Set([row.lead, ...row.members])].map((name) => tables.get('organisations', name)!);
  if (members.length < minimumMembers) return `it has ${members.length} members, ${minimumMembers} are needed`;
  const missing = roles.filter((role) => !members.some((member) => member.roles.includes(role)));
  if (missing.length > 0) return `no member has the role ${missing.join(', ')}`;
  return undefined;
}
