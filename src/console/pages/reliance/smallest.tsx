// The smallest sets of foreign suppliers or countries without which everything stops, and whether the search was complete.

import { useState } from 'preact/hooks';
import { Fold, Row, right, Table } from '../../parts/elements.tsx';
import { Choice } from '../../parts/form.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { searchOf } from '../../state/choice.ts';
import { useConsole } from '../../state/context.ts';
import { useData, useLastValue } from '../../state/data.ts';
import { pathOf } from '../../state/router.ts';
import type { SmallestPage, Use } from '../../types.ts';
import { ANSWER, type Choosing } from './shared.ts';

const BY = ['supplier', 'country'] as const;
const KINDS = ['all', 'training', 'serving'] as const;

export function Smallest({
  programme,
  base,
  uses,
  choose,
}: Pick<Choosing, 'choose'> & { programme: string; base: string; uses: Use[] }) {
  const { words } = useConsole();
  const w = words.smallest;
  const [by, setBy] = useState<SmallestPage['by']>('supplier');
  const [kind, setKind] = useState<SmallestPage['kind']>('all');
  const data = useData<SmallestPage>(`${base}/reliance/smallest?by=${by}&kind=${kind}`);
  const last = useLastValue(data.value);
  return (
    <Section title={w.title} lead={w.lead}>
      <div class="row">
        <Choice
          label={w.kind}
          value={kind}
          options={KINDS.map((value) => ({ value, text: w.kinds[value] }))}
          onValue={setKind}
        />
        <Choice label={w.by} value={by} options={BY.map((value) => ({ value, text: w.bys[value] }))} onValue={setBy} />
      </div>
      <Loaded data={{ ...data, value: data.failure ? data.value : last }}>
        {(found) => <Found programme={programme} of={found} uses={uses} choose={choose} />}
      </Loaded>
    </Section>
  );
}

function Found({
  programme,
  of,
  uses,
  choose,
}: Pick<Choosing, 'choose'> & { programme: string; of: SmallestPage; uses: Use[] }) {
  const { words, format } = useConsole();
  const w = words.smallest;
  const nameOf = (id: string) => {
    if (of.by === 'country') return format.country(id);
    if (!Object.hasOwn(of.suppliers, id)) return id;
    const { name, country } = of.suppliers[id];
    return country === null ? format.title(name) : `${format.title(name)} (${format.countryName(country)})`;
  };
  const chosen = (ids: string[]) => ({
    suppliers: of.by === 'supplier' ? ids : [],
    countries: of.by === 'country' ? ids : [],
  });
  /** Links to the what-if of a set; a click keeps the subject of the index and scrolls to the answer. */
  const link = (ids: string[]) => ({
    href: pathOf('reliance', { programme }) + searchOf({ of: null, ...chosen(ids) }),
    onClick: (event: MouseEvent) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      choose(chosen(ids));
      document.getElementById(ANSWER)?.focus();
    },
  });
  const goesOn = uses.find(({ id }) => id === of.none);
  return (
    <div class="stacked">
      <p role="status">
        {of.uses === 0
          ? w.nothing
          : of.none !== null
            ? w.none(goesOn ? format.title(goesOn.name) : of.none)
            : of.size !== null && (
                <>
                  <strong>{w.size(format.count(of.sets.length), format.count(of.size))}</strong>{' '}
                  {!of.exact ? w.bounded(format.count(of.atLeast)) : of.more ? w.moreSets : w.exact}
                </>
              )}
      </p>
      {of.sets.length > 0 && (
        <ul class="sets">
          {of.sets.map((ids) => (
            <li key={ids.join(' ')}>
              <span>{format.list(ids.map(nameOf))}</span>
              <a {...link(ids)}>
                {w.ask}
                <span class="hidden"> {format.list(ids.map(nameOf))}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <p class="soft">{w.limit(format.short(of.limit.steps), format.count(of.limit.sets))}</p>
      {of.alone.length > 0 && (
        <Fold summary={w.alone}>
          {() => (
            <Table caption={w.aloneCaption} head={[w.who, right(words.fates.stops)]}>
              {of.alone.map(({ id, stops }) => (
                <Row
                  key={id}
                  cells={[
                    <a {...link([id])}>{nameOf(id)}</a>,
                    right(w.aloneStops(format.count(stops), format.count(of.uses))),
                  ]}
                />
              ))}
            </Table>
          )}
        </Fold>
      )}
    </div>
  );
}
