// The fields that say how tokens are chosen, folded away.

import { useConsole } from '../state/context.ts';
import type { Settings } from '../state/model-request.ts';
import { TextArea, TextField } from './form.tsx';

export function SamplingFields({ values, onChange }: { values: Settings; onChange: (values: Settings) => void }) {
  const w = useConsole().words.playground;
  const bind = (name: keyof Settings) => ({
    label: w.fields[name],
    required: false, // an empty one counts as its default
    value: values[name],
    onValue: (value: string) => onChange({ ...values, [name]: value }),
  });
  const number = (name: keyof Settings, more: { min: number; max?: number; step: string }) => (
    <TextField type="number" {...more} {...bind(name)} />
  );
  return (
    <details class="settings">
      <summary>{w.settings}</summary>
      <div class="row">
        {number('maxTokens', { min: 1, max: 4096, step: '1' })}
        {number('temperature', { min: 0, max: 100, step: 'any' })}
        {number('topP', { min: 0, max: 1, step: 'any' })}
        {number('topK', { min: 0, step: '1' })}
        {number('minP', { min: 0, max: 1, step: 'any' })}
        {number('repetition', { min: 0.01, max: 100, step: 'any' })}
        {number('seed', { min: 0, step: '1' })}
        <TextArea rows={1} hint={w.stopHint} {...bind('stop')} />
      </div>
    </details>
  );
}
