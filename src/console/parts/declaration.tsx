// An expert's declaration of interests in the teams of a stage, or in the applications to a call.

import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { listIn, useKeptFields } from '../state/kept-fields.ts';
import type { Title } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { CheckBoxes, Choice, Form } from './form.tsx';

interface Named {
  id: string;
  name: Title;
}

interface Declaring {
  path: string;
  /** What the chosen teams or applications are called in the request. */
  of: 'teams' | 'applications';
  organisations: readonly Named[];
  things: readonly Named[];
  renew: () => void;
}

export function Declaration({ path, of, organisations, things, renew }: Declaring) {
  const { words, format } = useConsole();
  const w = words.experts;
  const { values, field, forget } = useKeptFields(`${path}/interests`, { organisation: '', things: '' });
  const { organisation } = values;
  const { chosen, onChosen } = listIn(field('things'));
  const declare = useAction(async () => {
    await post(`${path}/interests`, { organisation: organisation === '' ? null : organisation, [of]: chosen });
    forget();
    renew();
  });
  const isClear = organisation === '' && chosen.length === 0;
  return (
    <div class="stacked">
      <p class="lead">{w.declareLead[of]}</p>
      <Choice
        label={w.organisation}
        {...field('organisation')}
        options={[
          { value: '', text: w.noOrganisation },
          ...organisations.map(({ id, name }) => ({ value: id, text: format.title(name) })),
        ]}
      />
      <fieldset>
        <legend>{w.interestIn[of]}</legend>
        <div class="checks-list">
          <CheckBoxes
            options={things.map(({ id, name }) => ({ value: id, text: format.title(name) }))}
            chosen={chosen}
            onChosen={onChosen}
          />
        </div>
        <p class="hint">{w.interestHint}</p>
      </fieldset>
      <div>
        <DialogButton label={isClear ? w.declareNone : w.declareSome} primary>
          {() => (
            <Form action={declare} label={w.declare}>
              <p>{isClear ? w.confirmNone[of] : w.confirmSome[of]}</p>
            </Form>
          )}
        </DialogButton>
      </div>
    </div>
  );
}
