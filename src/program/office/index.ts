// The office's acts: founding, rule books, stages, forms, findings, what closes and decides. Each is a write to the log.
export { EXAMPLES, type ExampleName } from '../examples/index.ts';
export { type RegisteredCatalogue, registerCatalogue } from './catalogues.ts';
export { checkDecisions } from './decided.ts';
export { enterScore, type Figure } from './entered.ts';
export { signedFinding } from './findings.ts';
export { formPart, type Given, giveForm } from './forms.ts';
export { foundProgramme, officeActor, takeExample } from './found.ts';
export { dueOf, lackingOf, type NextStep, nextStepOf } from './lacking.ts';
export { lodgedRunShape, lodgedRuns } from './lodged-runs.ts';
export { type Answer, lodge } from './lodging.ts';
export { type Metered, type Metering, meter } from './metered.ts';
export { mendName } from './names.ts';
export { factsOf, reportOf } from './report.ts';
export { findRuleBook, type Registered, registerRuleBook } from './rule-books.ts';
export { closeStage, decide, finishStage, type Opening, openStage, outcomeOf, timesOf } from './stages.ts';
export { programmeOf, takesNew, targetDay, timeOf } from './times.ts';
