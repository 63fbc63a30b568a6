// What may be said of an audited run. The sentences are the API's, in both languages: a page has none of its own, and shows no verdict
// without how far it reaches and what is known of the data.

import type { ComponentChildren } from 'preact';
import { markOf } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Claims } from '../types.ts';
import { State } from './elements.tsx';

/** The verdict whose colour and sign it has. */
const looksLike = (verdict: string): string => (verdict === 'disputed' ? 'refuted' : verdict);

/** The whole of it, with a stamp. `title` stands before the verdict. */
export function ClaimStamp({
  verdict,
  claim,
  title,
}: {
  verdict: string;
  claim: Claims;
  title: (verdict: string) => string;
}) {
  const { word, headline, reach, room, data } = claim[useConsole().format.lang];
  return (
    <div class={`verdict ${looksLike(verdict)}`}>
      <span class="stamp" aria-hidden="true">
        {markOf(looksLike(verdict)).sign}
      </span>
      <div>
        <strong>{title(word)}</strong>
        <p>{headline}</p>
        <p>
          {reach} {room}
        </p>
        <p>{data}</p>
      </div>
    </div>
  );
}

/** In a cell of a table. */
export function ClaimCell({ audit }: { audit: { verdict: string; claim: Claims } | null }): ComponentChildren {
  const { lang } = useConsole().format;
  if (audit === null) return '–';
  const { word, reach, data } = audit.claim[lang];
  return (
    <>
      <State of={audit.verdict} text={word} />
      <small>
        {reach} {data}
      </small>
    </>
  );
}
