// Chips and their figures: each with its unit, as sure as its source says, and the source when somebody asks.

import { Citations } from '../../parts/citations.tsx';
import { Empty } from '../../parts/page.tsx';
import { Fold, Table } from '../../parts/small.tsx';
import { useConsole } from '../../state/context.ts';
import type { Chip, ChipFigure, ComputePage } from '../../types.ts';
import { supplierText } from './names.ts';

const UNITS = { bf16: 'TFLOP/s', fp8: 'TFLOP/s', memory: 'GB', bandwidth: 'TB/s', power: 'W' } as const;
const NAMES = ['bf16', 'fp8', 'memory', 'bandwidth', 'power'] as const;

export function Chips({ page }: { page: ComputePage }) {
  const { words, format } = useConsole();
  const w = words.compute;
  if (page.chips.length === 0) return <Empty text={w.noChips} />;
  return (
    <Table
      caption={w.chips}
      class="chips"
      head={
        <>
          <th scope="col">{w.chip}</th>
          <th scope="col">{w.usedFor}</th>
          {NAMES.map((name) => (
            <th key={name} scope="col" class="right">
              {w.figures[name]}
            </th>
          ))}
          <th scope="col">{w.sources}</th>
        </>
      }
    >
      {page.chips.map((chip) => (
        <tr key={chip.id}>
          <th scope="row">
            {format.title(chip.name)}
            <small>{supplierText(chip, page, words, format)}</small>
            {!chip.verified && <small class="warn-text">{words.overview.unverified}</small>}
          </th>
          <td>{chip.uses.length === 0 ? '–' : format.list(chip.uses.map((use) => w.uses[use]))}</td>
          {NAMES.map((name) => (
            <td key={name} class="right">
              <FigureOfChip of={chip.figures[name]} unit={UNITS[name]} />
              {name === 'memory' && chip.memoryKind !== null && (
                <small>{w.memoryBy(chip.memoryKind, makersOf(chip, page))}</small>
              )}
            </td>
          ))}
          <td>
            <Fold
              summary={
                <>
                  {w.sources}
                  <span class="hidden">: {format.title(chip.name)}</span>
                </>
              }
            >
              {() => <SourcesOf chip={chip} />}
            </Fold>
          </td>
        </tr>
      ))}
    </Table>
  );

  /** Of its memory: whatever meets the need, as far as the catalogue says. */
  function makersOf(chip: Chip, { memories = [], suppliers }: ComputePage): string {
    const options = chip.needs.flatMap(({ of, anyOf }) => (of === 'memory' ? anyOf : []));
    const makers = options.flatMap(({ component }) => {
      const memory = memories.find(({ id }) => id === component);
      const maker = suppliers.find(({ id }) => id === memory?.supplier);
      return maker ? [format.title(maker.name)] : [];
    });
    return makers.length === 0 ? w.makerUnknown : format.list([...new Set(makers)]);
  }
}

function FigureOfChip({ of, unit }: { of: ChipFigure | undefined; unit: string }) {
  const { words, format } = useConsole();
  const w = words.compute;
  if (of === undefined) return <span class="soft">–</span>;
  const value = `${format.short(of.value)} ${unit}`;
  return (
    <>
      {of.about ? w.about(value) : value}
      {!of.verified && <small class="warn-text">{words.overview.unverified}</small>}
    </>
  );
}

function SourcesOf({ chip }: { chip: Chip }) {
  const { words } = useConsole();
  const w = words.compute;
  return (
    <ul class="sources">
      <li>
        {w.chip}
        <Citations of={chip.source} />
      </li>
      {NAMES.map((name) => {
        const figure = chip.figures[name];
        return (
          figure && (
            <li key={name}>
              {w.figures[name]}
              <Citations of={figure.source} />
            </li>
          )
        );
      })}
    </ul>
  );
}
