// Models over HTTP, as OpenAI's clients ask for them. Nothing but HTTP: texts are generated in the foundry.
export { ApiKeys, newApiKey } from './api-keys.ts';
export { appOf } from './app.ts';
export type { FailureOf, RetryError } from './errors.ts';
export { Receipts } from './receipts/index.ts';
export { type ModelServer, type ServeModelsOptions, serveModels } from './server.ts';
