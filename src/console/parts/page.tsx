// A page's head and its sections. A new page takes the focus to its heading, so that a screen reader announces it.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
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
  // Before the page is painted: a heading is never seen under the title of the page before it.
  useLayoutEffect(() => {
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
  anchor,
  folded,
  children,
}: {
  title: string;
  lead?: ComponentChildren;
  /** Beside the heading. */
  aside?: ComponentChildren;
  /** Takes the whole width of a grid. */
  wide?: boolean;
  /** Its id in links. */
  anchor?: string;
  /** Closed until somebody opens it, follows a link to it, or prints the page. */
  folded?: boolean;
  children?: ComponentChildren;
}) {
  const id = useId();
  const [open, setOpen] = useOpened(anchor);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // What a page fetches is not there yet when the browser looks for the anchor.
    if (anchor !== undefined && location.hash === `#${anchor}`) section.current?.scrollIntoView();
    // Dependency: before a fold is open the page may be too short to bring it up
  }, [anchor, open]);
  const body = (
    <>
      {lead && <p class="lead">{lead}</p>}
      {children}
    </>
  );
  return (
    <section ref={section} class={`card${wide ? ' wide' : ''}`} aria-labelledby={id} id={anchor}>
      {folded ? (
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary class="card-head">
            <h2 id={id}>{title}</h2>
            {aside}
          </summary>
          {open && <div class="stacked">{body}</div>}
        </details>
      ) : (
        <>
          <div class="card-head">
            <h2 id={id}>{title}</h2>
            {aside}
          </div>
          {body}
        </>
      )}
    </section>
  );
}

/** Whether a fold is open: a link to it and printing open it. */
function useOpened(anchor: string | undefined): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const follow = () => {
      if (anchor !== undefined && location.hash === `#${anchor}`) setOpen(true);
    };
    const print = () => setOpen(true);
    follow();
    addEventListener('hashchange', follow);
    addEventListener('beforeprint', print);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener('beforeprint', print);
    };
  }, [anchor]);
  return [open, setOpen];
}

export const Empty = ({ text, hint, children }: { text: string; hint?: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>{text}</p>
    {hint && <p class="soft">{hint}</p>}
    {children}
  </div>
);
