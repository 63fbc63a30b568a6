// The receipts of the answers that a model gave alone and this tab has kept: of a chat the last ones, of texts that it continued the last one.

import { useState } from 'preact/hooks';
import { plain } from '../../../page-kit/index.ts';
import { Empty } from '../../parts/page.tsx';
import { ReceiptSeal } from '../../parts/receipt-seal.tsx';
import { useConsole } from '../../state/context.ts';
import { keep } from '../../state/session.ts';
import { keptTurns, type PlaygroundModel, turnsName } from '../../state/turns.ts';

const MODES = ['chat', 'continue'] as const;
const MAX_SHOWN = 5;

export function Receipts({ of: model }: { of: PlaygroundModel }) {
  const { words, me } = useConsole();
  const w = words.model;
  const names = MODES.map((mode) => turnsName(me.viewer.user, [model.path], mode));
  const [kept, show] = useState(() => names.map((name) => ({ name, turns: keptTurns(name, 1) })));
  const answered = kept.flatMap(({ name, turns }) => turns.map((turn) => ({ name, turns, turn })));
  const shown = answered.toReversed().slice(0, MAX_SHOWN);
  if (shown.length === 0) return <Empty text={w.noReceipts} />;
  return (
    <>
      <p class="soft">{w.receiptsLead[model.tuned ? 'chat' : 'continue']}</p>
      <ul class="receipts">
        {shown.map(({ name, turns, turn }, i) => {
          const [answer] = turn.answers;
          return (
            <li key={i}>
              <span dir="auto">{plain(turn.said, 80)}</span>
              {answer?.receipt ? (
                <ReceiptSeal
                  of={answer.receipt}
                  model={model}
                  answer={answer}
                  onChange={() => {
                    keep(name, turns);
                    show([...kept]);
                  }}
                />
              ) : (
                <span class="soft">{w.noReceipt}</span>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
