// The button of the office's log-in provider; nothing where the server has none.

import { useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { useObservable } from '../state/observable.ts';
import { leave } from '../state/openid.ts';
import { lang } from '../state/settings.ts';
import type { OpenIdButton as Button } from '../types.ts';
import { Failed } from './loaded.tsx';

/**
 * @param label what it says; by default what the office has called it
 * @param missing what has to be done before, said when the button is pressed
 */
export function OpenIdButton({
  begin,
  leaving,
  label,
  lead,
  missing,
}: {
  begin: object;
  leaving: Parameters<typeof leave>[1];
  label?: (provider: string) => string;
  lead?: string;
  missing?: string | undefined;
}) {
  const { words } = useConsole();
  const chosen = useObservable(lang);
  const provider = useData<Button>('/openid').value?.label;
  const action = useAction(() => leave(begin, leaving));
  const [pressed, press] = useState(false);
  if (!provider) return null;
  const name = provider[chosen];
  return (
    <div class="stacked">
      {lead && <p class="soft">{lead}</p>}
      {pressed && missing && (
        <p class="notice bad" role="alert">
          {missing}
        </p>
      )}
      <Failed of={action.failure} />
      <div class="buttons">
        <button
          type="button"
          aria-disabled={action.busy}
          onClick={() => {
            press(true);
            if (!missing) action.run();
          }}
        >
          {action.busy ? words.common.working : (label?.(name) ?? name)}
        </button>
      </div>
    </div>
  );
}
