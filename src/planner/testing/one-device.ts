// The plainest layout, from which tests and checks make others.

import type { Layout } from '../step-time.ts';

export const ONE_DEVICE: Layout = {
  devices: 1,
  tensor: 1,
  pipeline: 1,
  virtual: 1,
  context: 1,
  expert: 1,
  microBatch: 1,
  zero: 1,
  recompute: 'none',
  graphs: 'none',
};
