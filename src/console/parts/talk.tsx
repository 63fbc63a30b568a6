// A chat with a model that was tuned for it.

import { useState } from 'preact/hooks';
import { stream } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useStoppableAction } from '../state/data.ts';
import { Form, TextArea } from './form.tsx';

interface Message {
  role: 'user' | 'assistant';
  content: string;
}

export function Talk({ path }: { path: string }) {
  const { words } = useConsole();
  const w = words.model;
  const [said, say] = useState<Message[]>([]);
  const [answer, setAnswer] = useState('');
  const [text, setText] = useState('');
  const action = useStoppableAction(async (signal) => {
    const messages: Message[] = [...said, { role: 'user', content: text }];
    let whole = '';
    setAnswer('');
    await stream(
      path,
      { messages },
      (event, data) => {
        const { text: piece } = data as { text: string };
        whole = event === 'done' ? piece : whole + piece;
        setAnswer(whole);
      },
      signal,
    );
    // A message joins the chat once it is answered; after a failure it stays in its field.
    say([...messages, { role: 'assistant', content: whole }]);
    setText('');
    setAnswer('');
  });
  return (
    <div class="stacked">
      {(said.length > 0 || action.busy) && (
        <ol class="talk" aria-live="polite">
          {said.map(({ role, content }, i) => (
            <li key={i} class={role === 'user' ? 'mine' : ''}>
              <span class="who">{role === 'user' ? w.you : w.it}</span>
              <p class="written">{content}</p>
            </li>
          ))}
          {action.busy && (
            <li aria-busy="true">
              <span class="who">{w.it}</span>
              <p class="written">{answer}</p>
            </li>
          )}
        </ol>
      )}
      <Form
        action={action}
        label={w.send}
        more={
          action.busy ? (
            <button type="button" onClick={action.stop}>
              {w.stop}
            </button>
          ) : (
            said.length > 0 && (
              <button type="button" onClick={() => say([])}>
                {w.anew}
              </button>
            )
          )
        }
      >
        <TextArea label={w.message} value={text} onValue={setText} rows={2} />
      </Form>
    </div>
  );
}
