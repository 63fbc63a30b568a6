// Example programmes as entries for a log: a record of Korea's programme of 2025, and a practice programme.
export { EXAMPLES, type Example, type ExampleName, loadExample } from './load.ts';
