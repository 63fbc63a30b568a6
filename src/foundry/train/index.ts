// Training: schedule, batches, steps. Knows no recipe files and no text.
export { Batches, permute, type TokenReader, type TokenSource } from './batches.ts';
export { learningRateAt, type Schedule } from './schedule.ts';
export { momentNames, NotFinite, type StepRecord, type TrainConfig, Trainer } from './trainer.ts';
