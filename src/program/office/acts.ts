// All acts by name. Command line and API change a programme only through them. Only intake, the office's work on submissions, also
// writes to the log.

import { z } from 'zod';
import { allot, checkAllotments, giveAllotments } from './allotments.ts';
import { answerAppeal, fileAppeal } from './appeals.ts';
import { handInAudit, takeAuditPart } from './audits.ts';
import {
  addApplicationFile,
  closeCall,
  giveReview,
  openCall,
  receiveApplication,
  reviewApplication,
  selectApplications,
} from './calls.ts';
import { checkCatalogue, registerCatalogue } from './catalogue.ts';
import { setDates } from './dates.ts';
import { assignExpert, declareForCall, declareInterests, releaseExpert } from './experts.ts';
import { giveForm } from './forms.ts';
import { answerQuestion, importJudgements } from './judgements.ts';
import { lodge } from './lodging.ts';
import { addOrganisation, formConsortium, joinConsortium, mendName, nameMakerKey } from './members.ts';
import { meter } from './metering.ts';
import { foundProgramme, takeExample } from './programmes.ts';
import { registerRuleBook } from './rule-books.ts';
import { addFinding, enterScore, rejectProposal } from './scores.ts';
import { closeStage, decide, finishStage, openStage } from './stages.ts';
import { submit } from './submissions.ts';
import { reportUsage } from './usage.ts';

export const ACTS = {
  foundProgramme,
  takeExample,
  addOrganisation,
  openCall,
  closeCall,
  receiveApplication,
  addApplicationFile,
  giveReview,
  reviewApplication,
  selectApplications,
  formConsortium,
  joinConsortium,
  nameMakerKey,
  mendName,
  registerRuleBook,
  setDates,
  openStage,
  closeStage,
  decide,
  finishStage,
  fileAppeal,
  answerAppeal,
  submit,
  handInAudit,
  takeAuditPart,
  enterScore,
  addFinding,
  rejectProposal,
  assignExpert,
  releaseExpert,
  declareForCall,
  declareInterests,
  giveForm,
  answerQuestion,
  importJudgements,
  lodge,
  checkCatalogue,
  registerCatalogue,
  allot,
  checkAllotments,
  giveAllotments,
  reportUsage,
  meter,
} as const;

/** A field as its parser describes itself: a JSON Schema with type, bounds and a help text as description. */
interface Field {
  required: boolean;
  schema: z.core.JSONSchema._JSONSchema;
}

/** The members of an object's JSON Schema as fields, by name. */
export const fieldsOf = ({ properties = {}, required = [] }: z.core.JSONSchema.JSONSchema): Record<string, Field> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, { required: required.includes(name), schema }]),
  );

/** The fields of every act. */
export const actFields = () =>
  Object.fromEntries(
    Object.entries(ACTS).map(([act, { input }]) => [
      act,
      fieldsOf(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })),
    ]),
  );

export type ActName = keyof typeof ACTS;
export type ActInput<N extends ActName> = z.output<(typeof ACTS)[N]['input']>;
export type ActResult<N extends ActName> = Awaited<ReturnType<(typeof ACTS)[N]['run']>>;
