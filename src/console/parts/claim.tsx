// The claim of an audited run. Its sentences come from the API in both languages: a page adds none, and shows no verdict without its
// reach and what is known of the data.

import type { ComponentChildren } from 'preact';
import { markOf } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Claims } from '../types.ts';
import { State } from './elements.tsx';

/** The verdict whose colour and sign are used. */
const looksLike = (verdict: string): string => (verdict === 'disputed' ? 'refuted' : verdict);

/** The whole claim with a stamp. `title` makes the heading from the verdict. */
export function ClaimStamp({
  verdict,
  claim,
  title,
}: {
  verdict: string;
  claim: Claims;
  title: (verdict: string) => string;
}) {
  const { word, headline, beginning, reach, room, data } = claim[useConsole().format.lang];
  return (
    <div class={`verdict ${looksLike(verdict)}`}>
      <span class="stamp" aria-hidden="true">
        {markOf(looksLike(verdict)).sign}
      </span>
      <div>
        <strong>{title(word)}</strong>
        <p>{headline}</p>
        {beginning !== null && <p>{beginning}</p>}
        <p>
          {reach} {room}
        </p>
        <p>{data}</p>
      </div>
    </div>
  );
}

/** The claim in a table cell. */
export function ClaimCell({ audit }: { audit: { verdict: string; claim: Claims } | null }): ComponentChildren {
  const { lang } = useConsole().format;
  if (audit === null) return '–';
  const { word, beginning, reach, data } = audit.claim[lang];
  return (
    <>
      <State of={audit.verdict} text={word} />
      <small>
        {beginning} {reach} {data}
      </small>
    </>
  );
}
