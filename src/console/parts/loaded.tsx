// Placeholders for data that is loading or failed to load, and the notice of a failed action.

import type { ComponentChildren } from 'preact';
import type { Failure } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import type { Data } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import { sentence, typedInput } from '../state/sentence.ts';

export function Busy() {
  const { words } = useConsole();
  return (
    <p class="busy" role="status">
      <span class="spinner" aria-hidden="true" />
      {words.common.loading}
    </p>
  );
}

type Told = Pick<Failure, 'code' | 'message' | 'input' | 'hint'> & { ko?: Failure['ko'] | undefined };

/** What was wrong with what, and how to mend it. A server of another version may have no Korean of it: then its code stands there. */
export function Sentences({ of }: { of: Told }) {
  const { words, format } = useConsole();
  const input = typedInput(of.input, words.common);
  if (format.lang === 'ko' && !of.ko)
    return (
      <>
        {input !== '' && <code>{input}</code>} {words.connection.noKorean} <code>{of.code}</code>
      </>
    );
  const { message, hint } = (format.lang === 'ko' && of.ko) || of;
  return (
    <>
      {input !== '' && (
        <>
          <code>{input}</code>:{' '}
        </>
      )}
      {sentence(message)}
      {hint !== '' && (
        <>
          {' '}
          <span class="soft">{sentence(hint)}</span>
        </>
      )}
    </>
  );
}

/** The hint of the server speaks of tokens of the API; here the link to the log-in stands in its place. */
const withoutHint = ({ code, message, input, ko }: Told): Told => ({
  ...{ code, message, input },
  hint: '',
  ko: ko && { ...ko, hint: '' },
});

function Text({ failure }: { failure: Failure }) {
  const { words } = useConsole();
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
  return (
    <>
      <p>
        <Sentences of={failure.code === 'log-in' ? withoutHint(failure) : failure} />
      </p>
      {failure.code === 'log-in' && (
        <p>
          <a
            href={`${pathOf('logIn', {})}?${new URLSearchParams({ next: window.location.pathname + window.location.search })}`}
          >
            {words.nav.logIn}
          </a>
        </p>
      )}
      {failure.retryAfter !== null && <p>{w.retryAfter(String(failure.retryAfter))}</p>}
    </>
  );
}

export function FailureNotice({ failure, again }: { failure: Failure; again?: (() => void) | undefined }) {
  const { words } = useConsole();
  return (
    <div class="notice bad" role="alert">
      <div>
        <Text failure={failure} />
      </div>
      {again && (
        <button type="button" onClick={again}>
          {words.common.again}
        </button>
      )}
    </div>
  );
}

/** A failed action's words; nothing where none failed. */
export const Failed = ({ of, again }: { of: Failure | undefined; again?: () => void }) =>
  of ? <FailureNotice failure={of} again={again} /> : null;

/** The fetched data, or a placeholder. Old data stays while the server does not answer. */
export function Loaded<T>({ data, children }: { data: Data<T>; children: (value: T) => ComponentChildren }) {
  const { value, failure, again } = data;
  if (value === undefined) return failure ? <FailureNotice failure={failure} again={again} /> : <Busy />;
  return (
    <>
      {failure?.code !== 'server-gone' && <Failed of={failure} again={again} />}
      {children(value)}
    </>
  );
}
