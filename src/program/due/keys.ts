// The keys that a rule book asks of teams: whose is missing.

import type { RuleBook } from '../rules/index.ts';
import type { Tables } from '../state/index.ts';

/** Those of the teams that the rule book's veto excludes as things stand, because no key of theirs is named. */
export const keylessTeams = (tables: Tables, { originality }: RuleBook, teams: readonly string[]): string[] =>
  originality.audit?.makerKey ? teams.filter((team) => tables.get('consortia', team)?.makerKey === null) : [];
