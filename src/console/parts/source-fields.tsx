// Fields for the source of a figure.

import { useConsole } from '../state/context.ts';
import { TextField } from './form.tsx';

export const NO_SOURCE = { publisher: '', item: '', date: '', url: '' };
export type SourceGiven = typeof NO_SOURCE;

/** The source for the API, without empty fields; undefined if all are empty. */
export function sourceOf(given: SourceGiven): Partial<SourceGiven> | undefined {
  const filled = Object.entries(given).filter(([, text]) => text.trim() !== '');
  return filled.length === 0 ? undefined : Object.fromEntries(filled);
}

/** @param optional the publisher may be empty too */
export function SourceFields({
  value,
  onValue,
  optional,
}: {
  value: SourceGiven;
  onValue: (value: SourceGiven) => void;
  optional?: boolean;
}) {
  const { words } = useConsole();
  const w = words.score;
  const given = Object.values(value).some((text) => text.trim() !== '');
  return (
    <div class="row">
      {(['publisher', 'item', 'date', 'url'] as const).map((key) => (
        <TextField
          key={key}
          label={w[key]}
          // A source needs a publisher.
          optional={key !== 'publisher' || (optional === true && !given)}
          value={value[key]}
          onValue={(text) => onValue({ ...value, [key]: text })}
        />
      ))}
    </div>
  );
}
