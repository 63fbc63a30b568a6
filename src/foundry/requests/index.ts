// What requests of OpenAI's clients mean: their shapes, the prompts and parameters that follow, and the model that they are for. Knows no HTTP.
export {
  chatMeaning,
  completionMeaning,
  givenSeed,
  type Meaning,
  receiptRequestOf,
} from './meaning.ts';
export { optionsOf } from './parameters.ts';
export { messagesOf, type Prompt } from './prompts.ts';
export { sealedRunOf, sealOf } from './seal.ts';
export { ServedModel } from './served-model.ts';
export * from './shapes.ts';
