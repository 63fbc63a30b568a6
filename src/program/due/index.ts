// What is due: what a stage lacks, what waits for each person, the first steps of a programme. Changes nothing, and knows no page.

export { dueOf } from './due.ts';
export { firstStepsOf, nextStepOf } from './first-steps.ts';
export { keylessTeams } from './keys.ts';
export { lackingModels, lackingOf } from './lacking.ts';
