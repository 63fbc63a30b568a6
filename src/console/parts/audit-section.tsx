// The audits of a run: what each has found and how far it reaches, or the progress of one; a dialog starts it, shows and ends it.

import { useState } from 'preact/hooks';
import { shellWord } from '../../page-kit/index.ts';
import { Failure } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import type { KnownAudits } from '../state/run-audits.ts';
import type { Audit, RunAudits, RunDetail } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { Fold, Progress, State, Time } from './elements.tsx';
import { Choice, Form } from './form.tsx';
import { Failed, FailureNotice } from './loaded.tsx';
import { Section } from './page.tsx';
import { checkName, Verdicts } from './verdicts.tsx';

const REPLAYS = ['0', '1', '3', 'all'] as const;
type Replay = (typeof REPLAYS)[number];
/** Checks that look at the evidence of any run, in the order in which an audit makes them. */
const CHECKS = ['structure', 'schedule', 'origin', 'data', 'policy', 'motion', 'probe', 'replay', 'figures'] as const;

type AuditResult = RunAudits['results'][number];

interface AuditProps {
  run: RunDetail;
  audits: KnownAudits;
}

export function AuditSection({ run, audits }: AuditProps) {
  const { words } = useConsole();
  const w = words.audit;
  const { running, last } = audits.known ?? { running: null, last: null };
  const face = running ? w.show : last ? w.again : w.start;
  const isReady = run.state !== 'running';
  return (
    <Section
      title={words.run.audit}
      anchor="audit"
      aside={
        isReady && (
          <DialogButton label={w.start} face={face} act="audit">
            {() => <AuditDialog run={run} audits={audits} />}
          </DialogButton>
        )
      }
    >
      {/* Both say the same of a running audit: the dialog lies above the page. */}
      <div class="audit-line">{isReady ? <AuditLine audits={audits} /> : <p class="soft">{w.unfinished}</p>}</div>
    </Section>
  );
}

/** Results that stand open; those before them are folded away. */
const MAX_OPEN = 3;

/** What is known of the run by audits: each result with how far it reaches, whose it is and when it ended. */
export function AuditLine({ audits: { known } }: Pick<AuditProps, 'audits'>) {
  const { words, format } = useConsole();
  const w = words.audit;
  if (!known) return null;
  const { running, failed, last, results } = known;
  const earlier = results.slice(MAX_OPEN);
  const isNone = !last && !running && !failed && !results.some(({ by }) => by === 'server');
  return (
    <>
      {running && <Running of={running} />}
      {failed && !running && <Problem of={failed} />}
      {last && !last.current && <Stale of={last.audit} />}
      {results.slice(0, MAX_OPEN).map((one) => (
        <Result key={`${one.by} ${one.time}`} of={one} />
      ))}
      {earlier.length > 0 && (
        <Fold summary={w.earlier(format.count(earlier.length))}>
          {() => earlier.map((one) => <Result key={`${one.by} ${one.time}`} of={one} />)}
        </Fold>
      )}
      {isNone && <p class="soft">{results.length > 0 ? w.noneSince : w.none}</p>}
    </>
  );
}

function Result({ of: { by, verdict, claim, time } }: { of: AuditResult }) {
  const { words } = useConsole();
  return (
    <div class="audit-result">
      <Found verdict={verdict} claim={claim} />
      <p class="soft">
        {words.audit.by[by]} <Time of={time} ago />
      </p>
    </div>
  );
}

/** A verdict in one line, and its reach. */
function Found({ verdict, claim }: Pick<AuditResult, 'verdict' | 'claim'>) {
  const { format } = useConsole();
  const { word, headline, beginning, reach, room, data } = claim[format.lang];
  return (
    <>
      <p>
        <State of={verdict} text={word} /> {reach}
      </p>
      <p class="soft">
        {headline} {beginning} {room} {data}
      </p>
    </>
  );
}

