// All acts: each has a description and its roles, and describes its parameters.

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
