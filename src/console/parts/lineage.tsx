// From an answer to the texts that its model learned from: four boxes in a chain, each with what binds it and how far that was checked. The
// sentences come from the API.

import { wordFor } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { AnswerReceipt } from '../types.ts';
import { Digest, State, Time } from './elements.tsx';

type Link = AnswerReceipt['lineage']['links'][number];

/** The boxes, and the links that are shown in each. */
const BOXES = [
  ['answer', ['answer']],
  ['model', ['model']],
  ['run', ['seal', 'training']],
  ['corpus', ['corpus']],
] as const;

export function Lineage({ of: { links, weakest, known }, run }: { of: AnswerReceipt['lineage']; run: string }) {
  const { words, format } = useConsole();
  const w = words.answerReceipt;
  const canBeAudited = !known && links.some(({ what, digest }) => what === 'seal' && digest !== null);
  return (
    <>
      <p class="weakest">{weakest[format.lang]}</p>
      <ol class="lineage">
        {BOXES.map(([box, names]) => (
          <li key={box}>
            <h4>{w.boxes[box]}</h4>
            {names.map((name) => (
              <LinkRow key={name} of={links.find(({ what }) => what === name)!} />
            ))}
          </li>
        ))}
      </ol>
      {canBeAudited && (
        <p class="soft">
          {w.auditLead} <a href={run}>{w.auditRun}</a>
        </p>
      )}
    </>
  );
}

function LinkRow({ of: { what, digest, state, text, audited, noted } }: { of: Link }) {
  const { words, format } = useConsole();
  const w = words.answerReceipt;
  return (
    <div class="link-row">
      <p>
        <span class="soft">{w.binds[what]}</span> {digest === null ? w.noDigest : <Digest of={digest} />}
      </p>
      <p>
        <State of={state} text={wordFor(w.states, state)} /> {text[format.lang]}
        {audited !== null && (
          <small>
            {noted ? words.audit.by.start : w.auditOf} <Time of={audited} />
          </small>
        )}
      </p>
    </div>
  );
}
