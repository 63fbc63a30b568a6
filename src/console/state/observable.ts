// A value that components can watch.

import { useEffect, useState } from 'preact/hooks';

export interface Observable<T> {
  readonly value: T;
  set(value: T): void;
  watch(on: () => void): () => void;
}

export function observable<T>(value: T): Observable<T> {
  const watchers = new Set<() => void>();
  return {
    get value() {
      return value;
    },
    set(next) {
      value = next;
      for (const on of [...watchers]) on();
    },
    watch(on) {
      watchers.add(on);
      return () => watchers.delete(on);
    },
  };
}

export function useObservable<T>(source: Observable<T>): T {
  const [value, show] = useState(() => source.value);
  useEffect(() => {
    show(() => source.value); // it may have changed since rendering
    return source.watch(() => show(() => source.value));
  }, [source]);
  return value;
}
