// How sure the order is: the chance of each place, and how far the weights would have to move.

import { Empty, Section } from '../../parts/page.tsx';
import { Table } from '../../parts/small.tsx';
import { useConsole } from '../../state/context.ts';
import type { StageReport } from '../../types.ts';

/** Columns of places before the rest is put together, and the most of the dye in a cell: text stays readable on it. */
const MOST_PLACES = 12;
const MOST_DYE = 34;

export function Chances({ report }: { report: StageReport }) {
  const { words, format } = useConsole();
  const w = words.stage;
  const { statistics, moves } = report;
  const teams = report.teams.filter((team) => team.places !== null);
  // Where a total is not known nobody can tell how sure the order is.
  const known = report.teams.every(({ total }) => typeof total.value === 'number');
  if (statistics === null || teams.length === 0)
    return (
      <Section title={w.chances}>
        <Empty text={known ? w.chancesNone : w.chancesUnknown} />
      </Section>
    );
  const columns = Math.min(MOST_PLACES, Math.max(...teams.map(({ places }) => places!.length)));
  const nameOf = (id: string) => {
    const team = report.teams.find((one) => one.id === id);
    return team ? format.title(team.name) : id;
  };
  const cell = (chance: number | null, key: string, likeliest = false) => (
    <td
      key={key}
      class={likeliest ? 'likeliest' : ''}
      style={
        chance === null
          ? undefined
          : { backgroundColor: `color-mix(in srgb, var(--accent) ${Math.round(chance * MOST_DYE)}%, var(--plate))` }
      }
    >
      {chance === null ? '–' : chance > 0 && chance < 0.01 ? `<${format.percent(0.01)}` : format.percent(chance)}
    </td>
  );
  return (
    <Section title={w.chances} lead={w.chancesLead(format.count(statistics.draws))}>
      <Table
        caption={w.chancesCaption}
        class="heat"
        head={
          <>
            <th scope="col">{w.team}</th>
            {Array.from({ length: columns }, (_, i) => (
              <th key={i} scope="col">
                {w.nth(format.count(i + 1))}
                {i === columns - 1 && columns === MOST_PLACES ? '+' : ''}
              </th>
            ))}
            <th scope="col">{w.stays}</th>
          </>
        }
      >
        {teams.map((team) => {
          const shown = Array.from({ length: columns }, (_, i) =>
            i < columns - 1 ? (team.places![i] ?? 0) : team.places!.slice(i).reduce((sum, chance) => sum + chance, 0),
          );
          const most = shown.indexOf(Math.max(...shown));
          return (
            <tr key={team.id}>
              <th scope="row">{format.title(team.name)}</th>
              {shown.map((chance, i) => cell(chance, String(i), i === most))}
              {cell(team.keptChance, 'stays')}
            </tr>
          );
        })}
      </Table>
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
