// What pages in browsers take of the base: texts, without Node.
export { shellWord } from './shell-word.ts';
