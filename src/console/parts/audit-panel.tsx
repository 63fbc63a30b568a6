// Audits a run: starts the audit, shows its progress, then its result. Several viewers see the same audit.

import { useState } from 'preact/hooks';
import { wordFor } from '../../page-kit/index.ts';
import { Failure, post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import type { Audit, Check, Claims } from '../types.ts';
import type { Words } from '../words/words.ts';
import { ClaimStamp } from './claim.tsx';
import { Progress, State, VerdictState } from './elements.tsx';
import { Choice, Form } from './form.tsx';
import { FailureNotice } from './loaded.tsx';

const REPLAYS = ['0', '1', '3', 'all'] as const;

/** A folder as an argument in a shell. */
const argument = (folder: string): string =>
  /^[\w@%+=:,./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`;

/** `witnessed`: the folder of a run that another program trained, which is not trained again here; null for a run of ours. */
export function AuditPanel({ path, witnessed }: { path: string; witnessed: string | null }) {
  const { words, format } = useConsole();
  const w = words.audit;
  const [begun, begin] = useState<Audit>();
  const [replay, setReplay] = useState<(typeof REPLAYS)[number]>('1');
  const fetched = useData<Audit>(begun ? `/audits/${encodeURIComponent(begun.id)}` : null);
  const audit = fetched.value ?? begun;
  useLive(
    audit?.state === 'running' ? `/audits/${encodeURIComponent(audit.id)}/events` : null,
    ['audit'],
    (name, data) => {
      if (name === 'audit') fetched.set(data as Audit);
      else fetched.again();
    },
  );
  const action = useAction(async () => {
    const asked = witnessed === null ? { replay: replay === 'all' ? 'all' : Number(replay) } : {};
    begin(await post<Audit>(`${path}/audits`, asked));
  });
  const running = audit?.state === 'running';
  const text = { '0': w.replayNone, '1': w.replaySome('1'), '3': w.replaySome('3'), all: w.replayAll };
  return (
    <div class="stacked">
      {!running && (
        <Form action={action} label={audit ? w.again : w.start}>
          {witnessed === null && (
            <div class="row">
              <Choice
                label={w.replay}
                value={replay}
                options={REPLAYS.map((value) => ({ value, text: text[value] }))}
                onValue={setReplay}
              />
            </div>
          )}
        </Form>
      )}
      <div aria-live="polite" class="stacked">
        {running && (
          <>
            <p>{w.running(checkName(words, audit.progress?.check ?? 'structure'))}</p>
            <Progress
              value={audit.progress?.fraction ?? 0}
              label={w.progress}
              text={format.percent(audit.progress?.fraction ?? 0)}
            />
          </>
        )}
        {audit?.state === 'done' && audit.verdict !== null && audit.claim !== null && (
          <Verdicts {...audit} verdict={audit.verdict} claim={audit.claim} />
        )}
        {audit?.state === 'failed' && (
          <>
            <p>{w.failed}</p>
            {audit.error && <FailureNotice failure={new Failure(audit.error)} />}
          </>
        )}
      </div>
      {witnessed !== null && (
        <div>
          <p>{words.witness.trainAgain}</p>
          <pre class="command">{`jikji audit ${argument(witnessed)} --code FILE --python COMMAND --data DIR`}</pre>
        </div>
      )}
    </div>
  );
}

/** The name of a check, of our own runs or of those of another program. */
const checkName = (words: Words, name: string): string =>
  Object.hasOwn(words.witness.names, name) ? wordFor(words.witness.names, name) : wordFor(words.checks, name);

/** A verdict with its claim, and the checks behind it. */
export function Verdicts({
  verdict,
  claim,
  checks,
  witnessed,
}: {
  verdict: string;
  claim: Claims;
  /** Whether another program trained it: then no check says that something holds. */
  witnessed: boolean;
  checks: Record<keyof Check, string>[];
}) {
  const { words } = useConsole();
  const w = words.audit;
  return (
    <>
      <ClaimStamp verdict={verdict} claim={claim} title={w.verdict} />
      <h3>{w.checks}</h3>
      <ul class="check-rows">
        {checks.map((check) => (
          <li key={check.name}>
            <div>
              <strong>{checkName(words, check.name)}</strong>
              <br />
              {witnessed ? (
                <State of={check.verdict} text={wordFor(words.witness.found, check.verdict)} />
              ) : (
                <VerdictState of={check.verdict} />
              )}
            </div>
            <div>
              {!witnessed && Object.hasOwn(words.checkQuestions, check.name) && (
                <p class="soft">{wordFor(words.checkQuestions, check.name)}</p>
              )}
              {check.detail.split('\n').map((line) => (
                <p key={line} lang="en">
                  {line}
                </p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
