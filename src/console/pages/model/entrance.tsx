// The entrance to a model's playground: a text typed here is sent there at once. It stands in no address.

import { useId, useState } from 'preact/hooks';
import { useConsole } from '../../state/context.ts';
import { handText } from '../../state/handed-text.ts';
import { navigate, pathOf } from '../../state/router.ts';

/** @param tuned whether the model answers messages; else it continues texts */
export function Entrance({ run, tuned }: { run: string; tuned: boolean }) {
  const w = useConsole().words.model;
  const [text, setText] = useState('');
  const id = useId();
  const go = (): void => {
    if (text.trim() === '') return;
    handText(`/runs/${encodeURIComponent(run)}`, text);
    navigate(pathOf('playground', { run }));
  };
  return (
    <form
      class="entrance"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <label for={id}>{tuned ? w.tryChat : w.tryText}</label>
      <div class="entrance-line">
        <input
          id={id}
          type="text"
          value={text}
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="send"
          required
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="primary">
          {w.tryGo[tuned ? 'chat' : 'continue']}
        </button>
      </div>
    </form>
  );
}
