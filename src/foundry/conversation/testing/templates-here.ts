// Renders chat templates in the process of the tests, where they are not about processes: to start one takes longer than most renderings.
// Nothing limits them here.

import { afterAll, beforeAll } from 'vitest';
import { rendered } from '../rendering.ts';
import { instead } from '../template-process.ts';

/** Renders what a test renders in processes, as outside tests. */
export async function inTemplateProcesses<T>(test: () => Promise<T>): Promise<T> {
  delete instead.rendered;
  return test().finally(() => {
    instead.rendered = rendered;
  });
}

/** In this file, or this `describe`. */
export function templatesRenderHere(): void {
  beforeAll(() => {
    instead.rendered = rendered;
  });
  afterAll(() => {
    delete instead.rendered;
  });
}
