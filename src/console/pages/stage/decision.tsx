// Who goes on and who is out, and why.

import { Citations } from '../../parts/citations.tsx';
import { Section } from '../../parts/page.tsx';
import { State } from '../../parts/small.tsx';
import { useConsole } from '../../state/context.ts';
import { pathOf } from '../../state/router.ts';
import type { Given } from './given.ts';

export function Decision({ stage, programme, book }: Given) {
  const { words, format } = useConsole();
  const w = words.stage;
  const { report } = stage;
  const kept = report?.ruleBook.kept ?? book?.kept;
  const rule = kept !== undefined && w.rule(format.count(kept), format.count(stage.consortia.length));
  if (stage.status !== 'decided' || !report)
    return (
      <Section title={w.decision} lead={rule}>
        <p>{stage.status === 'open' ? w.decisionOpen : w.decisionClosed}</p>
      </Section>
    );
  const list = (outcome: 'kept' | 'out') => {
    const teams = report.teams.filter((team) => team.outcome === outcome);
    return (
      <div>
        <h3>{(outcome === 'kept' ? w.keptList : w.outList)(format.count(teams.length))}</h3>
        <ul>
          {teams.map((team) => (
            <li key={team.id}>
              <State of={outcome} text="" />{' '}
              <a href={pathOf('consortium', { programme, consortium: team.id })}>{format.title(team.name)}</a>
              {team.reason !== null && <small>{w.reasons[team.reason]}</small>}
            </li>
          ))}
        </ul>
      </div>
    );
  };
  return (
    <Section title={w.decision} lead={rule}>
      <div class="outcomes">
        {list('kept')}
        {list('out')}
      </div>
      <Citations of={report.decisionSource} />
    </Section>
  );
}
