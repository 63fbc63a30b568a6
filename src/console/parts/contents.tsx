// The contents of a long page: links to its sections, of which the one in view is marked.

import { useEffect, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';

interface Part {
  /** The id of its section. */
  anchor: string;
  title: string;
}

/** The last section whose beginning has passed the upper third of the window. */
function inView(parts: readonly Part[]): string | undefined {
  const above = parts.filter(({ anchor }) => {
    const top = document.getElementById(anchor)?.getBoundingClientRect().top;
    return top !== undefined && top < window.innerHeight / 3;
  });
  return (above.at(-1) ?? parts[0])?.anchor;
}

export function Contents({ parts }: { parts: readonly Part[] }) {
  const { words } = useConsole();
  const [current, setCurrent] = useState<string>();
  const names = parts.map(({ anchor }) => anchor).join(' ');
  // Dependency: another list of sections
  useEffect(() => {
    const look = () => setCurrent(inView(parts));
    look();
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, [names]);
  return (
    <nav class="contents" aria-label={words.common.contents}>
      <ul>
        {parts.map(({ anchor, title }) => (
          <li key={anchor}>
            <a href={`#${anchor}`} aria-current={anchor === current ? 'true' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
