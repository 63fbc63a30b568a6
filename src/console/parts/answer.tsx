// One model's answer: its text, how it ended, and the commands that give it again.

import { wordFor } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { commandsOf } from '../state/model-request.ts';
import type { Answer, PlaygroundModel } from '../state/turns.ts';
import { PlainText, TokenText } from './answer-text.tsx';
import { DialogButton } from './dialog.tsx';
import { Copy } from './elements.tsx';
import { Failed } from './loaded.tsx';
import { ReceiptSeal } from './receipt-seal.tsx';

export function AnswerView({
  of: answer,
  model,
  before,
  named,
  withTokens,
  onChange,
}: {
  of: Answer;
  model: PlaygroundModel;
  before?: string;
  /** Shows the model's name above. */
  named: boolean;
  /** Shows the probability of each token. */
  withTokens: boolean;
  /** Called when its receipt was checked. */
  onChange: () => void;
}) {
  const { words, format } = useConsole();
  const w = words.playground;
  const { pieces, ended, tokens, speed, request, failure } = answer;
  const Text = withTokens ? TokenText : PlainText;
  return (
    <div class="reply">
      {named && <p class="who">{model.label}</p>}
      {(pieces.length > 0 || ended !== 'failed') && <Text before={before} pieces={pieces} busy={ended === null} />}
      <Failed of={failure} />
      <div class="reply-foot">
        <span>{w.seedIs(String(request.body.seed))}</span>
        {tokens > 0 && <span>{w.tokens(format.count(tokens))}</span>}
        {speed !== null && <span>{w.speed(format.count(speed))}</span>}
        {ended !== null && ended !== 'failed' && <span>{wordFor(w.ended, ended)}</span>}
        {answer.receipt && <ReceiptSeal of={answer.receipt} model={model} answer={answer} onChange={onChange} />}
        {model.folder !== null && ended !== null && ended !== 'failed' && (
          <DialogButton label={w.asCurl}>
            {() => <Commands model={{ name: model.name, folder: model.folder! }} answer={answer} />}
          </DialogButton>
        )}
      </div>
    </div>
  );
}

function Commands({ model, answer }: { model: { name: string; folder: string }; answer: Answer }) {
  const w = useConsole().words.playground;
  const { serve, curl } = commandsOf(model, answer.request);
  return (
    <div class="stacked">
      <p>{w.curlLead}</p>
      {answer.ended === 'stopped' && <p class="soft">{w.curlStopped}</p>}
      {(
        [
          [w.serveCommand, serve],
          [w.curlCommand, curl],
        ] as const
      ).map(([label, command]) => (
        <div key={label}>
          <div class="card-head">
            <h3>{label}</h3>
            <Copy text={command} label={label} />
          </div>
          <pre class="command">{command}</pre>
        </div>
      ))}
    </div>
  );
}
