// Chromium, for tests, checks and pictures: Debian's without windows, which draws with a third of the processor time, else Debian's, or what
// CHROMIUM names.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const SHELL = '/usr/bin/chromium-headless-shell';
export const CHROMIUM = process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium');

/** Opens one. Under root Chromium refuses to have a sandbox. */
export function openChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(`there is no ${CHROMIUM}: install chromium-headless-shell, or name one with CHROMIUM`);
  return chromium.launch({ executablePath: CHROMIUM, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
