// Texts that are no words of the page. What a person wrote is not translated, and screen readers must not read it as the page's own. What the
// server says may have no Korean: what older logs and files keep.

import { useConsole } from '../state/context.ts';

/** The language of a text: Korean where a Hangul letter is in it. */
export const langOf = (text: string): 'ko' | 'en' => (/\p{Script=Hangul}/u.test(text) ? 'ko' : 'en');

export const Written = ({ text, lines }: { text: string; lines?: boolean }) => (
  <span lang={langOf(text)} class={lines ? 'lines' : ''}>
    {text}
  </span>
);

/** A sentence of the server: in Korean on a Korean page where it has Korean, else in English and marked so. */
export function Said({ en, ko }: { en: string; ko?: string | null | undefined }) {
  const { format } = useConsole();
  const own = format.lang === 'ko' ? (ko ?? undefined) : undefined;
  return <span lang={own === undefined ? 'en' : 'ko'}>{own ?? en}</span>;
}
