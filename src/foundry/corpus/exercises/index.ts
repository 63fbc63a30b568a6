export {
  conversationsAbout,
  type Exercise,
  isHeldOutPair,
  isHeldOutWord,
  NUMBERS,
  numberExercise,
  wordExercises,
} from './exercises.ts';
export { entriesOf, synsetOf } from './synset.ts';
