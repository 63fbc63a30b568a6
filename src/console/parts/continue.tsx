// Continues a text with a model and shows it piece by piece. The output is shown as text, never as HTML.

import { useState } from 'preact/hooks';
import { wordFor } from '../../page-kit/index.ts';
import { stream } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useFields, useStoppableAction } from '../state/data.ts';
import { Form, TextArea, TextField } from './form.tsx';

const DEFAULTS = { maxTokens: '100', temperature: '0.8', topK: '40', topP: '0.95', seed: '1' };

/** @param path the API path that streams the continuation as events */
export function Continue({ path }: { path: string }) {
  const { words } = useConsole();
  const w = words.model;
  const [prompt, setPrompt] = useState(w.promptExample);
  const { values: settings, field } = useFields(DEFAULTS);
  const [written, write] = useState<{ prompt: string; text: string; ended: string | null }>();
  const action = useStoppableAction(async (signal) => {
    write({ prompt, text: '', ended: null });
    const body = { prompt, ...Object.fromEntries(Object.entries(settings).map(([key, text]) => [key, Number(text)])) };
    try {
      await stream(
        path,
        body,
        (event, data) => {
          const { text, ended } = data as { text: string; ended?: string };
          if (event === 'piece') write((before) => before && { ...before, text: before.text + text });
          if (event === 'done') write((before) => before && { ...before, ended: ended ?? 'end' });
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted) write((before) => before && { ...before, ended: 'stopped' });
      throw error;
    }
  });
  const number = (key: keyof typeof DEFAULTS, more: { min: number; max?: number; step: string; hint?: string }) => (
    <TextField label={w[key]} type="number" {...more} {...field(key)} />
  );
  return (
    <div class="stacked">
      <Form
        action={action}
        label={w.go}
        more={
          action.busy && (
            <button type="button" onClick={action.stop}>
              {w.stop}
            </button>
          )
        }
      >
        <TextArea label={w.prompt} value={prompt} onValue={setPrompt} rows={3} />
        <details>
          <summary>{w.settings}</summary>
          <div class="row">
            {number('maxTokens', { min: 1, max: 1000, step: '1' })}
            {number('temperature', { min: 0, max: 5, step: 'any' })}
            {number('topK', { min: 0, step: '1' })}
            {number('topP', { min: 0, max: 1, step: 'any' })}
            {number('seed', { min: 0, step: '1', hint: w.seedHint })}
          </div>
        </details>
      </Form>
      {written && (
        <div>
          <h3>{w.result}</h3>
          <p class="written" aria-busy={written.ended === null}>
            <span class="given soft">{written.prompt}</span>
            {written.text}
          </p>
          <p class="soft" role="status">
            {written.ended !== null && wordFor(w.ended, written.ended)}
          </p>
        </div>
      )}
    </div>
  );
}
