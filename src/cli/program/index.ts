// `jikji program ...`: a programme from its call to a signed decision.

import type { Command } from 'commander';
import { calledAs } from '../called-as.ts';
import type { Output } from '../output.ts';
import { addAccounts } from './accounts.ts';
import { addApplications } from './applications.ts';
import { addAudits } from './audits.ts';
import { addComparisons } from './comparisons.ts';
import { addAllotments, addCatalogue, addReliance } from './compute.ts';
import { addDatabase } from './database.ts';
import { addDue } from './due.ts';
import { addForms } from './forms.ts';
import { addFounding } from './founding.ts';
import { addJudgements } from './judgements.ts';
import { addLodgings } from './lodgings.ts';
import { addMembers, addOrganisation, addRename } from './members.ts';
import { addMeter } from './meter.ts';
import { addPasswordLink } from './password-link.ts';
import { addRehearse, addRuleBook } from './rule-books.ts';
import { addFinding, addReject, addScore } from './scores.ts';
import { addServe } from './serve.ts';
import { addDecisions, addStages } from './stages.ts';
import { addSubmissions } from './submissions.ts';
import { type NewVerb, Verb } from './verb.ts';
import { addViews } from './views.ts';

/** In the order in which --help lists them. */
const ADDERS = [
  ...[
    addFounding,
    addOrganisation,
    addApplications,
    addMembers,
    addRename,
    addDue,
    addRuleBook,
    addRehearse,
    addStages,
    addDecisions,
    addLodgings,
  ],
  ...[addSubmissions, addAudits, addScore, addForms, addJudgements, addComparisons, addFinding],
  ...[addReject, addCatalogue, addAllotments],
  ...[addReliance, addMeter, addAccounts, addViews, addDatabase, addPasswordLink],
];

export function addProgram(parent: Command, output: Output, version: string): void {
  const program = parent
    .command('program')
    .description(
      'Runs a programme from its call to a signed decision. Every change is an entry of a hash-chained log.\ndocs/program.md tells the whole way.',
    )
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} program example practice --database practice`);
  const verb: NewVerb = (name, summary) => new Verb(program, output, name, summary);
  for (const add of ADDERS) add(verb, output);
  addServe(program, output, version);
}
