// Checks a consortium against the rule book's conditions of participation.

import type { JikjiError } from '../../base/index.ts';
import type { RuleBook } from '../rules/index.ts';
import type { Tables } from '../state/index.ts';
import * as refuse from './refusals/acts.ts';

/** The error that a consortium must not take part; undefined where it may. Members that are not recorded are not checked. */
export function whyNotEligible(tables: Tables, { eligibility }: RuleBook, consortium: string): JikjiError | undefined {
  const row = tables.get('consortia', consortium);
  if (!eligibility || !row) return undefined;
  const lead = tables.get('organisations', row.lead)!;
  const { leadCountries, roles, minimumMembers } = eligibility;
  if (leadCountries.length > 0 && !leadCountries.includes(lead.country))
    return refuse.leadAbroad(consortium, row.lead, lead.country, leadCountries);
  if (!Array.isArray(row.members)) return undefined;
  const members = [...new Set([row.lead, ...row.members])].map((name) => tables.get('organisations', name)!);
  if (members.length < minimumMembers) return refuse.fewMembers(consortium, members.length, minimumMembers);
  const missing = roles.filter((role) => !members.some((member) => member.roles.includes(role)));
  if (missing.length > 0) return refuse.rolesMissing(consortium, missing);
  return undefined;
}
