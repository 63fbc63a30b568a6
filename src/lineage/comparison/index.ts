// Compares samples of two models, and says what follows.
export { type Comparison, compareSamples } from './compare.ts';
export { CONTROL_BLOCKS, type Control } from './controls.ts';
export type { Test } from './group.ts';
export { compareTokenizers, type TokenizerComparison } from './tokenizers.ts';
export type { TowerComparison } from './towers.ts';
export { type JudgedGroup, judge, type Verdict } from './verdict.ts';
