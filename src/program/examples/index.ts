// Example programmes as entries for a log: a record of Korea's of 2025, and practice.
export { EXAMPLES, type Example, type ExampleName, loadExample } from './load.ts';
