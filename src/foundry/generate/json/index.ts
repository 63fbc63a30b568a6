// Texts that are JSON of a schema, token by token.
export { JsonMask, JsonReader, MaskTokens } from './mask.ts';
export { compileSchema } from './schema.ts';
