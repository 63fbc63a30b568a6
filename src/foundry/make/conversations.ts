// Before training: the marks of conversations must be sound, and each must fit into a window. The error names the file, and quotes a
// conversation that is too long.

import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readDocumentsSync, SPLITS, type Split, sourceFile } from '../corpus/index.ts';
import { ConversationLong, conversationWindows, type TokenFiles } from '../train/index.ts';

/** Characters of a conversation that its error quotes. */
const QUOTED = 80;

/**
 * `context`: the most tokens of a conversation that the model takes.
 * @param corpus the folder of the texts
 * @throws JikjiError `conversation-long`, `marks-broken`
 */
export function checkConversations(
  corpus: string,
  sources: readonly Record<Split, TokenFiles>[],
  { sequenceLength: T, context: longest }: { sequenceLength: number; context: number },
): void {
  for (const [i, source] of sources.entries()) {
    for (const split of SPLITS) {
      const { tokens, marks } = source[split];
      if (!marks) continue;
      try {
        conversationWindows({ tokens, marks }, { T, longest });
      } catch (error) {
        if (error instanceof JikjiError) throw located(error, join(corpus, sourceFile(i, split)));
        throw error;
      }
    }
  }
}

/** The error with the file of the texts; of a conversation that is too long also with its line and beginning. */
function located(error: JikjiError, file: string): JikjiError {
  if (!(error instanceof ConversationLong)) return error.reworded({ input: file });
  const line = error.document + 1;
  let text = '';
  let number = 0;
  for (const document of readDocumentsSync(file)) {
    text = document.slice(0, QUOTED).toWellFormed();
    if (++number === line) break;
  }
  return error.reworded({ message: `${error.message}; it begins ${text}`, input: `${file}, line ${line}` });
}
