// Example programmes as entries for a log: a record of Korea's programme of 2025, and a practice programme; templates of rule books.
export { EXAMPLES, type Example, type ExampleName, loadExample } from './load.ts';
export { ruleBookTemplate, ruleBookTemplates, TEMPLATES } from './templates.ts';
