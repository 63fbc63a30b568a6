// The audit of a run: one line with the latest verdict and how far it reaches, or its progress; a dialog starts it, shows and ends it.

import { useState } from 'preact/hooks';
import { shellWord } from '../../page-kit/index.ts';
import { Failure } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import type { KnownAudits } from '../state/run-audits.ts';
import type { Audit, RunAudits, RunDetail } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { Progress, State, Time } from './elements.tsx';
import { Choice, Form } from './form.tsx';
import { Failed, FailureNotice } from './loaded.tsx';
import { Section } from './page.tsx';
import { checkName, Verdicts } from './verdicts.tsx';

const REPLAYS = ['0', '1', '3', 'all'] as const;
type Replay = (typeof REPLAYS)[number];
/** Checks that look at the evidence of any run, in the order in which an audit makes them. */
const CHECKS = ['structure', 'schedule', 'origin', 'data', 'policy', 'motion', 'probe', 'replay', 'figures'] as const;

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
          <span class="inline">
            <AuditTime audits={audits} />
            <DialogButton label={w.start} face={face} act="audit">
              {() => <AuditDialog run={run} audits={audits} />}
            </DialogButton>
          </span>
        )
      }
    >
      {/* Both say the same of a running audit: the dialog lies above the page. */}
      <div class="audit-line">{isReady ? <AuditLine audits={audits} /> : <p class="soft">{w.unfinished}</p>}</div>
    </Section>
  );
}

/** When the latest audit with a result ended. */
export function AuditTime({ audits: { known } }: Pick<AuditProps, 'audits'>) {
  const ended = known?.last?.audit.ended;
  return ended ? (
    <small>
      <Time of={ended} ago />
    </small>
  ) : null;
}

/** The latest verdict in one line, and its reach. */
export function AuditLine({ audits: { known } }: Pick<AuditProps, 'audits'>) {
  const { words } = useConsole();
  const w = words.audit;
  if (!known) return null;
  const { running, failed, last, noted } = known;
  return (
    <>
      {noted && <Noted of={noted} />}
      {running && <Running of={running} />}
      {failed && !running && <Problem of={failed} />}
      {last ? (
        <Last of={last.audit} current={last.current} />
      ) : (
        !running && !failed && <p class="soft">{noted ? w.noneSince : w.none}</p>
      )}
    </>
  );
}

function Last({ of, current }: { of: Audit; current: boolean }) {
  const { words, format } = useConsole();
  const w = words.audit;
  if (of.verdict === null || of.claim === null) return null;
  const { word, headline, beginning, reach, room, data } = of.claim[format.lang];
  return (
    <>
      <p>
        <State of={of.verdict} text={word} /> {reach}
      </p>
      <p class="soft">
        {headline} {beginning} {room} {data}
      </p>
      {!current && <p class="notice warn">{w.stale}</p>}
    </>
  );
}

/** What `npm start` noted of its audit on this machine. */
function Noted({ of: { verdict, claim, time } }: { of: NonNullable<RunAudits['noted']> }) {
  const { words, format } = useConsole();
  const { word, headline, beginning, reach, data } = claim[format.lang];
  return (
    <>
      <p>
        <State of={verdict} text={word} /> {reach}
      </p>
      <p class="soft">
        {headline} {beginning} {data}
      </p>
      <p class="soft">
        {words.audit.noted} <Time of={time} ago />
      </p>
    </>
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
