// All acts: each says what it is and for whom, and describes what it takes.

import { expect, test } from 'vitest';
import { z } from 'zod';
import { ROLES } from '../users/index.ts';
import { ACTS } from './index.ts';

test.each(Object.entries(ACTS))('%s', (_, { summary, roles, input }) => {
  expect(summary).toMatch(/^[A-Z].*[^.]$/);
  expect(roles.length).toBeGreaterThan(0);
  expect(ROLES).toEqual(expect.arrayContaining([...roles]));
  expect(roles).not.toContain('public');
  expect(z.toJSONSchema(input, { unrepresentable: 'any' })).toMatchObject({ type: 'object' });
});
