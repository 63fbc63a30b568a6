// What this server knows of a model: the audits of its run, submissions with its seal, comparisons of its weights. It claims nothing
// where nothing was checked.

import { AuditLine } from '../../parts/audit-results.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useConsole } from '../../state/context.ts';
import { useData } from '../../state/data.ts';
import { pathOf } from '../../state/router.ts';
import type { KnownAudits } from '../../state/run-audits.ts';
import type { SameSeal } from '../../types.ts';

export function Known({ run, audits }: { run: string; audits: KnownAudits }) {
  const { words } = useConsole();
  const w = words.model;
  const path = `/runs/${encodeURIComponent(run)}`;
  const found = useData<SameSeal>(`${path}/submissions`);
  return (
    <div class="stacked">
      <p class="soft">{w.knownLead}</p>
      <div>
        <p>
          <a href={pathOf('run', { run })}>{w.knownAudit}</a>
        </p>
        <div class="audit-line">
          <AuditLine audits={audits} />
        </div>
      </div>
      <Loaded data={found}>
        {(all) => (all.length === 0 ? <p class="soft">{w.knownNowhere}</p> : <Submissions of={all} />)}
      </Loaded>
    </div>
  );
}

function Submissions({ of }: { of: SameSeal }) {
  const { words, format } = useConsole();
  const w = words.model;
  return (
    <ul class="check-rows known">
      {of.map(({ programme, submission, stage, stageTitle, consortiumName, comparisons }) => (
        <li key={`${programme} ${submission}`}>
          <div>
            <a href={pathOf('submission', { programme, submission })}>{w.knownSubmission(format.title(stageTitle))}</a>
            <small>{format.title(consortiumName)}</small>
          </div>
          <div>
            {comparisons === 0 ? (
              w.knownNotCompared
            ) : (
              <>
                {w.knownCompared(format.count(comparisons))}{' '}
                <a href={pathOf('stage', { programme, stage })}>{w.toStage}</a>
              </>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
