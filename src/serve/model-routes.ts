// What a server says about its models, and what their tokenizers and templates do.

import { Hono } from 'hono';
import {
  detokenizeRequest,
  messagesOf,
  type ServedModel,
  templateRequest,
  tokenizeRequest,
  toolsOf,
} from '../foundry/requests/index.ts';
import { bodyOf, type Env, findModel, type ServerContext } from './context.ts';

const cardOf = ({ name: id, created, digest, text }: ServedModel): object => ({
  id,
  object: 'model',
  created,
  owned_by: 'jikji',
  sha256: digest,
  arithmetic_version: text.model.arithmeticVersion,
  context_length: text.context,
  vocab_size: text.model.tokenizer.vocabSize,
  has_chat_template: text.model.chatTemplate !== undefined,
});

export function modelRoutes(context: ServerContext): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/v1/models', (c) => c.json({ object: 'list', data: context.models.map(cardOf) }));
  app.get('/v1/models/:id{.+}', (c) => c.json(cardOf(findModel(context, c.req.param('id')))));
  app.post('/tokenize', async (c) => {
    const { model, content, add_special: addSpecial } = await bodyOf(c, tokenizeRequest);
    const one = findModel(context, model);
    const { prefixId } = one.text.model.tokenizer;
    return c.json({ tokens: [...(addSpecial ? [prefixId] : []), ...one.encode(content, 'content')] });
  });
  app.post('/detokenize', async (c) => {
    const { model, tokens } = await bodyOf(c, detokenizeRequest);
    const one = findModel(context, model);
    one.requireTokens(tokens, 'tokens');
    return c.json({ content: one.text.model.tokenizer.decode(tokens) });
  });
  app.post('/apply-template', async (c) => {
    const { model, messages, tools } = await bodyOf(c, templateRequest);
    const one = findModel(context, model);
    const ids = await one.chatPromptOf(messagesOf(messages), toolsOf(tools));
    return c.json({ prompt: one.text.model.tokenizer.decode(ids), tokens: ids });
  });
  return app;
}
