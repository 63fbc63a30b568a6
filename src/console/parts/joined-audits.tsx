// The joined signed audits of a submission: who trained which segments again, which are open, which reports do not count. Auditors
// submit a report here, and ask for an open part.

import { useState } from 'preact/hooks';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { useKeptFields } from '../state/kept-fields.ts';
import type { AuditPart, JoinedAudits as Joined } from '../types.ts';
import { ClaimStamp } from './claim.tsx';
import { Copy, Digest, Row, right, Table } from './elements.tsx';
import { Choice, Form, TextArea } from './form.tsx';
import { Told } from './told.tsx';

type Span = Joined['spans'][number];

/** The most stretches of segments listed one by one. */
const MAX_STRETCHES = 6;

export function JoinedAudits({ of }: { of: Joined }) {
  const { words, format } = useConsole();
  const w = words.joined;
  const excluded = of.reports.filter(({ reason }) => reason !== null);
  const open = of.spans.filter(({ by }) => by.length === 0);
  const ofAll = (steps: number) => format.percent(Math.floor((1000 * steps) / Math.max(1, of.steps)) / 1000);
  return (
    <div class="stacked">
      <ClaimStamp verdict={of.verdict} claim={of.claim} title={w.verdict} />
      {of.auditors.length > 0 && (
        <Table
          caption={w.caption}
          shown
          class="bars"
          head={[w.who, w.segments(format.count(of.segments)), right(w.steps)]}
        >
          {of.auditors.map(({ key, by, steps }, i) => (
            <Row
              key={key}
              cells={[
                { of: nameOf(by, w.office), note: <Digest of={key} /> },
                {
                  class: 'bar-cell',
                  of: (
                    <>
                      <Strip spans={of.spans} steps={of.steps} is={(span) => span.by.includes(i)} />
                      <Stretches spans={of.spans.filter((span) => span.by.includes(i))} />
                    </>
                  ),
                },
                right(ofAll(steps)),
              ]}
            />
          ))}
          {open.length > 0 && (
            <tr>
              <th scope="row">{w.nobody}</th>
              <td class="bar-cell">
                <Strip spans={of.spans} steps={of.steps} is={(span) => span.by.length === 0} out />
                <Stretches spans={open} />
              </td>
              <td class="right">{format.percent(1 - Math.floor((1000 * of.trained) / of.steps) / 1000)}</td>
            </tr>
          )}
        </Table>
      )}
      {excluded.length > 0 && (
        <div>
          <h3>{w.excluded}</h3>
          <ul>
            {excluded.map(({ digest, by, reason, ko }) => (
              <li key={digest}>
                {nameOf(by, w.office)}, <Digest of={digest} />: <Told of={{ en: reason ?? '', ko }} as="span" />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

const nameOf = (by: string, office: string): string =>
  by === 'office' ? office : by.replace(/^(consortium|auditor):/, '');

/** The whole run from left to right, filled where `is` holds. The numbers beside it say the same. */
function Strip({
  spans,
  steps,
  is,
  out = false,
}: {
  spans: readonly Span[];
  steps: number;
  is: (span: Span) => boolean;
  out?: boolean;
}) {
  let x = 0;
  return (
    <svg class="bar" viewBox={`0 0 ${Math.max(1, steps)} 1`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" x={0} y={0} width={steps} height={1} />
      {spans.map((span) => {
        const at = x;
        x += span.steps;
        return (
          is(span) && (
            <rect key={span.from} class={out ? 'filled out' : 'filled'} x={at} y={0} width={span.steps} height={1} />
          )
        );
      })}
    </svg>
  );
}

function Stretches({ spans }: { spans: readonly Span[] }) {
  const { words, format } = useConsole();
  // Neighbouring spans differ in their other auditors; for this auditor they are one stretch.
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of spans) {
    const last = joined.at(-1);
    if (last?.to === from - 1) last.to = to;
    else joined.push({ from, to });
  }
  const shown = joined
    .slice(0, MAX_STRETCHES)
    .map(({ from, to }) => (from === to ? format.count(from) : `${format.count(from)}–${format.count(to)}`));
  const more = joined.length - shown.length;
  return (
    <small>
      {shown.join(', ')}
      {more > 0 && ` ${words.joined.more(format.count(more))}`}
    </small>
  );
}

const SHARES = ['0.02', '0.05', '0.1', '0.25', '1'] as const;

/** Shown to those who may audit the submission. */
export function AuditSubmission({ path, onDone }: { path: string; onDone: () => void }) {
  const { words, format } = useConsole();
  const w = words.joined;
  const [given, setGiven] = useState<AuditPart>();
  const { values, field } = useKeptFields(`${path}/audits`, { share: '0.1' as (typeof SHARES)[number], report: '' });
  const asking = useAction(async () =>
    setGiven(await post<AuditPart>(`${path}/audit-parts`, { share: Number(values.share) })),
  );
  const handing = useAction(async () => {
    await post(`${path}/audits`, { report: values.report });
    field('report').onValue('');
    onDone();
  });
  return (
    <div class="grid">
      <div class="stacked">
        <h3>{w.ask}</h3>
        <Form action={asking} label={w.asking}>
          <Choice
            label={w.share}
            hint={w.askLead}
            {...field('share')}
            options={SHARES.map((value) => ({ value, text: format.percent(Number(value)) }))}
          />
        </Form>
        <div role="status" class="stacked">
          {given?.part === null && <p>{w.nothingLeft}</p>}
          {given?.part && given.command !== null && (
            <>
              <p>
                {w.part(format.count(given.part.from), format.count(given.part.to), format.percent(given.part.share))}
              </p>
              <p>
                <code>{given.command}</code> <Copy text={given.command} label={w.asking} />
              </p>
              <p class="soft">
                {w.bundle} <Digest of={given.bundle} copy={w.bundle} />
              </p>
            </>
          )}
        </div>
      </div>
      <div class="stacked">
        <h3>{w.hand}</h3>
        <Form action={handing} label={w.handing}>
          <TextArea label={w.report} hint={w.handLead} class="code" {...field('report')} spellcheck={false} />
        </Form>
        <div role="status">{handing.done && <p class="notice good">{w.handed}</p>}</div>
      </div>
    </div>
  );
}
