// An expert's declaration of interests in the teams of a stage. An interest keeps the expert from rating any team of it.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { CheckBoxes, Choice, Form } from '../../parts/form.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import type { BlankForm } from '../../types.ts';

interface Declaring {
  path: string;
  blank: BlankForm;
  renew: () => void;
}

export function Declaration({ path, blank, renew }: Declaring) {
  const { words, format } = useConsole();
  const w = words.experts;
  const [organisation, choose] = useState('');
  const [teams, setTeams] = useState<string[]>([]);
  const declare = useAction(async () => {
    await post(`${path}/interests`, { organisation: organisation === '' ? null : organisation, teams });
    renew();
  });
  const isClear = organisation === '' && teams.length === 0;
  return (
    <div class="stacked">
      <p class="lead">{w.declareLead}</p>
      <Choice
        label={w.organisation}
        value={organisation}
        options={[
          { value: '', text: w.noOrganisation },
          ...blank.organisations.map(({ id, name }) => ({ value: id, text: format.title(name) })),
        ]}
        onValue={choose}
      />
      <fieldset>
        <legend>{w.interestIn}</legend>
        <div class="checks-list">
          <CheckBoxes
            options={blank.teams.map(({ id, name }) => ({ value: id, text: format.title(name) }))}
            chosen={teams}
            onChosen={setTeams}
          />
        </div>
        <p class="hint">{w.interestHint}</p>
      </fieldset>
      <div>
        <DialogButton label={isClear ? w.declareNone : w.declareSome} primary>
          {() => (
            <Form action={declare} label={w.declare}>
              <p>{isClear ? w.confirmNone : w.confirmSome}</p>
            </Form>
          )}
        </DialogButton>
      </div>
    </div>
  );
}