/** The latest result, of files that have changed since. */
function Stale({ of: { verdict, claim } }: { of: Audit }) {
  const w = useConsole().words.audit;
  if (verdict === null || claim === null) return null;
  return (
    <div class="audit-result">
      <Found verdict={verdict} claim={claim} />
      <p class="notice warn">{w.stale}</p>
    </div>
  );
}

function Running({ of: { progress } }: { of: Audit }) {
  const { words, format } = useConsole();
  const w = words.audit;
  const { check, fraction } = progress ?? { check: 'structure', fraction: 0 };
  return (
    <p class="inline">
      <span>{w.running(checkName(words, check))}</span>
      <Progress value={fraction} label={w.progress} text={format.percent(fraction)} />
    </p>
  );
}

function Problem({ of: { error } }: { of: Audit }) {
  const { words } = useConsole();
  return (
    <>
      <p>{words.audit.failed}</p>
      {error && <FailureNotice failure={new Failure(error)} />}
    </>
  );
}

function AuditDialog({ run, audits: { known, start, stop } }: AuditProps) {
  const { words } = useConsole();
  const w = words.audit;
  const [replay, setReplay] = useState<Replay>('1');
  const { running, failed, last } = known ?? { running: null, failed: null, last: null };
  const form = useStart(start, run.witnessed ? {} : { replay: replay === 'all' ? 'all' : Number(replay) });
  const text = { '0': w.replayNone, '1': w.replaySome('1'), '3': w.replaySome('3'), all: w.replayAll };
  return (
    <div class="stacked audit-dialog">
      <p class="soft">{run.witnessed ? words.witness.auditLead : w.lead}</p>
      <div aria-live="polite" class="stacked">
        {running && (
          <>
            <Running of={running} />
            <p class="soft">{w.goesOn}</p>
          </>
        )}
        {failed && !running && <Problem of={failed} />}
        {!running && last?.audit.verdict && last.audit.claim && (
          <Verdicts {...last.audit} verdict={last.audit.verdict} claim={last.audit.claim} />
        )}
        {!running && last && !last.current && <p class="notice warn">{w.stale}</p>}
      </div>
      {running ? (
        <div>
          <Failed of={stop.failure} />
          <button type="button" aria-disabled={stop.busy} onClick={() => void stop.run()}>
            {stop.busy ? words.common.working : w.stop}
          </button>
        </div>
      ) : (
        <Form action={form} label={last ? w.again : w.start}>
          {!run.witnessed && (
            <>
              <Will />
              <div class="row">
                <Choice
                  label={w.replay}
                  value={replay}
                  options={REPLAYS.map((value) => ({ value, text: text[value] }))}
                  onValue={setReplay}
                />
              </div>
              <p class="soft">
                <HowLong run={run} replay={replay} />
              </p>
            </>
          )}
        </Form>
      )}
      {run.witnessed && (
        <div>
          <p>{words.witness.trainAgain}</p>
          <pre class="command">{`jikji audit ${shellWord(run.folder)} --code FILE --python COMMAND --data DIR`}</pre>
        </div>
      )}
    </div>
  );
}

/** The action of the form, which is given what is asked for. */
const useStart = (start: KnownAudits['start'], asked: object) => ({ ...start, run: () => start.run(asked) });

/** What will be checked, each as the question that it answers. */
function Will() {
  const { words } = useConsole();
  return (
    <details>
      <summary>{words.audit.will}</summary>
      <ul class="plainly">
        {CHECKS.map((name) => (
          <li key={name}>
            <strong>{words.checks[name]}</strong>: {words.checkQuestions[name]}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** About how long it takes, by the speed of the run's last session. */
function HowLong({ run, replay }: { run: RunDetail; replay: Replay }) {
  const { words, format } = useConsole();
  const w = words.audit;
  const { tokens, tokensPerSecond } = run;
  if (tokens === null || !tokensPerSecond) return <>{w.timeUnknown}</>;
  const whole = format.duration(tokens / tokensPerSecond);
  return <>{replay === 'all' ? w.timeAbout(whole) : w.timeLess(whole)}</>;
}
