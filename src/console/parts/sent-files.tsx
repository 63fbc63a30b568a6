// Files that are chosen and sent to an application, one after another. What was sent is not sent again.

import { useRef, useState } from 'preact/hooks';
import { upload } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { Progress } from './elements.tsx';
import { Field } from './form.tsx';

/** What the API takes. */
const MAX_FILES = 20;
const MAX_BYTES = 20_000_000;

export interface Files {
  chosen: File[];
  choose(files: File[]): void;
  /** The file on its way, and how much of it is there. */
  going: { name: string; sent: number } | null;
  /** Sends those that were not sent yet. @throws Failure */
  send(application: string, signal: AbortSignal): Promise<void>;
}

export function useFiles(base: string): Files {
  const [chosen, choose] = useState<File[]>([]);
  const [going, show] = useState<Files['going']>(null);
  const done = useRef(new Set<File>());
  async function send(application: string, signal: AbortSignal): Promise<void> {
    const path = `${base}/applications/${encodeURIComponent(application)}/files`;
    try {
      for (const file of chosen) {
        if (done.current.has(file)) continue;
        const { name } = file;
        const on = (sent: number) => show({ name, sent });
        on(0);
        await upload(`${path}?${new URLSearchParams({ name: name.normalize('NFC') })}`, { file, on, signal });
        done.current.add(file);
      }
    } finally {
      show(null);
    }
  }
  return { chosen, choose, going, send };
}

export function SentFiles({
  files,
  action,
  required,
}: {
  files: Files;
  action: { busy: boolean; stop(): void };
  required?: boolean;
}) {
  const { words, format } = useConsole();
  const w = words.application;
  /** Why these cannot be sent; empty if they can. */
  const fault = (chosen: File[]): string => {
    if (chosen.length > MAX_FILES) return w.tooMany(format.count(MAX_FILES));
    const large = chosen.find(({ size }) => size > MAX_BYTES);
    if (large) return w.tooLarge(large.name, format.bytes(MAX_BYTES));
    const empty = chosen.find(({ size }) => size === 0);
    return empty ? w.isEmpty(empty.name) : '';
  };
  return (
    <>
      <Field
        label={w.files}
        hint={w.filesHint(format.count(MAX_FILES), format.bytes(MAX_BYTES))}
        {...(required ? {} : { optional: true })}
      >
        {(attributes) => (
          <input
            {...attributes}
            type="file"
            multiple
            required={required}
            onChange={(event) => {
              const chosen = [...(event.currentTarget.files ?? [])];
              event.currentTarget.setCustomValidity(fault(chosen));
              event.currentTarget.reportValidity();
              files.choose(chosen);
            }}
          />
        )}
      </Field>
      {files.going && (
        <div class="inline">
          <Progress
            value={files.going.sent}
            label={files.going.name}
            text={w.sending(files.going.name, format.percent(files.going.sent))}
          />
          {action.busy && (
            <button type="button" onClick={action.stop}>
              {w.stop}
            </button>
          )}
        </div>
      )}
    </>
  );
}
