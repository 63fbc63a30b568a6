// The shape of a receipt's predicate: what binds an answer to a model, a request and a seed. docs/receipts.md has its members.

import { base64, between, digest, exactly, line, listOf, nullOr, object, oneOf, text, time, whole } from './shape.ts';

/** Tokens of a prompt or an answer. */
const MAX_TOKENS = 1e9;
const MAX_ID = 2 ** 32 - 1;
/** Prompts of one request, and answers to each of them. */
const MAX_PROMPTS = 1000;
const MAX_CHOICES = 100;
/** Biases that a receipt has room for. */
export const MAX_BIASES = 1024;

/** 128 random bits. */
const receiptId = text(/^[0-9a-f]{32}$/, '32 hex digits');
/** What a client gives so that the server cannot choose the seed: up to 128 characters, no control characters. */
export const NONCE = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** All that changes the tokens of an answer besides model, prompt and seed, with the defaults written out. */
const parameters = object({
  maxTokens: whole(0, MAX_TOKENS),
  temperature: between(0, 100),
  topK: whole(0, Number.MAX_SAFE_INTEGER),
  topP: between(0, 1),
  minP: between(0, 1),
  presencePenalty: between(-2, 2),
  frequencyPenalty: between(-2, 2),
  repetitionPenalty: between(0.01, 100),
  /** By ascending id. */
  logitBias: listOf(object({ id: whole(0, MAX_ID), bias: between(-100, 100) }), MAX_BIASES),
  stop: listOf(text(/^.{0,1000}$/s, 'a text of up to 1000 characters'), 100),
  /** Ids that end a text, ascending. */
  ends: listOf(whole(0, MAX_ID), 10_000),
  /** Digest of the JSON schema that the answer must have. */
  schema: nullOr(digest),
});

export const receiptPredicate = object({
  formatVersion: exactly(1),
  serverKey: base64,
  id: receiptId,
  time,
  /** Of the program. */
  version: line,
  arithmeticVersion: whole(1, 1000),
  /** The name that clients use, and what the model's digest covers, in this order. */
  model: object({ name: line, files: listOf(object({ name: line, digest }), 10_000) }),
  /** The seal of the run that made the model, and the root of the state that it seals. */
  run: nullOr(object({ seal: digest, state: digest })),
  request: object({
    chatTemplate: nullOr(digest),
    /** Answers to each prompt. */
    n: whole(1, MAX_CHOICES),
    parameters,
    prompts: listOf(object({ tokens: whole(1, MAX_TOKENS), digest }), MAX_PROMPTS),
  }),
  nonce: nullOr(text(NONCE, 'a text of 1 to 128 characters without control characters')),
  /** Who chose the seed: the client; nobody, as it follows from the nonce; the server. */
  seedFrom: oneOf('client', 'nonce', 'server'),
  /** Answers in the order of the choices: n to the first prompt, n to the second one ... */
  answers: listOf(
    object({
      seed: whole(0, Number.MAX_SAFE_INTEGER),
      tokens: whole(0, MAX_TOKENS),
      /** The last link of the chain over its tokens. */
      head: digest,
      ended: oneOf('end', 'stop', 'length', 'full', 'client-gone', 'time-up', 'server-stopped'),
    }),
    MAX_PROMPTS * MAX_CHOICES,
  ),
});
