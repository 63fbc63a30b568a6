export {
  conversationsAbout,
  type Exercise,
  isHeldOutPair,
  isHeldOutWord,
  kindOf,
  NUMBERS,
  numberExercise,
  wordExercises,
} from './exercises.ts';
export { entriesOf, synsetOf } from './synset.ts';
