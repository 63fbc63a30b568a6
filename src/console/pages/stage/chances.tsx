// How sure the order is: the chance of each place, and how far the weights would have to move.

import { foldPlaces, uncertainParts } from '../../../page-kit/index.ts';
import { Table } from '../../parts/elements.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { namesIn } from '../../state/names.ts';
import type { StageReport } from '../../types.ts';

/** The highest share of the accent colour in a cell, in percent: text stays readable on it. */
const MAX_DYE = 34;

export function Chances({ report }: { report: StageReport }) {
  const { words, format } = useConsole();
  const w = words.stage;
  const { statistics, moves } = report;
  const { columns, more, rows } = foldPlaces(report.teams);
  // With an unknown total, the chances cannot be computed.
  const known = report.teams.every(({ total }) => typeof total.value === 'number');
  if (report.notKnown) {
    return (
      <Section title={w.howSure} anchor="chances">
        <p>
          {w.certaintyUnknown(
            uncertainParts(
              report.notKnown.parts.map(({ title, reason }) => ({ name: format.title(title), reason })),
              format.lang,
            ),
          )}
        </p>
        <p>{report.appealUpheld ? w.beforeAppeal : report.notKnown.isSettled ? w.settled : w.unsettled}</p>
      </Section>
    );
  }
  if (statistics === null || rows.length === 0)
    return (
      <Section title={w.howSure} anchor="chances">
        <Empty text={known ? w.chancesNone : w.chancesUnknown} />
      </Section>
    );
  const nameOf = namesIn(report.teams, format);
  const cell = (chance: number | null, key: string, likeliest = false) => (
    <td
      key={key}
      class={likeliest ? 'likeliest' : ''}
      style={
        chance === null
          ? undefined
          : { backgroundColor: `color-mix(in srgb, var(--accent) ${Math.round(chance * MAX_DYE)}%, var(--plate))` }
      }
    >
      {chance === null ? '–' : format.chance(chance)}
    </td>
  );
  return (
    <Section title={w.howSure} anchor="chances" lead={w.chancesLead(format.count(statistics.draws))}>
      {statistics.version === 1 && <p class="soft">{w.firstStatistics}</p>}
      <Table
        caption={w.chancesCaption}
        class="heat"
        head={[
          w.team,
          ...Array.from(
            { length: columns },
            (_, i) => `${w.nth(format.count(i + 1))}${more && i === columns - 1 ? '+' : ''}`,
          ),
          w.stays,
        ]}
      >
        {rows.map(({ team, chances, likeliest }) => (
          <tr key={team.id}>
            <th scope="row">{format.title(team.name)}</th>
            {chances.map((chance, i) => cell(chance, String(i), i === likeliest))}
            {cell(team.keptChance, 'stays')}
          </tr>
        ))}
      </Table>
      {report.warnings.map((warning) => (
        <p key={warning.en} class="soft">
          {warning[format.lang]}
        </p>
      ))}
      {report.appealUpheld && <p class="soft">{w.beforeAppeal}</p>}
      {moves && (
        <>
          <h3>{w.moves}</h3>
          <ul class="plainly">
            {moves.points && (
              <li>
                {w.movesPoints(
                  format.decimal(moves.points.far, 2),
                  nameOf(moves.points.kept),
                  nameOf(moves.points.out),
                )}
              </li>
            )}
            {moves.share && (
              <li>
                {w.movesShare(format.percent(moves.share.far, 1), nameOf(moves.share.kept), nameOf(moves.share.out))}
              </li>
            )}
            {!moves.points && !moves.share && <li>{w.movesNone}</li>}
          </ul>
        </>
      )}
    </Section>
  );
}
