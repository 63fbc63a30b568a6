// `conversations` and `preferences`: a line or an item of a list is a conversation or a pair, in one of the forms that
// foundry/conversation knows. One that cannot be learned is refused with its place: a lost answer would be missed only in the model.

import { JikjiError, parseJson } from '../../../base/index.ts';
import {
  ConversationFault,
  conversationOf,
  conversationText,
  type DocumentKind,
  pairOf,
  pairText,
} from '../../conversation/index.ts';
import { MAX_DOCUMENT } from '../cut.ts';
import { LineSplitter, MAX_LINE } from '../lines.ts';
import type { Reader, ReaderContext } from './reader.ts';

const HINT = 'correct it, or leave it out of the file';

/** The document of a value. */
const FORMS: Record<DocumentKind, (value: unknown) => string> = {
  conversation: (value) => conversationText(conversationOf(value)),
  pair: (value) => pairText(pairOf(value)),
};

/** Takes one conversation or pair. `place` is where it stands in the file: `line 3`. @throws JikjiError */
export function takeConversation(
  value: unknown,
  place: string,
  { kind, label, document }: Pick<ReaderContext, 'label' | 'document'> & { kind: DocumentKind },
): void {
  let text: string;
  try {
    text = FORMS[kind](value);
  } catch (error) {
    if (!(error instanceof ConversationFault)) throw error;
    throw new JikjiError('conversation-broken', `${place}: ${error.message}`, label, error.hint ?? HINT);
  }
  if (Buffer.byteLength(text) > MAX_DOCUMENT) {
    const message = `${place}: the ${kind} has more than ${MAX_DOCUMENT} bytes`;
    throw new JikjiError('conversation-long', message, label, 'shorten it, or leave it out of the file');
  }
  document(text, place);
}

const notJson =
  (place: string, { kind, label }: { kind: DocumentKind; label: string }) =>
  (cause: unknown) => {
    const message = `${place} is not JSON: ${(cause as Error).message}`;
    const hint = `write one ${kind} on each line, or a list of them between [ and ]`;
    return new JikjiError('source-broken', message, label, hint, { cause });
  };

/** Reads lines of JSON, or one list. */
export const conversationsReader =
  (kind: DocumentKind) =>
  (readerContext: ReaderContext): Reader => {
    const context = { ...readerContext, kind };
    const { label } = context;
    const splitter = new LineSplitter(label, (line, number) => {
      if (line.trim() === '') return;
      const place = `line ${number}`;
      takeConversation(parseJson(line, notJson(place, context)), place, context);
    });
    let isList: boolean | undefined;
    let list = '';
    const push = (text: string): void => {
      if (isList === undefined && text.trim() !== '') isList = text.trimStart().startsWith('[');
      if (isList) list += text;
      else splitter.push(text);
      if (list.length > MAX_LINE) {
        const message = `a list of more than ${MAX_LINE} characters`;
        throw new JikjiError('source-broken', message, label, `write one ${kind} on each line (.jsonl)`);
      }
    };
    const end = (): void => {
      if (!isList) {
        splitter.end();
        return;
      }
      const values = parseJson(list, notJson('the list', context)) as unknown[];
      for (const [i, value] of values.entries()) takeConversation(value, `item ${i + 1}`, context);
    };
    return { push, end };
  };
