// A field for a file's text, with the line that an error names.

import { useRef } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { selectLine } from '../state/select-line.ts';
import { TextArea } from './form.tsx';

interface LinedTextOptions {
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** The line of the error, from 1. */
  line: number | undefined;
}

export function LinedText({ label, value, onValue, line }: LinedTextOptions) {
  const { words, format } = useConsole();
  const w = words.books;
  const area = useRef<HTMLDivElement>(null);
  const lines = value.split('\n');
  return (
    <>
      <div ref={area}>
        <TextArea
          label={label}
          class="code"
          rows={14}
          value={value}
          onValue={onValue}
          spellcheck={false}
          aria-invalid={line !== undefined}
        />
      </div>
      {line !== undefined && line <= lines.length && (
        <div class="notice warn">
          <p>
            <strong>{w.line(format.count(line))}</strong> <code>{lines[line - 1]}</code>
          </p>
          <button type="button" onClick={() => selectLine(area.current!.querySelector('textarea')!, line)}>
            {w.toLine}
          </button>
        </div>
      )}
    </>
  );
}
