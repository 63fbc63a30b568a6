// Placeholders for data that is loading or failed to load, and the notice of a failed action.

import type { ComponentChildren } from 'preact';
import type { Failure } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import type { Data } from '../state/data.ts';
import type { Words } from '../words/words.ts';

/** `words`: for use outside the context, before the viewer is known. */
export function Busy({ words }: { words?: Words }) {
  const console = useConsole();
  const own = words ?? console.words;
  return (
    <p class="busy" role="status">
      <span class="spinner" aria-hidden="true" />
      {own.common.loading}
    </p>
  );
}

function Text({ failure, words }: { failure: Failure; words: Words }) {
  const w = words.connection;
  if (failure.code === 'server-gone')
    return (
      <>
        <p>
          <strong>{w.serverGone}</strong>
        </p>
        <p>{w.serverGoneHint}</p>
      </>
    );
  if (failure.code === 'unreadable' || failure.code === 'console')
    return (
      <p>
        <strong>{failure.code === 'console' ? w.bug : w.unreadable}</strong> <code>{failure.message}</code>
      </p>
    );
  const translated = Object.hasOwn(w.codes, failure.code) ? w.codes[failure.code] : undefined;
  const said = (
    <>
      {failure.input !== '' && (
        <>
          <code>{failure.input}</code>:{' '}
        </>
      )}
      {failure.message}
      {failure.hint !== '' && (
        <>
          {'. '}
          <span class="hint-text">{failure.hint}</span>
        </>
      )}
    </>
  );
  return (
    <>
      {translated && (
        <p>
          <strong>{translated}</strong>
        </p>
      )}
      <p lang="en">{said}</p>
      {failure.retryAfter !== null && <p>{w.retryAfter(String(failure.retryAfter))}</p>}
    </>
  );
}

export function FailureNotice({ failure, again, words }: { failure: Failure; again?: () => void; words?: Words }) {
  const console = useConsole();
  const own = words ?? console.words;
  return (
    <div class="notice bad" role="alert">
      <div>
        <Text failure={failure} words={own} />
      </div>
      {again && (
        <button type="button" onClick={again}>
          {own.common.again}
        </button>
      )}
    </div>
  );
}

/** A failed action's words; nothing where none failed. */
export const Failed = ({ of, again }: { of: Failure | undefined; again?: () => void }) =>
  of ? again ? <FailureNotice failure={of} again={again} /> : <FailureNotice failure={of} /> : null;

/** The fetched data, or a placeholder. Old data stays while the server does not answer. */
export function Loaded<T>({ data, children }: { data: Data<T>; children: (value: T) => ComponentChildren }) {
  if (data.value !== undefined)
    return (
      <>
        {data.failure && data.failure.code !== 'server-gone' && (
          <FailureNotice failure={data.failure} again={data.again} />
        )}
        {children(data.value)}
      </>
    );
  return data.failure ? <FailureNotice failure={data.failure} again={data.again} /> : <Busy />;
}
