// A dialog to correct a wrong name; the log keeps both names.

import { useState } from 'preact/hooks';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import type { Title } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { Form, TextField } from './form.tsx';

interface Renaming {
  /** Of the programme in the API. */
  base: string;
  what: 'consortium' | 'organisation' | 'stage';
  id: string;
  name: Title;
  onDone: () => void;
}

export function Rename(renaming: Renaming) {
  const { words } = useConsole();
  return (
    <DialogButton label={words.consortium.rename}>{(close) => <RenameForm {...renaming} close={close} />}</DialogButton>
  );
}

function RenameForm({ base, what, id, name, onDone, close }: Renaming & { close: () => void }) {
  const { words } = useConsole();
  const w = words.consortium;
  const [en, setEn] = useState(name.en);
  const [ko, setKo] = useState(name.ko ?? '');
  const [reason, setReason] = useState('');
  const action = useAction(async () => {
    await post(`${base}/names`, {
      what,
      id,
      name: ko.trim() === '' ? { en } : { en, ko },
      ...(reason.trim() === '' ? {} : { reason }),
    });
    onDone();
    close();
  });
  return (
    <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.rename}>
      <p class="lead">{w.renameHint}</p>
      <TextField label={words.common.nameEn} value={en} onValue={setEn} />
      <TextField label={words.common.nameKo} optional lang="ko" value={ko} onValue={setKo} />
      <TextField label={w.reason} optional value={reason} onValue={setReason} />
    </Form>
  );
}
