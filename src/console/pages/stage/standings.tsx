// Standings: totals as bars with their intervals as whiskers, and the same in figures.

import { State, Table } from '../../parts/elements.tsx';
import { Empty } from '../../parts/page.tsx';
import { WhyOut } from '../../parts/why-out.tsx';
import { useConsole } from '../../state/context.ts';
import type { Figure, StagePage, TeamOfReport } from '../../types.ts';

export function Standings({ stage, scored }: { stage: StagePage; scored: boolean }) {
  const { words, format } = useConsole();
  const w = words.stage;
  const { report } = stage;
  if (report === null) return <Empty text={stage.status === 'open' ? w.standingsSealed : w.standingsNone} />;
  if (!scored) return <Empty text={w.standingsNone} />;
  const { teams, statistics, ruleBook } = report;
  const digits = ruleBook.decimals ?? 1;
  const placed = teams.filter(({ place }) => place !== null).length;
  const isRecord = report.programme.mode === 'record';
  const inRecord = w.placesKnown(format.count(placed), format.count(teams.length));
  return (
    <>
      {placed < teams.length && (isRecord || placed === 0) && (
        <p class="soft">{isRecord ? inRecord : w.totalUnknown}</p>
      )}
      <Table
        caption={w.caption}
        class="bars"
        head={[
          w.place,
          w.team,
          {
            class: 'right',
            of: (
              <>
                {w.total} <small>{words.common.ofPoints(format.short(ruleBook.points))}</small>
              </>
            ),
          },
          null, // the bar repeats the figures beside it
          w.outcome,
        ]}
      >
        {teams.map((team) => (
          <tr key={team.id}>
            <td>{team.place === null ? <span class="soft">{words.common.unknown}</span> : format.count(team.place)}</td>
            <th scope="row">
              {format.title(team.name)}
              {team.placeDerived && <small>{w.placeDerived(format.title(team.placeDerived))}</small>}
            </th>
            <td class="right">
              {typeof team.total.value === 'number' ? (
                <FigureText of={team.total} digits={digits} />
              ) : (
                <span class="soft">{words.common.unknown}</span>
              )}
            </td>
            <td class="bar-cell" aria-hidden="true">
              <Bar team={team} maxPoints={ruleBook.points} />
            </td>
            <td>
              {team.outcome === null ? (
                '–'
              ) : (
                <>
                  <State of={team.outcome} text={w[team.outcome]} />
                  <WhyOut
                    programme={report.programme.id}
                    stage={stage.id}
                    of={{ ...team, findings: report.findings.filter((one) => one.team === team.id) }}
                  />
                </>
              )}
            </td>
          </tr>
        ))}
      </Table>
      {statistics && teams.some(({ total }) => total.interval) && (
        <p class="soft">{w.level(format.percent(statistics.level))}</p>
      )}
    </>
  );
}

export function FigureText({ of, digits }: { of: Figure | undefined; digits: number }) {
  const { words, format } = useConsole();
  if (!of || of.value === null) return <span class="soft">–</span>;
  if (of.value === 'not published') return <span class="soft">{words.common.notPublished}</span>;
  return (
    <>
      {format.decimal(of.value, digits)}
      {of.interval && (
        <small>
          {words.stage.interval(format.decimal(of.interval[0], digits), format.decimal(of.interval[1], digits))}
        </small>
      )}
    </>
  );
}

function Bar({ team, maxPoints }: { team: TeamOfReport; maxPoints: number }) {
  const { value, interval } = team.total;
  if (typeof value !== 'number') return null;
  const at = (points: number) => `${Math.min(100, Math.max(0, (100 * points) / maxPoints))}%`;
  return (
    <svg class="bar" aria-hidden="true">
      <rect class="track" x="0" y="8" width="100%" height="12" rx="2" />
      <rect class={`filled ${team.outcome ?? ''}`} x="0" y="8" width={at(value)} height="12" rx="2" />
      {interval && (
        <>
          <line x1={at(interval[0])} x2={at(interval[1])} y1="14" y2="14" />
          {interval.map((end, i) => (
            <line key={i} x1={at(end)} x2={at(end)} y1="8" y2="20" />
          ))}
        </>
      )}
    </svg>
  );
}
