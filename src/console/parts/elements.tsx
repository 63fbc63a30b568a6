// Small elements of many pages: times, digests, states, scrolling tables.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { Fact, Mark, markOf, ScrollingTable, shortDigest, type TableProps, wordFor } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { knownOf, useIsRecord } from '../state/record.ts';
import type { StagePage, Verdict } from '../types.ts';
import { consortiumStatus } from '../words/index.ts';
import { useStacked } from './stacked-table.ts';
import { Said } from './written.tsx';

/** A time; in a record a day, where no more is known. `ago`: relative to now. */
export function Time({ of, ago }: { of: string; ago?: boolean }) {
  const { format } = useConsole();
  const known = useIsRecord() ? knownOf(of) : of;
  return (
    <time dateTime={known} title={ago ? format.moment(known) : undefined}>
      {ago ? format.ago(known) : format.moment(known)}
    </time>
  );
}

export function Copy({ text, label }: { text: string; label?: string }) {
  const { words } = useConsole();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  // Browsers give no clipboard without TLS, except on loopback; the text can still be selected.
  if (!navigator.clipboard) return null;
  return (
    <button
      type="button"
      class="copy"
      onClick={() =>
        navigator.clipboard.writeText(text).then(
          () => setDone(true),
          () => {},
        )
      }
    >
      <span aria-live="polite">{done ? words.common.copied : words.common.copy}</span>
      {label && <span class="hidden">: {label}</span>}
    </button>
  );
}

/** A digest: its first digits; the whole in the tooltip and for copying. */
export function Digest({ of, copy }: { of: string; copy?: string }) {
  return (
    <span class="digest">
      <code title={of}>{shortDigest(of)}</code>
      {copy && <Copy text={of} label={copy} />}
    </span>
  );
}

/** A digest that can be copied, as a fact; nothing where there is no digest. */
export const DigestFact = ({ name, of }: { name: string; of: string | null | undefined }) =>
  of ? (
    <Fact name={name}>
      <Digest of={of} copy={name} />
    </Fact>
  ) : null;

/** A text of several lines as it is; it scrolls by itself. */
export const Source = ({
  text,
  class: name = 'source',
  lang,
}: {
  text: string;
  class?: string;
  lang?: 'en' | 'ko';
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <pre class={name} tabIndex={0} lang={lang}>
    {text}
  </pre>
);

/** A command to type, with a button that copies it. `label` tells buttons of several apart. */
export const Command = ({ text, label }: { text: string; label?: string }) => (
  <div class="command-line">
    <pre class="command">{text}</pre>
    <Copy text={text} {...(label ? { label } : {})} />
  </div>
);

/** A state in words, with a mark and a colour that repeat it. */
export function State({ of, text }: { of: string; text: string }) {
  const { sign, tone } = markOf(of);
  return (
    <span class={`state ${tone}`}>
      <Mark sign={sign} />
      {text}
    </span>
  );
}

export function VerdictState({ of }: { of: Verdict | string }) {
  const { words } = useConsole();
  return <State of={of} text={wordFor(words.verdicts, of)} />;
}

export function StageState({ status }: Pick<StagePage, 'status'>) {
  const { words } = useConsole();
  return <State of={status} text={words.status[status]} />;
}

export function ConsortiumState({ status }: { status: string }) {
  const { words } = useConsole();
  return <State of={status.startsWith('out') ? 'out' : status} text={consortiumStatus(words, status)} />;
}

/** A submission's status: `refused: code: reason` is shown with its reason. A log from before reasons had Korean has it in English only. */
export function SubmissionState({
  of: { status, reasonKo },
}: {
  of: { status: string; reasonKo?: string | undefined };
}) {
  const { words } = useConsole();
  const [kind, code, ...reason] = status.split(': ');
  return (
    <>
      <State of={kind} text={wordFor(words.status, kind)} />
      {kind === 'refused' && (
        <small>
          <Said en={reason.join(': ')} ko={reasonKo} /> <code>{code}</code>
        </small>
      )}
    </>
  );
}

/**
 * A cell: its content, or its content with a class and a note in small type beneath it. `label`: its column, where a narrow page shows rows as
 * cards. `sort`: of a head, how the rows are sorted by it.
 */
export type Cell =
  | ComponentChildren
  | {
      of: ComponentChildren;
      class?: string | undefined;
      note?: ComponentChildren;
      label?: string;
      sort?: 'ascending' | 'descending' | 'none';
    };

/** A cell of a number. */
export const right = (of: ComponentChildren): Cell => ({ class: 'right', of });

/** Cells, each in the element `tagOf` its index. */
const cellsOf = (
  cells: Cell[],
  tagOf: (index: number) => { tag: 'th' | 'td'; scope?: 'row' | 'col'; 'aria-hidden'?: true },
) =>
  cells.map((cell, i) => {
    const { of, note, label, sort, ...named } =
      typeof cell === 'object' && cell && 'of' in cell ? cell : ({ of: cell } as Exclude<Cell, ComponentChildren>);
    const { tag: Tag, ...attributes } = tagOf(i);
    return (
      <Tag key={i} class={named.class} data-label={label} aria-sort={sort} {...attributes}>
        {of}
        {note && <small>{note}</small>}
      </Tag>
    );
  });

const bringIntoView = (row: HTMLTableRowElement | null): void => row?.scrollIntoView({ block: 'center' });

/** A row. Its first cell names it. `isNamed`: the address names this one, so it is brought into view. */
export const Row = ({ cells, isNamed }: { cells: Cell[]; isNamed?: boolean }) => (
  <tr ref={isNamed ? bringIntoView : null} aria-current={isNamed || undefined}>
    {cellsOf(cells, (i) => (i === 0 ? { tag: 'th', scope: 'row' } : { tag: 'td' }))}
  </tr>
);

/**
 * A table that scrolls by itself where it is too wide; on a phone its rows are blocks with a label for each cell. Its caption is for screen readers, unless it is `shown` to everybody. `head`: the
 * heads of its columns; null for a column of pictures.
 */
export function Table({
  shown,
  head,
  ...table
}: Omit<TableProps, 'id' | 'captionHidden' | 'head'> & { head: Cell[]; shown?: boolean }) {
  const heads = cellsOf(head, (i) =>
    head[i] === null ? { tag: 'td', 'aria-hidden': true } : { tag: 'th', scope: 'col' },
  );
  const id = useId();
  useStacked(id);
  // A group, not a region: the section around it has nearly the same name.
  return <ScrollingTable {...table} id={id} role="group" captionHidden={!shown} head={heads} />;
}

/** A fold whose content is rendered when it is opened. */
export function Fold({ summary, children }: { summary: ComponentChildren; children: () => ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {open && children()}
    </details>
  );
}

/** Progress as a bar and in words. `value` from 0 to 1. */
export function Progress({ value, label, text }: { value: number; label: string; text?: string }) {
  const { format } = useConsole();
  const share = Math.min(1, Math.max(0, value));
  return (
    <span class="progress">
      <progress max={1} value={share} aria-label={label} />
      <span>{text ?? format.percent(share)}</span>
    </span>
  );
}
