// What audits have shown of a run: each result with how far it reaches, whose it is and when it ended; and the progress of one that runs.

import { Failure } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import type { KnownAudits } from '../state/run-audits.ts';
import type { Audit, RunAudits } from '../types.ts';
import { Fold, Progress, State, Time } from './elements.tsx';
import { FailureNotice } from './loaded.tsx';
import { checkName } from './verdicts.tsx';

type AuditResult = RunAudits['results'][number];

/** Results that stand open; those before them are folded away. */
const MAX_OPEN = 3;

/** What is known of the run by audits: each result with how far it reaches, whose it is and when it ended. */
export function AuditLine({ audits: { known } }: { audits: KnownAudits }) {
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

export function Running({ of: { progress } }: { of: Audit }) {
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

export function Problem({ of: { error } }: { of: Audit }) {
  const { words } = useConsole();
  return (
    <>
      <p>{words.audit.failed}</p>
      {error && <FailureNotice failure={new Failure(error)} />}
    </>
  );
}
