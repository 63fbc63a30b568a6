// Before training: the marks of conversations must be sound, and each must fit into a window. The error names the file, and of a
// conversation that is too long its place in the source and its beginning.

import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { SPLITS, type Split, sourceFile } from '../corpus/index.ts';
import { ConversationLong, conversationWindows, type TokenFiles } from '../train/index.ts';
import type { FindPlace } from './source-place.ts';

interface Lengths {
  sequenceLength: number;
  /** The most tokens of a conversation that the model takes. */
  context: number;
}

/**
 * @param corpus the folder of the texts
 * @throws JikjiError `conversation-long`, `marks-broken`
 */
export async function checkConversations(
  corpus: string,
  sources: readonly Record<Split, TokenFiles>[],
  { sequenceLength: T, context: longest }: Lengths,
  findPlace: FindPlace,
): Promise<void> {
  for (const [i, source] of sources.entries()) {
    for (const split of SPLITS) {
      const { tokens, marks } = source[split];
      if (!marks) continue;
      try {
        conversationWindows({ tokens, marks }, { T, longest });
      } catch (error) {
        if (!(error instanceof ConversationLong)) {
          throw error instanceof JikjiError ? error.reworded({ input: join(corpus, sourceFile(i, split)) }) : error;
        }
        const { place, beginning } = await findPlace(i, split, error.document);
        throw error.reworded({ message: `${error.message}; it begins ${beginning}`, input: place });
      }
    }
  }
}
