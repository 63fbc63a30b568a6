// The decision: kept and eliminated teams, with reasons.

import { uncertainParts } from '../../../page-kit/index.ts';
import { Citations } from '../../parts/citations.tsx';
import { State, Time } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { isLoopback } from '../../state/loopback.ts';
import { pathOf } from '../../state/router.ts';
import type { StageProps } from './props.ts';

export function Decision({ stage, programme, book }: StageProps) {
  const { words, format } = useConsole();
  const w = words.stage;
  const { report } = stage;
  const kept = (report?.ruleBook ?? book)?.kept;
  const all = stage.consortia.length;
  const going = report?.teams.filter(({ outcome }) => outcome !== 'out').length ?? all;
  const byRule = kept === null ? w.ruleUnknown : kept !== undefined && w.rule(format.count(kept), format.count(all));
  const rule = report?.appealUpheld ? w.afterAppeal(format.count(going), format.count(all)) : byRule;
  if (stage.status === 'closed' || !report)
    return (
      <Section title={w.decision} lead={rule} anchor="decision">
        <p>{w.decisionClosed}</p>
      </Section>
    );
  const list = (outcome: 'kept' | 'out' | null, heading: (count: string) => string) => {
    const teams = report.teams.filter((team) => team.outcome === outcome);
    if (outcome === null && teams.length === 0) return null;
    return (
      <div>
        <h3>{heading(format.count(teams.length))}</h3>
        <ul>
          {teams.map((team) => (
            <li key={team.id}>
              {outcome !== null && <State of={outcome} text="" />}{' '}
              <a href={pathOf('consortium', { programme, consortium: team.id })}>{format.title(team.name)}</a>
              {team.reason !== null && <small>{w.reasons[team.reason]}</small>}
              {team.overturned !== null && <small>{w.leftOut(w.reasons[team.overturned])}</small>}
              {report.statistics && team.overturned === null && team.keptChance !== null && (
                <small>{w.wouldStay(format.chance(team.keptChance))}</small>
              )}
            </li>
          ))}
        </ul>
      </div>
    );
  };
  const link = `/decisions/${encodeURIComponent(programme)}/${encodeURIComponent(stage.id)}`;
  const whole = new URL(link, window.location.origin).href;
  const here = isLoopback(window.location.hostname);
  const known = report.teams.every(({ total }) => typeof total.value === 'number');
  const unsure = known ? w.chancesNone : w.chancesUnknown;
  const notFinal = going === all ? w.notFinalNobodyOut : w.notFinal;
  const certainty = report.notKnown
    ? w.certaintyUnknown(
        uncertainParts(
          report.notKnown.parts.map(({ title, reason }) => ({ name: format.title(title), reason })),
          format.lang,
        ),
      )
    : report.statistics
      ? w.certainty(format.count(report.statistics.draws))
      : unsure;
  return (
    <Section title={w.decision} lead={rule} anchor="decision">
      <p class="soft">
        {stage.status === 'decided' ? notFinal : stage.status === 'recorded' ? w.finalElsewhere : w.isFinal}
        {stage.status === 'decided' && stage.dates.appealsUntil !== null && (
          <>
            {' '}
            {w.appealsUntil}: <Time of={stage.dates.appealsUntil} />
          </>
        )}
      </p>
      <div class="outcomes">
        {list('kept', w.keptList)}
        {list('out', w.outList)}
        {list(null, w.openList)}
      </div>
      <p class="soft">{certainty}</p>
      {report.stage.lacking.length > 0 && (
        <>
          <p class="soft">{w.closedLacking}</p>
          <ul class="plainly">
            {report.stage.lacking.map((lack) => (
              <li key={lack.en}>{lack[format.lang]}</li>
            ))}
          </ul>
        </>
      )}
      <Citations of={report.decisionSource} />
      {book?.publication?.scores !== 'never' && (
        <p class="soft">
          {here ? w.linkHere : w.linkTo} <a href={`${link}?lang=${format.lang}`}>{whole}</a> (
          <a href={`${link}/data.json`}>JSON</a>, <a href={`${link}/data.csv`}>CSV</a>)
          {here && (
            <>
              <br />
              <small>{w.linkName}</small>
            </>
          )}
        </p>
      )}
    </Section>
  );
}
