// The contents of a long page: links to its sections, of which the one in view is marked.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';

interface Part {
  /** The id of its section. */
  anchor: string;
  title: string;
}

/** What somebody does before the page scrolls; a click on a link comes after it. */
const SCROLLING = ['wheel', 'touchmove', 'keydown', 'pointerdown'];

/** The last section whose beginning has passed the upper third of the window; at the end of the page the last one. */
function inView(parts: readonly Part[]): string | undefined {
  const { scrollHeight, clientHeight } = document.documentElement;
  if (scrollHeight > clientHeight && scrollY + clientHeight >= scrollHeight - 1) return parts.at(-1)?.anchor;
  const above = parts.filter(({ anchor }) => {
    const top = document.getElementById(anchor)?.getBoundingClientRect().top;
    return top !== undefined && top < window.innerHeight / 3;
  });
  return (above.at(-1) ?? parts[0])?.anchor;
}

export function Contents({ parts }: { parts: readonly Part[] }) {
  const { words } = useConsole();
  const [current, setCurrent] = useState<string>();
  /** The section that was followed last, until somebody scrolls: near the end of the page it cannot come up to the top. */
  const followed = useRef<string | undefined>(undefined);
  const names = parts.map(({ anchor }) => anchor).join(' ');
  // Dependency: another list of sections
  useEffect(() => {
    const look = () => setCurrent(followed.current ?? inView(parts));
    const forget = () => {
      followed.current = undefined;
    };
    look();
    addEventListener('scroll', look, { passive: true });
    for (const name of SCROLLING) addEventListener(name, forget, { passive: true });
    return () => {
      removeEventListener('scroll', look);
      for (const name of SCROLLING) removeEventListener(name, forget);
    };
  }, [names]);
  return (
    <nav class="contents" aria-label={words.common.contents}>
      <ul>
        {parts.map(({ anchor, title }) => (
          <li key={anchor}>
            <a
              href={`#${anchor}`}
              onClick={() => {
                followed.current = anchor;
                setCurrent(anchor);
              }}
              aria-current={anchor === current ? 'true' : undefined}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
