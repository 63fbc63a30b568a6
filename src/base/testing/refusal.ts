// What tests say of work that is refused.

import { expect } from 'vitest';

/** The work is refused with this code. */
export const expectRefusal = (work: Promise<unknown>, code: string): Promise<void> =>
  expect(work).rejects.toMatchObject({ code });
