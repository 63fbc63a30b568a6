// Forgeries of a run that was handed over twice and came back: what an outsider, or whoever has its keys, can change in hand-overs,
// countersignatures and seal, and the file in which an audit must find it.

import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  digestOfCommitment,
  digestOfFile,
  readStatement,
  type Signer,
  type Subject,
  signStatement,
} from '../../ledger/index.ts';
import { HAND_OVERS, handOverFile, takeOverFile } from '../../run-folder/index.ts';
import type { CheckName, Verdict } from '../types.ts';
import {
  dropHandOvers,
  type HandOverChange,
  makeMoved,
  redoHandOvers,
  redoSeal,
  type SealChange,
} from './hand-overs.ts';
import type { Bench } from './run.ts';

/** A state is recorded after every second step: the first hand-over lies between two of them, the second at one. */
export const MOVED = {
  train: { steps: 8, batchSize: 2, microBatchSize: 2, sequenceLength: 12, validationTokens: 60, checkpointEvery: 2 },
};
const UNTIL = [3, 6] as const;

export interface MovedScene {
  /** A copy of a run that `first` made until step 3 and from step 6 on, and `second` between. */
  run: string;
  /** The same with another seed. */
  other: string;
  first: Signer;
  second: Signer;
  stranger: Signer;
}

/** The honest run. */
export const makeMovedRun = (
  bench: Bench,
  { first, second }: Pick<MovedScene, 'first' | 'second'>,
  seed = 1377,
): Promise<string> =>
  makeMoved(bench, [{ signer: first, until: UNTIL[0] }, { signer: second, until: UNTIL[1] }, { signer: first }], {
    ...MOVED,
    seed,
  });

export interface HandOverForgery {
  name: string;
  verdict: Exclude<Verdict, 'holds'>;
  check: CheckName;
  /** What the finding is about. */
  file: string;
  step?: number;
  do(scene: MovedScene): void;
}

/** Signs again, changed. */
const redone =
  (changes: (scene: MovedScene) => Record<number, HandOverChange>, seal?: (scene: MovedScene) => SealChange) =>
  (scene: MovedScene): void =>
    redoHandOvers(scene.run, [scene.first, scene.second, scene.stranger], changes(scene), seal?.(scene));

const sealed =
  (signer: (scene: MovedScene) => Signer, changes: (scene: MovedScene) => object) =>
  (scene: MovedScene): void =>
    redoSeal(scene.run, signer(scene), changes(scene));

const first = ({ first }: MovedScene): Signer => first;
const handOversOf = ({ run }: MovedScene, numbers = [1, 2]): string[] =>
  numbers.map((number) => digestOfFile(join(run, takeOverFile(number))));
const headAt0 = ({ run }: MovedScene): string =>
  digestOfCommitment(readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment);
const keyOf = ({ publicKey }: Signer): string => publicKey.toString('base64');

/** The transcript's line of a step. */
const recordOf = ({ run }: MovedScene, step: number): { link: string; stateRoot: string } =>
  JSON.parse(readFileSync(join(run, 'transcript.jsonl'), 'utf8').split('\n')[step - 1]!);

const forgeries = (
  shared: Omit<HandOverForgery, 'name' | 'do' | 'verdict' | 'check'> &
    Partial<Pick<HandOverForgery, 'verdict' | 'check'>>,
  acts: Record<string, HandOverForgery['do']>,
): HandOverForgery[] =>
  Object.entries(acts).map(([name, act]) => ({ verdict: 'refuted', check: 'structure', ...shared, name, do: act }));

const DIGEST = 'ab'.repeat(32);

