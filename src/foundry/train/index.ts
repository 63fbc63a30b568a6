// Training: schedule, batches, steps, checkpoints, validation; alone or shared by ranks. Knows no recipe files and no text.

export { type Batch, batchDigest, countLearned, type Slots, slotsOf, usedRows } from './batch.ts';
export { Batches } from './batches.ts';
export {
  checkpointBroken,
  loadCheckpoint,
  readCheckpoint,
  removeCheckpoint,
  saveCheckpoint,
} from './checkpoint.ts';
export { ConversationLong, conversationWindows } from './conversations.ts';
export { conduct, follow } from './follower.ts';
export { optimizerOf } from './optimizer.ts';
export { planTraining } from './plan.ts';
export { agree, type Machines, machineName } from './rank-agreement.ts';
export type { Ranks } from './ranks.ts';
export { natsOfConversations, natsOfFile } from './references.ts';
export { learningRateAt } from './schedule.ts';
export { loadStart } from './start.ts';
export { hasNotFinite, momentNames, stateEntries } from './state.ts';
export type { TrainConfig } from './train-config.ts';
export { NotFinite, type StepRecord, Trainer } from './trainer.ts';
export { bitsPerByte, type PairScore, score } from './validation.ts';
export type { TokenFiles } from './windows.ts';
