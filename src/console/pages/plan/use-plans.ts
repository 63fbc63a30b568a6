// Asks for a plan of each question, a moment after the last change: a question that is not asked any more is given up, and the server stops its
// work. An answer is kept only as long as its question stands, or until the next one is there.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, type Failure, failureOf } from '../../state/api.ts';
import { connection } from '../../state/connection.ts';
import { useObservable } from '../../state/observable.ts';
import type { PlanPage, PlanQuestion } from '../../types.ts';

/** A slider that is drawn asks for one plan, not for a hundred. */
const WAIT_MS = 300;

interface Answer {
  page: PlanPage | undefined;
  failure: Failure | undefined;
}

export interface Answered extends Answer {
  /** Whether it is the answer to this question, and not to the one before. */
  isCurrent: boolean;
  again(): void;
}

/** @param questions null: not to be asked yet */
export function usePlans(path: string, questions: readonly (PlanQuestion | null)[]): Answered[] {
  const { generation } = useObservable(connection);
  const [answers, show] = useState<ReadonlyMap<string, Answer>>(new Map());
  const asked = useRef(new Map<string, AbortController>());
  const last = useRef<(PlanPage | undefined)[]>([]);
  const keys = questions.map((question) => question && JSON.stringify(question));
  const wanted = [...new Set(keys.filter((key) => key !== null))];

  useEffect(() => {
    for (const [key, controller] of asked.current) {
      if (wanted.includes(key)) continue;
      controller.abort();
      asked.current.delete(key);
    }
    show(
      (before) =>
        new Map([...before].filter(([key, { failure }]) => wanted.includes(key) && failure?.code !== 'server-gone')),
    );
    const timer = setTimeout(() => {
      for (const key of wanted) if (!asked.current.has(key)) ask(key);
    }, WAIT_MS);
    return () => clearTimeout(timer);
    // Dependencies: other questions, or a server that is back
  }, [wanted.join('\n'), path, generation]);

  useEffect(
    () => () => {
      for (const controller of asked.current.values()) controller.abort();
    },
    [],
  );

  const ask = (key: string): void => {
    const controller = new AbortController();
    asked.current.set(key, controller);
    const settle = (answer: Answer) => {
      if (controller.signal.aborted) return;
      // What failed may be asked again.
      if (answer.failure) asked.current.delete(key);
      show((before) => new Map(before).set(key, answer));
    };
    call<PlanPage>('POST', path, JSON.parse(key), controller.signal).then(
      (page) => settle({ page, failure: undefined }),
      (error) => settle({ page: undefined, failure: failureOf(error) }),
    );
  };

  return keys.map((key, i) => {
    const answer = key === null ? undefined : answers.get(key);
    if (answer) last.current[i] = answer.page;
    return {
      ...(answer ?? { page: last.current[i], failure: undefined }),
      isCurrent: answer !== undefined,
      again: () => key !== null && ask(key),
    };
  });
}
