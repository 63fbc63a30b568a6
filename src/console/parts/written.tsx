// A text that a person wrote, in the language that it has: it is not translated, and screen readers must not read it as the page's own.

/** Korean where a Hangul letter is in it. */
const langOf = (text: string): 'ko' | 'en' => (/\p{Script=Hangul}/u.test(text) ? 'ko' : 'en');

export const Written = ({ text, lines }: { text: string; lines?: boolean }) => (
  <span lang={langOf(text)} class={lines ? 'lines' : ''}>
    {text}
  </span>
);
