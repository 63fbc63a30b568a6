// Fields for the source of a figure.

import { useConsole } from '../state/context.ts';
import { TextField } from './form.tsx';

export const NO_SOURCE = { publisher: '', item: '', date: '', url: '' };
export type SourceGiven = typeof NO_SOURCE;
const KEYS = Object.keys(NO_SOURCE) as (keyof SourceGiven)[];

/** The source for the API, without empty fields; undefined if all are empty. */
export function sourceOf(given: SourceGiven): Partial<SourceGiven> | undefined {
  const filled = KEYS.filter((key) => given[key].trim() !== '');
  return filled.length === 0 ? undefined : Object.fromEntries(filled.map((key) => [key, given[key]]));
}

/** @param optional the publisher may be empty too */
export function SourceFields({
  field,
  optional,
}: {
  field: (key: keyof SourceGiven) => { value: string; onValue: (text: string) => void };
  optional?: boolean;
}) {
  const { words } = useConsole();
  const w = words.score;
  const given = KEYS.some((key) => field(key).value.trim() !== '');
  return (
    <div class="row">
      {KEYS.map((key) => (
        <TextField
          key={key}
          label={w[key]}
          // A source needs a publisher.
          optional={key !== 'publisher' || (optional === true && !given)}
          {...field(key)}
        />
      ))}
    </div>
  );
}
