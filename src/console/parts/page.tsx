// A page's head and its sections. A new page takes the focus to its heading, so that a screen reader announces it.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useConsole } from '../state/context.ts';

let first = true;

export function Page({
  title,
  over,
  lead,
  actions,
  children,
}: {
  title: string;
  /** Above the title: the parent of this page. */
  over?: ComponentChildren;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  children?: ComponentChildren;
}) {
  const { words } = useConsole();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${words.brand}`;
  }, [title, words]);
  useEffect(() => {
    if (!first) heading.current?.focus({ preventScroll: true });
    first = false;
  }, []);
  return (
    <article class="page">
      <header class="head">
        <div>
          {over && <p class="over">{over}</p>}
          <h1 tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {lead && <div class="lead">{lead}</div>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </article>
  );
}

export function Section({
  title,
  lead,
  aside,
  wide,
  children,
}: {
  title: string;
  lead?: ComponentChildren;
  /** Beside the heading. */
  aside?: ComponentChildren;
  /** Takes the whole width of a grid. */
  wide?: boolean;
  children?: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={`card${wide ? ' wide' : ''}`} aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {lead && <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}

export const Empty = ({ text, hint, children }: { text: string; hint?: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>{text}</p>
    {hint && <p class="soft">{hint}</p>}
    {children}
  </div>
);