export const HAND_OVER_FORGERIES: readonly HandOverForgery[] = [
  ...forgeries(
    { file: handOverFile(1) },
    {
      'a hand-over signed by another key': redone(({ stranger }) => ({ 1: { signer: stranger } })),
      'a hand-over replayed from another run': (scene) => {
        for (const name of [handOverFile(1), takeOverFile(1)]) cpSync(join(scene.other, name), join(scene.run, name));
      },
      'a hand-over replayed from another run, and all after it signed again': (scene) => {
        for (const name of [handOverFile(1), takeOverFile(1)]) cpSync(join(scene.other, name), join(scene.run, name));
        redone(() => ({}))(scene);
      },
      'a hand-over that is lodged as another run': redone(() => ({ 1: { predicate: { run: DIGEST } } })),
      'a first hand-over after another one': redone(() => ({ 1: { predicate: { after: DIGEST } } })),
      'a hand-over to the same key': redone(({ first }) => ({ 1: { predicate: { nextKey: keyOf(first) } } })),
      'a hand-over that names the transcript too': redone(() => ({
        1: {
          subjects: (state): Subject[] => [
            ['state', state],
            ['transcript.jsonl', DIGEST],
          ],
        },
      })),
      'a hand-over that says a size of the state': redone(() => ({
        1: { subjects: (state): Subject[] => [['state', state, 1]] },
      })),
      'a hand-over of version 2': redone(() => ({ 1: { predicate: { formatVersion: 2 } as never } })),
      'a hand-over that is no JSON': ({ run }) => writeFileSync(join(run, handOverFile(1)), 'no json\n'),
      'one cut from the start of the chain, the rest counted from 1 and sealed again': (scene) => {
        for (const name of [handOverFile, takeOverFile]) renameSync(join(scene.run, name(2)), join(scene.run, name(1)));
        redoSeal(scene.run, scene.first, { handOvers: handOversOf(scene, [1]) });
      },
      'sealed by the first key after it gave the run away, without a countersignature': (scene) => {
        dropHandOvers(scene.run, 2);
        rmSync(join(scene.run, takeOverFile(1)));
        redoSeal(scene.run, scene.first, { formatVersion: 2, handOvers: undefined });
      },
    },
  ),
  ...forgeries(
    { file: handOverFile(1), step: 3 },
    {
      'a hand-over of another transcript': redone((scene) => ({ 1: { predicate: { head: recordOf(scene, 4).link } } })),
    },
  ),
  ...forgeries(
    { file: handOverFile(1), step: 3, check: 'replay' },
    {
      'a hand-over between two recorded states, of another state': redone(() => ({
        1: { subjects: (): Subject[] => [['state', DIGEST]] },
      })),
    },
  ),
  ...forgeries(
    { file: handOverFile(1), step: 2 },
    {
      'a hand-over of another step, with the state of its own': redone((scene) => ({
        1: { predicate: { step: 2, head: recordOf(scene, 2).link } },
      })),
    },
  ),
  ...forgeries(
    { file: handOverFile(1), step: 0 },
    {
      'a hand-over before step 1, of another state than S_0': redone((scene) => ({
        1: { predicate: { step: 0, head: headAt0(scene) } },
      })),
    },
  ),
  ...forgeries(
    { file: handOverFile(2), step: 6 },
    {
      'a hand-over at a recorded state, of another one': redone((scene) => ({
        2: { subjects: (): Subject[] => [['state', recordOf(scene, 4).stateRoot]] },
      })),
    },
  ),
  ...forgeries(
    { file: handOverFile(2) },
    {
      'a second hand-over before the first': redone((scene) => ({
        2: {
          predicate: { step: 2, head: recordOf(scene, 2).link },
          subjects: (): Subject[] => [['state', recordOf(scene, 2).stateRoot]],
        },
      })),
      'a hand-over after the last step': redone((scene) => ({
        2: {
          predicate: { step: 8, head: recordOf(scene, 8).link },
          subjects: (): Subject[] => [['state', recordOf(scene, 8).stateRoot]],
        },
      })),
      'a second hand-over that does not follow the first': redone(() => ({ 2: { predicate: { after: null } } })),
      'a second hand-over by the first key': redone(({ first, second }) => ({
        2: { signer: first, predicate: { nextKey: keyOf(second) } },
      })),
    },
  ),
  ...forgeries(
    { file: handOverFile(3) },
    {
      'sealed by the last key after it gave the run away again, without a countersignature': (scene) => {
        const { predicate, subjects, digest } = readStatement(join(scene.run, handOverFile(2)), 'hand-over');
        const again = { ...predicate, makerKey: keyOf(scene.first), nextKey: keyOf(scene.second), after: digest };
        const named = [['state', subjects.get('state')!]] as const;
        writeFileSync(join(scene.run, handOverFile(3)), signStatement('hand-over', named, again, scene.first));
      },
    },
  ),
  ...forgeries(
    { file: takeOverFile(1) },
    {
      'a hand-over countersigned by another key': redone(({ stranger }) => ({ 1: { taker: stranger } })),
      'a countersignature of another hand-over': redone(() => ({ 1: { taken: DIGEST } })),
      'a countersignature that is no JSON': ({ run }) => writeFileSync(join(run, takeOverFile(1)), 'no json\n'),
    },
  ),
  ...forgeries(
    { file: 'seal.json' },
    {
      'a seal that names other hand-overs': sealed(first, (scene) => ({ handOvers: [handOversOf(scene)[0], DIGEST] })),
      'a seal that names hand-overs in another order': sealed(first, (scene) => ({
        handOvers: handOversOf(scene).reverse(),
      })),
      'a seal that names the first hand-over alone': sealed(first, (scene) => ({ handOvers: handOversOf(scene, [1]) })),
      'a seal of version 2 beside hand-overs': sealed(first, () => ({ formatVersion: 2, handOvers: undefined })),
      'a seal of version 2 that names hand-overs': sealed(first, () => ({ formatVersion: 2 })),
      'a seal of version 4 without hand-overs': sealed(first, () => ({ handOvers: undefined })),
      'a seal of version 4 that names none': sealed(first, () => ({ handOvers: [] })),
      'a seal of version 4 that names none, of a run without hand-overs': (scene) => {
        dropHandOvers(scene.run, 1);
        redoSeal(scene.run, scene.first, { handOvers: [] });
      },
      'a seal by a key that held the run before': sealed(
        ({ second }) => second,
        () => ({}),
      ),
      'a seal by the first key, which gave the run away': (scene) => {
        dropHandOvers(scene.run, 2);
        redoHandOvers(scene.run, [scene.first, scene.second], {}, { signer: scene.first });
      },
      'a seal by a stranger': sealed(
        ({ stranger }) => stranger,
        () => ({}),
      ),
      'a seal by the first key, dated before genesis': sealed(first, () => ({ time: '2020-01-01T00:00:00.000Z' })),
    },
  ),
  ...forgeries(
    { file: handOverFile(1), verdict: 'incomplete' },
    {
      'a first hand-over that is not there': ({ run }) => {
        for (const name of [handOverFile(1), takeOverFile(1)]) rmSync(join(run, name));
      },
      'hand-overs that are not there': ({ run }) => rmSync(join(run, HAND_OVERS), { recursive: true }),
    },
  ),
  ...forgeries(
    { file: handOverFile(2), verdict: 'incomplete' },
    { 'a last hand-over that is not there': ({ run }) => dropHandOvers(run, 2) },
  ),
  ...forgeries(
    { file: takeOverFile(1), verdict: 'incomplete' },
    { 'a countersignature that is not there': ({ run }) => rmSync(join(run, takeOverFile(1))) },
  ),
  ...forgeries(
    { file: takeOverFile(2), verdict: 'incomplete' },
    {
      'a last countersignature that is not there': ({ run }) => rmSync(join(run, takeOverFile(2))),
      'a last countersignature that is not there, before a seal': ({ run }) => {
        for (const name of [takeOverFile(2), 'seal.json']) rmSync(join(run, name));
      },
    },
  ),
];
