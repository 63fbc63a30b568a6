// The receipt of an answer as a small seal beneath it: what it binds, a check on request, and its files. Says nothing that no check has
// shown: the sentences are those of the audit.

import { Fact, Facts, Mark, markOf, shellWord, wordFor } from '../../page-kit/index.ts';
import { Failure, post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { checkPath, hrefOf, type Receipted, type ReceiptFiles, receiptFilesOf } from '../state/receipt-files.ts';
import type { Answer, KeptReceipt, PlaygroundModel, Received } from '../state/turns.ts';
import type { CheckedReceipt } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { Copy, Digest, DigestFact, Fold, State, Time } from './elements.tsx';
import { Lineage } from './lineage.tsx';
import { Failed, FailureNotice } from './loaded.tsx';
import { Told } from './told.tsx';

interface SealProps {
  of: KeptReceipt;
  model: PlaygroundModel;
  answer: Answer;
  /** Called when it was checked. */
  onChange: () => void;
}

const stateOf = (of: KeptReceipt): string => ('none' in of ? 'none' : (of.checked?.audit.verdict ?? 'not-checked'));

export function ReceiptSeal({ of, model, answer, onChange }: SealProps) {
  const w = useConsole().words.answerReceipt;
  const state = stateOf(of);
  const { sign, tone } = markOf(state);
  const face = (
    <>
      <Mark sign={sign} />
      {wordFor(w.faces, state)}
    </>
  );
  return (
    <DialogButton label={w.title} face={face} class={`receipt-seal ${tone}`}>
      {() =>
        'none' in of ? (
          <div class="stacked">
            <p>{w.none}</p>
            <FailureNotice failure={new Failure(of.none)} />
          </div>
        ) : (
          <Receipt of={of} model={model} answer={answer as Answer & { received: Received }} onChange={onChange} />
        )
      }
    </DialogButton>
  );
}

function Receipt({
  of,
  model,
  answer,
  onChange,
}: Omit<SealProps, 'of' | 'answer'> & { of: Receipted; answer: Answer & { received: Received } }) {
  const { words } = useConsole();
  const w = words.answerReceipt;
  const { checked } = of;
  const files = receiptFilesOf(of, answer);
  const action = useAction(async () => {
    of.checked = await post<CheckedReceipt>(checkPath(model), files);
    onChange();
  });
  return (
    <div class="stacked receipt">
      <div aria-live="polite" class="stacked">
        {checked ? <Verdict of={checked} /> : <p>{w.notChecked}</p>}
      </div>
      <Failed of={action.failure} />
      <div class="buttons">
        <button type="button" class="primary" aria-disabled={action.busy} onClick={() => void action.run()}>
          {action.busy ? words.common.working : checked ? w.again : w.check}
        </button>
        <Downloads files={files} />
      </div>
      <Bound of={of} />
      <h3>{w.lineage}</h3>
      <Lineage of={checked?.lineage ?? of.receipt.lineage} run={model.path} />
      {checked && (
        <Fold summary={w.checks}>
          {() => (
            <ul class="check-rows">
              {checked.audit.checks.map(({ name, verdict, detail, ko }) => (
                <li key={name}>
                  <div>
                    <strong>{wordFor(words.receiptChecks, name)}</strong>
                    <br />
                    <State of={verdict} text={wordFor(w.states, verdict)} />
                  </div>
                  <Told of={{ en: detail, ko: ko?.detail }} />
                </li>
              ))}
            </ul>
          )}
        </Fold>
      )}
      <Elsewhere folder={model.folder} />
      <p class="soft">{w.kept}</p>
    </div>
  );
}

function Verdict({ of: { audit, time } }: { of: CheckedReceipt }) {
  const { words, format } = useConsole();
  const { verdict, claim } = audit;
  const [first, ...more] = claim[format.lang];
  return (
    <div class={`verdict ${verdict}`}>
      <span class="stamp" aria-hidden="true">
        {markOf(verdict).sign}
      </span>
      <div>
        <strong>{words.answerReceipt.verdict(wordFor(words.answerReceipt.states, verdict))}</strong>
        <p>{first}</p>
        {more.length > 0 && <p>{more.join(' ')}</p>}
        <p>
          <Time of={time} />
        </p>
      </div>
    </div>
  );
}

const FILES = ['receipt', 'request', 'response'] as const;

function Downloads({ files }: { files: ReceiptFiles }) {
  const w = useConsole().words.answerReceipt;
  return (
    <>
      {FILES.map((name) => (
        <a key={name} class="button" href={hrefOf(files[name])} download={`${name}.json`}>
          {w.download[name]}
        </a>
      ))}
    </>
  );
}

/** What the receipt binds. */
function Bound({ of: { receipt } }: { of: Receipted }) {
  const { words, format } = useConsole();
  const w = words.answerReceipt;
  const { facts } = receipt;
  const [answer] = facts.answers;
  return (
    <Facts>
      <DigestFact name={w.model} of={facts.model.digest} />
      <Fact name={w.run}>{facts.run ? <Digest of={facts.run.seal} copy={w.run} /> : w.noRun}</Fact>
      <Fact name={words.playground.fields.seed} note={w.seedFrom[facts.seedFrom]}>
        {answer?.seed}
      </Fact>
      <Fact name={w.tokens}>{format.count(answer?.tokens ?? 0)}</Fact>
      <Fact name={w.time} note={w.timeNote}>
        <Time of={facts.time} />
      </Fact>
      <Fact name={w.key} note={w.keyNote} wide>
        <Digest of={facts.key} copy={w.key} />
      </Fact>
      <Fact name={w.parameters} wide>
        <code class="receipt-parameters">
          {Object.entries(facts.request.parameters)
            .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
            .join(', ')}
        </code>
      </Fact>
    </Facts>
  );
}

/** How somebody checks it who does not trust this server. */
function Elsewhere({ folder }: { folder: string | null }) {
  const w = useConsole().words.answerReceipt;
  const command = `jikji audit receipt.json --model ${shellWord(folder ?? 'RUN')} --request request.json --response response.json`;
  return (
    <div>
      <div class="card-head">
        <h3>{w.elsewhere}</h3>
        <Copy text={command} label={w.elsewhere} />
      </div>
      <p>{w.elsewhereLead}</p>
      <pre class="command">{command}</pre>
    </div>
  );
}
