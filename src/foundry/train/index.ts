// Training: schedule, batches, steps, checkpoints, validation. Knows no recipe files and no text.
export { Batches, permute, type TokenReader, type TokenSource } from './batches.ts';
export {
  checkpointBroken,
  checkpointName,
  checkpointSteps,
  readCheckpoint,
  removeCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts';
export { learningRateAt, type Schedule } from './schedule.ts';
export { momentNames, NotFinite, planTraining, type StepRecord, type TrainConfig, Trainer } from './trainer.ts';
export { bitsPerByte, type Score, score } from './validation.ts';
