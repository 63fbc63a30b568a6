// What pages in browsers take of the base: texts, without Node.
export { asciiName } from './ascii-name.ts';
export type { Both, Sentence, Sentences } from './sentence.ts';
export { shellWord } from './shell-word.ts';
