export type { Anatomy, Block, Gain, Group, GroupKind, Tower, View } from './types.ts';
