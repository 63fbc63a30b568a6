// The what-if: the picture with its switches, the answer beside it, and without the chosen ones what stops, what goes on, and why.

import { useRef } from 'preact/hooks';
import { Fold } from '../../parts/elements.tsx';
import { FlowDiagram } from '../../parts/flow.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { type Data, useData, useLastValue } from '../../state/data.ts';
import { namesIn } from '../../state/names.ts';
import type { Choices, Fate, ValueChain, WhatIfPage } from '../../types.ts';
import { Answer } from './answer.tsx';
import { Choose } from './choose.tsx';
import { FateOf, Named } from './fate.tsx';
import type { Asked, Choosing, Consortia } from './shared.ts';
import { Switches } from './switches.tsx';

/** The most runs and models shown; the rest is folded. */
const MAX_SHOWN = 40;
const ORDER: Fate[] = ['stops', 'goes-on-as-far-as-known', 'goes-on'];
const byFate = (a: { fate: Fate }, b: { fate: Fate }) => ORDER.indexOf(a.fate) - ORDER.indexOf(b.fate);

export function WhatIf({
  programme,
  base,
  chain,
  answer,
  consortia,
  choice,
  choose,
}: Choosing & {
  programme: string;
  base: string;
  chain: Data<ValueChain>;
  answer: Data<WhatIfPage>;
  consortia: Consortia;
}) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  const choices = useData<Choices>(`${base}/reliance/choices`);
  const last = useLastValue(answer.value);
  const found = answer.failure ? answer.value : last;
  const isChosen = choice.suppliers.length + choice.countries.length > 0;
  const supplierName = namesIn(choices.value?.suppliers ?? [], format);
  const toggled = (ids: string[], id: string) => (ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
  /** Who follows a link to a choice, or presses in the picture, waits for the answer. */
  const asked = useRef<Asked | undefined>(isChosen ? 'link' : undefined);
  const ask: typeof choose = (next) => {
    asked.current = 'press';
    choose(next);
  };
  const toggle = {
    supplier: (id: string) => ask({ suppliers: toggled(choice.suppliers, id) }),
    country: (code: string) => ask({ countries: toggled(choice.countries, code) }),
  };
  return (
    <Section title={w.title} lead={w.lead}>
      <Loaded data={chain}>
        {({ picture }) => (
          <>
            <Switches picture={picture} choice={choice} choose={choose} toggle={toggle} nameOf={supplierName} />
            <div class="flow-and-answer">
              <Loaded data={{ ...answer, value: found }}>
                {(of) => (
                  <Answer
                    of={of}
                    busy={answer.value === undefined}
                    asked={asked}
                    supplierName={supplierName}
                    consortia={consortia}
                  />
                )}
              </Loaded>
              <FlowDiagram
                picture={picture}
                consortia={consortia}
                fates={isChosen ? found?.picture : undefined}
                programme={programme}
                gone={choice.suppliers}
                toggle={toggle.supplier}
              />
            </div>
          </>
        )}
      </Loaded>
      <Loaded data={choices}>
        {({ suppliers, countries }) => (
          <div class="picks">
            <Choose
              legend={w.suppliers}
              items={suppliers.map(({ id, name, country }) => ({
                id,
                text: format.title(name),
                note: country === null ? words.common.unknown : format.countryName(country),
              }))}
              chosen={choice.suppliers}
              onChosen={(suppliers) => choose({ suppliers })}
            />
            <Choose
              legend={w.countries}
              items={countries.map(({ code }) => ({ id: code, text: format.country(code), note: '' }))}
              chosen={choice.countries}
              onChosen={(countries) => choose({ countries })}
            />
          </div>
        )}
      </Loaded>
      {found && found.without.suppliers.length + found.without.countries.length > 0 && (
        <WhatIfAnswer programme={programme} of={found} consortia={consortia} />
      )}
    </Section>
  );
}

function WhatIfAnswer({ programme, of, consortia }: { programme: string; of: WhatIfPage; consortia: Consortia }) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  const uses = new Map(of.about.map((use) => [use.id, use]));
  const fates = of.uses.toSorted(byFate);
  const list = (some: typeof fates) => (
    <ul class="fates">
      {some.map((fate) => {
        const use = uses.get(fate.use);
        const team = consortia.find(({ id }) => id === use?.consortium);
        return (
          <FateOf
            key={fate.use}
            programme={programme}
            name={use ? format.title(use.name) : fate.use}
            note={[use && words.useKinds[use.kind], team && format.title(team.name)]}
            of={fate}
            known={of}
          />
        );
      })}
    </ul>
  );
  return (
    <div class="stacked">
      <h3>{w.runs}</h3>
      {fates.length === 0 ? <Empty text={w.noUses} /> : list(fates.slice(0, MAX_SHOWN))}
      {fates.length > MAX_SHOWN && (
        <Fold summary={words.valueChain.more(format.count(fates.length - MAX_SHOWN))}>
          {() => list(fates.slice(MAX_SHOWN))}
        </Fold>
      )}
      {of.sites.length > 0 && (
        <>
          <h3>{w.sitesTitle}</h3>
          <ul class="fates">
            {of.sites.toSorted(byFate).map((fate) => (
              <FateOf
                key={fate.component}
                programme={programme}
                name={<Named id={fate.component} known={of} />}
                note={[words.layers[of.components[fate.component]?.of ?? 'compute']]}
                of={fate}
                known={of}
              />
            ))}
          </ul>
        </>
      )}
      {(['fallen', 'held'] as const).map(
        (which) =>
          of[which].length > 0 && (
            <Fold key={which} summary={`${w[which]} (${format.count(of[which].length)})`}>
              {() => (
                <ul class="plainly">
                  {of[which].map((id) => (
                    <li key={id}>
                      <Named id={id} known={of} supplier />
                    </li>
                  ))}
                </ul>
              )}
            </Fold>
          ),
      )}
    </div>
  );
}
