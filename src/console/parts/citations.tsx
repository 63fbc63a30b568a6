// Where a figure was published. An address is text, and a link only where it is one of the web.

import { useConsole } from '../state/context.ts';
import type { Sources } from '../types.ts';

export function Citations({ of }: { of: Sources | null }) {
  const { words } = useConsole();
  if (of === null) return null;
  if (of === 'not recorded')
    return (
      <small>
        {words.common.source}: {words.common.notRecorded}
      </small>
    );
  return (
    <small>
      {words.common.source}:{' '}
      {of.map(({ publisher, item, date, url }, i) => {
        const text = [publisher, item, date].filter((part) => part !== undefined).join(', ');
        return (
          <span key={i}>
            {i > 0 && '; '}
            {url && /^https?:\/\//.test(url) ? (
              <a href={url} target="_blank" rel="noreferrer noopener">
                {text}
              </a>
            ) : (
              text
            )}
          </span>
        );
      })}
    </small>
  );
}
