// Where a figure was published. An address is text, and a link only where it is one of the web.

import type { Lang } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Sources } from '../types.ts';

/** On a Korean page a name without Hangul is marked, so that it is read aloud as what it is. */
const langOf = (name: string, lang: Lang) => (lang === 'ko' && !/[가-힣]/.test(name) ? 'en' : undefined);

export function Citations({ of }: { of: Sources | null }) {
  const { words, format } = useConsole();
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
        const rest = [item, date && format.published(date)].filter((part) => part !== undefined);
        const name = format.publisher(publisher);
        const text = (
          <>
            <span lang={langOf(name, format.lang)}>{name}</span>
            {rest.map((part) => `, ${part}`)}
          </>
        );
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
