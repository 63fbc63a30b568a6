// What axe finds on a page in a browser.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface AxeFault {
  id: string;
  impact: string;
  /** The first element, and what is wrong with it. */
  html: string;
  where: string;
  why: string;
}

interface Axe {
  run(): Promise<{
    violations: {
      id: string;
      impact: string;
      nodes: { html: string; target: string[]; failureSummary: string }[];
    }[];
  }>;
}

/** Runs axe in the page. The debugger of the browser puts it there, so a page's policy can stay as it is. */
export async function axeFaults(page: Page): Promise<AxeFault[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations.map(({ id, impact, nodes }) => {
      const { html, target, failureSummary } = nodes[0]!;
      return { id, impact, html: html.slice(0, 160), where: target.join(' '), why: failureSummary };
    });
  });
}

/** Those that keep somebody from using it, by impact. */
export const isSerious = ({ impact }: AxeFault): boolean => impact === 'serious' || impact === 'critical';
