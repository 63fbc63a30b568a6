// The switch for keys of single letters: whoever speaks to the computer, or whose screen reader uses letters, turns them off.

import { useId } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { chooseLetterKeys, letterKeys } from '../state/keys.ts';
import { useObservable } from '../state/observable.ts';

export function LetterKeys() {
  const w = useConsole().words.keys;
  const on = useObservable(letterKeys);
  const id = useId();
  return (
    <div>
      <label class="check">
        <input
          type="checkbox"
          checked={on}
          aria-describedby={id}
          onChange={(event) => chooseLetterKeys(event.currentTarget.checked)}
        />{' '}
        {w.letters}
      </label>
      <p class="hint" id={id}>
        {w.lettersHint}
      </p>
    </div>
  );
}
