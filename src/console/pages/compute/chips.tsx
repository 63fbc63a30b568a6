// Chips and their figures: each with its unit, how sure it is, and its source on demand.

import type { ComponentChildren } from 'preact';
import type { Format } from '../../../page-kit/index.ts';
import { Citations } from '../../parts/citations.tsx';
import { Fold, right, Table } from '../../parts/elements.tsx';
import { Empty } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { pathOf } from '../../state/router.ts';
import type { Chip, ChipFigure, ComputePage, Title } from '../../types.ts';
import type { Words } from '../../words/words.ts';

const UNITS = { bf16: 'TFLOP/s', fp8: 'TFLOP/s', memory: 'GB', bandwidth: 'TB/s', power: 'W' } as const;
const NAMES = ['bf16', 'fp8', 'memory', 'bandwidth', 'power'] as const;

export function Chips({ programme, page }: { programme: string; page: ComputePage }) {
  const { words, format } = useConsole();
  const w = words.compute;
  const measured = page.chips.filter(({ figures }) => Object.keys(figures).length > 0);
  const rest = page.chips.filter((chip) => !measured.includes(chip));
  if (page.chips.length === 0) return <Empty text={w.noChips} />;
  return (
    <>
      {measured.length > 0 && <Measured programme={programme} chips={measured} page={page} />}
      {rest.length > 0 && (
        <Fold summary={w.noFigures(format.count(rest.length))}>
          {() => (
            <ul class="rules">
              {rest.map((chip) => (
                <li key={chip.id}>
                  <Name programme={programme} of={chip} page={page} /> <Memory of={chip} page={page} />{' '}
                  <Citations of={chip.source} />
                </li>
              ))}
            </ul>
          )}
        </Fold>
      )}
    </>
  );
}

function Measured({ programme, chips, page }: { programme: string; chips: Chip[]; page: ComputePage }) {
  const { words, format } = useConsole();
  const w = words.compute;
  return (
    <Table
      caption={w.chips}
      class="chips"
      head={[w.chip, w.usedFor, ...NAMES.map((name) => right(w.figures[name])), w.sources]}
    >
      {chips.map((chip) => (
        <tr key={chip.id}>
          <th scope="row">
            <Name programme={programme} of={chip} page={page} />
          </th>
          <td>{chip.uses.length === 0 ? '–' : format.list(chip.uses.map((use) => w.uses[use]))}</td>
          {NAMES.map((name) => (
            <td key={name} class="right">
              <FigureOfChip of={chip.figures[name]} unit={UNITS[name]} />
              {name === 'memory' && <Memory of={chip} page={page} />}
            </td>
          ))}
          <td>
            <SourcesFold name={chip.name}>{() => <SourcesOf chip={chip} />}</SourcesFold>
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** The sources of a thing on demand; `name` tells screen readers whose. */
export function SourcesFold({ name, children }: { name: Title; children: () => ComponentChildren }) {
  const { words, format } = useConsole();
  const summary = (
    <>
      {words.compute.sources}
      <span class="hidden">: {format.title(name)}</span>
    </>
  );
  return <Fold summary={summary}>{children}</Fold>;
}

/** The supplier and its country; unknown ones are named as unknown. */
export function supplierText(
  { supplier, country }: { supplier: string | null; country: string | null },
  { suppliers }: Pick<ComputePage, 'suppliers'>,
  words: Words,
  format: Format,
): string {
  const found = suppliers.find(({ id }) => id === supplier);
  const name = found ? format.title(found.name) : (supplier ?? words.valueChain.supplierUnknown);
  if (country === null) return name;
  const unread = found?.verified === false ? ` (${words.overview.unverified})` : '';
  return `${name}, ${format.country(country)}${unread}`;
}

interface OfChip {
  of: Chip;
  page: ComputePage;
}

function Name({ programme, of, page }: OfChip & { programme: string }) {
  const { words, format } = useConsole();
  return (
    <>
      <a href={pathOf('chip', { programme, chip: of.id })}>{format.title(of.name)}</a>{' '}
      <small>{supplierText(of, page, words, format)}</small>
      {!of.verified && <small class="warn-text">{words.overview.unverified}</small>}
      {of.cards.length > 0 && <small>{words.chip.measured(format.count(of.cards.length))}</small>}
    </>
  );
}

/** The memory of a chip, and the suppliers that can meet the need for it. */
function Memory({ of, page }: OfChip) {
  const { words, format } = useConsole();
  const w = words.compute;
  const options = of.needs.flatMap((need) => (need.of === 'memory' ? need.anyOf : []));
  const makers = options.flatMap(({ component }) => {
    const memory = page.memories.find(({ id }) => id === component);
    if (memory === undefined) return [component];
    const maker = page.suppliers.find(({ id }) => id === memory.supplier);
    return maker ? [format.title(maker.name)] : [];
  });
  if (of.memoryKind === null && makers.length === 0) return null;
  return (
    <small>
      {w.memoryBy(
        of.memoryKind ?? w.figures.memory,
        makers.length === 0 ? w.makerUnknown : format.list([...new Set(makers)]),
      )}
    </small>
  );
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
