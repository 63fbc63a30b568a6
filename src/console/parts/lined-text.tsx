// A field for a file's text, with the line that an error names.

import { useRef } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
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
  const w = words.catalogue;
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
          <button type="button" onClick={() => select(area.current!.querySelector('textarea')!, line)}>
            {w.toLine}
          </button>
        </div>
      )}
    </>
  );
}

/** Selects a line and scrolls to it. */
function select(area: HTMLTextAreaElement, line: number): void {
  const before = area.value.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + area.value.slice(start).split('\n')[0].length);
  area.scrollTop = (line - 4) * Number.parseFloat(getComputedStyle(area).lineHeight);
}
