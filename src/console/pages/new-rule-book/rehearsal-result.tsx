// What came of a rehearsal: shares with twice their standard error. They are about made-up teams.

import { Fact, Facts } from '../../../page-kit/index.ts';
import { type Cell, Row, right, Table } from '../../parts/elements.tsx';
import { useConsole } from '../../state/context.ts';
import type { Border, Rate, Rehearsal } from '../../types.ts';

export function RehearsalResult({ of, asked }: { of: Rehearsal; asked: number }) {
  const { words, format } = useConsole();
  const w = words.rehearsal;
  const { teams, kept, bestStay, bestOut, border, interval, repetitions, assumptions, points, warnings } = of;
  const error = ({ standardError }: Rate) => w.error(format.decimal(200 * standardError, 1));
  const cell = (rate: Rate): Cell => ({ class: 'right', of: format.share(rate.share), note: error(rate) });
  const fact = (rate: Rate | null) =>
    rate ? (
      <>
        {format.share(rate.share)} <small>{error(rate)}</small>
      </>
    ) : (
      w.tied
    );
  const vetoes = assumptions.veto > 0;
  return (
    <>
      <p class="notice warn">{w.madeUp(format.count(repetitions))}</p>
      {repetitions < asked && <p>{w.fewer(format.count(asked))}</p>}
      {warnings.map((warning) => (
        <p key={warning.en} class="notice warn">
          {warning[format.lang]}
        </p>
      ))}
      <Facts>
        <Fact name={w.bestStay(format.count(kept))}>{fact(bestStay)}</Fact>
        <Fact name={w.bestOut}>{fact(bestOut)}</Fact>
        <Fact name={w.interval}>
          {interval ? (
            <>
              {words.common.points(format.decimal(interval.mean, 1))}{' '}
              <small>{w.intervalError(format.decimal(2 * interval.standardError, 1))}</small>
            </>
          ) : (
            w.noInterval
          )}
        </Fact>
      </Facts>
      <Table
        caption={w.teamsCaption}
        shown
        head={[w.place, right(w.quality(format.short(points))), right(w.stays), ...(vetoes ? [right(w.vetoed)] : [])]}
      >
        {teams.map(({ quality, stays, vetoed }, i) => (
          <Row
            key={i}
            cells={[
              format.count(i + 1),
              right(format.decimal(quality, 1)),
              cell(stays),
              ...(vetoes ? [cell(vetoed)] : []),
            ]}
          />
        ))}
      </Table>
      <Table caption={w.borderCaption} shown head={[w.how, right(w.howOften)]}>
        {(Object.keys(w.borders) as Border[]).map((how) => (
          <Row key={how} cells={[w.borders[how], cell(border[how])]} />
        ))}
      </Table>
    </>
  );
}
