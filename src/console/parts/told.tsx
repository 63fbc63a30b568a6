// A sentence of a check in the language of the page; English, and marked as English, where it has no Korean.

import { useConsole } from '../state/context.ts';

export function Told({
  of: { en, ko },
  as: Element = 'p',
}: {
  of: { en: string; ko?: string | undefined };
  as?: 'p' | 'span';
}) {
  const { lang } = useConsole().format;
  return lang === 'ko' && ko ? <Element>{ko}</Element> : <Element lang="en">{en}</Element>;
}
