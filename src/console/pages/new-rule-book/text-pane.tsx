// The text beside the form, and all problems with their lines.

import { useRef } from 'preact/hooks';
import { TextArea } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { selectLine } from '../../state/select-line.ts';
import { useDraft } from './draft.ts';
import { ProblemText } from './fields.tsx';
import { SumOfBlocks } from './sums.tsx';

export function TextPane() {
  const { words, format } = useConsole();
  const w = words.newBook;
  const { text, setText, checked, isStale, failure, checkAgain } = useDraft();
  const area = useRef<HTMLDivElement>(null);
  const problems = checked?.problems ?? [];
  const state = failure
    ? ''
    : isStale || !checked
      ? w.checking
      : problems.length === 0
        ? w.noProblem
        : w.problems(format.count(problems.length));
  return (
    <Section title={w.yaml} lead={w.yamlLead}>
      <SumOfBlocks />
      <div ref={area}>
        <TextArea
          label={words.books.text}
          class="code"
          rows={26}
          value={text}
          onValue={setText}
          spellcheck={false}
          required={false}
        />
      </div>
      <p role="status">{text.trim() !== '' && state}</p>
      <Failed of={failure} again={checkAgain} />
      {problems.length > 0 && (
        <ul class="problems">
          {problems.map((problem) => (
            <li key={`${problem.line} ${problem.message}`}>
              <button
                type="button"
                class="copy"
                onClick={() => selectLine(area.current!.querySelector('textarea')!, problem.line)}
              >
                {words.books.line(format.count(problem.line))}
              </button>{' '}
              {problem.path && <code>{problem.path.join('.')}</code>} <ProblemText of={problem} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
