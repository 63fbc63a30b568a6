// Settings of this browser: language and theme. Kept in local storage, which may be disabled.

import type { Lang } from '../../page-kit/index.ts';
import { observable } from './observable.ts';

/** The languages by their own names. */
export const LANGUAGES: Record<Lang, string> = { en: 'English', ko: '한국어' };

export type Theme = 'light' | 'dark' | 'system';

/** The name of a setting in the storage of the browser. */
export const storageName = (key: string): string => `jikji-${key}`;

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(storageName(key));
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(storageName(key), value);
  } catch {
    // the setting lasts for this visit only
  }
}

/** The chosen language, else the first supported one of the browser, else English. */
export function langOf(chosen: string | null, languages: readonly string[]): Lang {
  if (chosen === 'en' || chosen === 'ko') return chosen;
  const found = languages
    .map((language) => language.slice(0, 2).toLowerCase())
    .find((lang) => lang === 'ko' || lang === 'en');
  return (found as Lang | undefined) ?? 'en';
}

const inBrowser = typeof window !== 'undefined';
export const lang = observable<Lang>(inBrowser ? langOf(remembered('lang'), navigator.languages) : 'en');

const stored = inBrowser ? remembered('theme') : null;
export const theme = observable<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system');

export function chooseLang(next: Lang): void {
  remember('lang', next);
  lang.set(next);
  applySettings();
}

export function chooseTheme(next: Theme): void {
  remember('theme', next);
  theme.set(next);
  applySettings();
}

/** Sets language and theme on the document, for styles and screen readers. */
export function applySettings(): void {
  document.documentElement.lang = lang.value;
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
}
