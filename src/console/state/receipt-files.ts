// The files of an answer in the playground, as `jikji audit RECEIPT` takes them: receipt, request and response. Made from what the page has
// sent and received; knows no page.

import { type Answer, type AskedModel, type KeptReceipt, type Received, textOf } from './turns.ts';

export interface ReceiptFiles {
  receipt: string;
  request: string;
  response: string;
}

/** An answer with a receipt. */
export type Receipted = Extract<KeptReceipt, { receipt: unknown }>;

/** Choices of the answer, of a chat or of a completion. An answer that was stopped is a stream that ends before its end. */
function responseOf(answer: Answer, { id, ids, promptIds, finish }: Received): string {
  const text = textOf(answer);
  const isChat = answer.request.route === '/chat/completions';
  const choice = { index: 0, finish_reason: finish, token_ids: ids };
  const body = isChat
    ? {
        id,
        prompt_token_ids: promptIds,
        choices: [{ ...choice, message: { role: 'assistant', content: text } }],
      }
    : { id, choices: [{ ...choice, text, prompt_token_ids: promptIds }] };
  return answer.ended === 'stopped' ? `data: ${JSON.stringify(body)}\n\n` : `${JSON.stringify(body)}\n`;
}

export const receiptFilesOf = (
  { receipt: { receipt, facts } }: Receipted,
  answer: Answer & { received: Received },
): ReceiptFiles => ({
  receipt,
  request: `${JSON.stringify({ model: facts.model.name, ...answer.received.body })}\n`,
  response: responseOf(answer, answer.received),
});

/** Where a model's answers are checked, in the API. */
export const checkPath = ({ path }: Pick<AskedModel, 'path'>): string => `${path}/receipt-checks`;

/** A file in an address. */
export const hrefOf = (text: string): string => `data:application/json,${encodeURIComponent(text)}`;
