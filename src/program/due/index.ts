// What is due: what a stage lacks, what waits for each person, the first steps of a programme. Changes nothing, and knows no page.

export { type Due, dueOf, type Place } from './due.ts';
export { type FirstStep, firstStepsOf } from './first-steps.ts';
export { lackingOf } from './lacking.ts';
export { nextStepOf } from './next-step.ts';
