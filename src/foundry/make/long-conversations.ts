// Before training: every conversation must fit into a window. The error quotes the one that does not.

import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readDocumentsSync, SPLITS, type Split, sourceFile } from '../corpus/index.ts';
import { ConversationLong, conversationWindows, type TokenFiles } from '../train/index.ts';

/** Characters of a conversation that its error quotes. */
const QUOTED = 80;

/**
 * @param corpus the folder of the texts
 * @throws JikjiError `conversation-long`, `marks-broken`
 */
export function checkConversations(
  corpus: string,
  sources: readonly Record<Split, TokenFiles>[],
  sequenceLength: number,
): void {
  for (const [i, source] of sources.entries()) {
    for (const split of SPLITS) {
      const { tokens, marks } = source[split];
      if (!marks) continue;
      try {
        conversationWindows({ tokens, marks }, { T: sequenceLength });
      } catch (error) {
        throw error instanceof ConversationLong ? quoted(error, join(corpus, sourceFile(i, split))) : error;
      }
    }
  }
}

/** The error with the line of the text and its beginning. */
function quoted(error: ConversationLong, file: string): JikjiError {
  const line = error.conversation + 1;
  let text = '';
  let number = 0;
  for (const document of readDocumentsSync(file)) {
    text = document.slice(0, QUOTED).toWellFormed();
    if (++number === line) break;
  }
  return new JikjiError(
    'conversation-long',
    `${error.message}; it begins ${text}`,
    `${file}, line ${line}`,
    error.hint,
    {
      cause: error,
    },
  );
}
