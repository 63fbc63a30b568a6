// The audits of a run on its page: what they have found; a dialog starts one, shows and ends it.

import { useState } from 'preact/hooks';
import { shellWord } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { KnownAudits } from '../state/run-audits.ts';
import type { RunDetail } from '../types.ts';
import { AuditLine, Problem, Running } from './audit-results.tsx';
import { DialogButton } from './dialog.tsx';
import { Choice, Form } from './form.tsx';
import { Failed } from './loaded.tsx';
import { Section } from './page.tsx';
import { Verdicts } from './verdicts.tsx';

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
