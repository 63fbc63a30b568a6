// Notes the files of a run folder that are not evidence, so that readers do not take them for evidence. Does not open them.

import { basename } from 'node:path';
import { SPLITS, sourceFile } from '../foundry/corpus/index.ts';
import { marksFile, tokensFile } from '../foundry/index.ts';
import { isConversations, type Recipe } from '../foundry/recipe/index.ts';
import type { HandOver } from '../ledger/index.ts';
import {
  CHAT_TEMPLATE,
  checkpointName,
  GENESIS,
  HAND_OVERS,
  handOverFile,
  LODGING,
  RECIPE,
  REQUEST,
  SEAL,
  SEAL_LODGING,
  TRANSCRIPT,
  takeOverFile,
} from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { listed } from './sentences/common.ts';
import { STRUCTURE } from './sentences/structure.ts';

const FOLDERS = ['corpus', 'tokenizer', 'start', 'checkpoints', 'model', HAND_OVERS];
const EVIDENCE = [RECIPE, REQUEST, LODGING, GENESIS, TRANSCRIPT, SEAL, SEAL_LODGING, ...FOLDERS];
/** Files that the maker's own tools write: make, eval, jobs. Statements of evaluations are checked where they are shown. */
const MAKERS_FILES =
  /^(result\.json|start\/((parent|tokenizer)\.json|chat_template\.jinja)|validation\.jsonl|sessions\.jsonl|lock|evaluations|job\.json|job\.sh|job[-.][\w.-]+)$/;
const SHOWN = 10;

/** Adds notes on the files that are not evidence; `fromParent` are those in `start` that are. The check `structure` covers `model/`. */
export function noteOtherFiles(
  folder: RunFolder,
  evidence: {
    recipe: Recipe;
    kept: readonly number[];
    fromParent: readonly string[];
    chain: readonly Pick<HandOver, 'taken'>[];
  },
  findings: Findings,
): void {
  const { recipe, kept, fromParent, chain } = evidence;
  const strange: string[] = [];
  const makers: string[] = [];
  const look = (inside: string, belongs: ReadonlySet<string>): void => {
    for (const name of findings.try(inside || '.', () => folder.names(inside)) ?? []) {
      if (belongs.has(name)) continue;
      const path = inside ? `${inside}/${name}` : name;
      (MAKERS_FILES.test(path) ? makers : strange).push(path);
    }
  };
  const texts = recipe.corpus.sources.map(({ read }, i) => [
    sourceFile(i, 'files'),
    ...SPLITS.flatMap((split) => [sourceFile(i, split), tokensFile(i, split)]),
    ...(isConversations(read) ? SPLITS.map((split) => marksFile(i, split)) : []),
  ]);
  look('', new Set(EVIDENCE));
  look('corpus', new Set(['manifest.json', 'tokens.json', ...texts.flat()]));
  look('tokenizer', new Set(['tokenizer.json', ...(recipe.chat ? [basename(CHAT_TEMPLATE)] : [])]));
  look('start', new Set([...fromParent, HAND_OVERS].map((name) => name.split('/')[0]!)));
  look(`start/${HAND_OVERS}`, new Set(fromParent.map((name) => basename(name))));
  look(
    HAND_OVERS,
    new Set(
      chain
        .flatMap(({ taken }, i) => [handOverFile(i + 1), ...(taken ? [takeOverFile(i + 1)] : [])])
        .map((name) => basename(name)),
    ),
  );
  look('checkpoints', new Set(kept.map(checkpointName)));
  const inState = new Set(['state.safetensors', 'state.json']);
  for (const step of kept) look(`checkpoints/${checkpointName(step)}`, inState);
  if (makers.length > 0) findings.note(STRUCTURE.makersNotes(listed(makers.map(quoted), SHOWN)));
  if (strange.length > 0) findings.note(STRUCTURE.notEvidence(listed(strange.map(quoted), SHOWN)));
}

const quoted = (name: string): string => JSON.stringify(name);
