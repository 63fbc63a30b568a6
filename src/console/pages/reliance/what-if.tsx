// The what-if: without chosen suppliers and countries, what stops, what goes on, and why.

import { Fold } from '../../parts/elements.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { type Data, useData, useLastValue } from '../../state/data.ts';
import { namesIn } from '../../state/names.ts';
import type { Choices, Fate, WhatIfPage } from '../../types.ts';
import { Choose } from './choose.tsx';
import { FateOf, Named } from './fate.tsx';
import { ANSWER, type Choosing, type Consortia } from './shared.ts';

/** The most runs and models shown; the rest is folded. */
const MAX_SHOWN = 40;
const ORDER: Fate[] = ['stops', 'goes-on-as-far-as-known', 'goes-on'];
const byFate = (a: { fate: Fate }, b: { fate: Fate }) => ORDER.indexOf(a.fate) - ORDER.indexOf(b.fate);

export function WhatIf({
  base,
  answer,
  consortia,
  choice,
  choose,
}: Choosing & { base: string; answer: Data<WhatIfPage>; consortia: Consortia }) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  const choices = useData<Choices>(`${base}/reliance/choices`);
  const last = useLastValue(answer.value);
  const supplierName = namesIn(choices.value?.suppliers ?? [], format);
  return (
    <Section title={w.title} lead={w.lead}>
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
      {choice.suppliers.length + choice.countries.length > 0 && (
        <div class="buttons">
          <button type="button" onClick={() => choose({ suppliers: [], countries: [] })}>
            {w.clear}
          </button>
        </div>
      )}
      <Loaded data={{ ...answer, value: answer.failure ? answer.value : last }}>
        {(found) => {
          // Names from the answer: the choice may have changed since.
          const { suppliers, countries } = found.without;
          const without = [...suppliers.map(supplierName), ...countries.map((code) => format.country(code))];
          return (
            <>
              <div role="status" class="answer" id={ANSWER} tabIndex={-1} aria-busy={answer.value === undefined}>
                {without.length === 0 ? <p>{w.nobody}</p> : <Summary of={found} without={format.list(without)} />}
              </div>
              {without.length > 0 && <WhatIfAnswer of={found} consortia={consortia} />}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Summary({ of, without }: { of: WhatIfPage; without: string }) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  const kinds = new Map(of.about.map(({ id, kind }) => [id, kind]));
  const withFate = (fates: { fate: Fate }[], which: Fate) => fates.filter(({ fate }) => fate === which).length;
  /** Those that stop, up to those that may stop because something is unknown. */
  const stopped = (fates: { fate: Fate }[]) => {
    const least = withFate(fates, 'stops');
    return format.counts(least, least + withFate(fates, 'goes-on-as-far-as-known'));
  };
  const trainings = of.uses.filter(({ use }) => kinds.get(use) === 'training');
  const servings = of.uses.filter(({ use }) => kinds.get(use) === 'serving');
  const unsure = withFate([...of.uses, ...of.sites], 'goes-on-as-far-as-known');
  return (
    <>
      <p>
        <strong>{w.without(without)}</strong>
      </p>
      <ul class="plainly">
        {trainings.length > 0 && <li>{w.training(stopped(trainings), format.count(trainings.length))}</li>}
        {servings.length > 0 && <li>{w.serving(stopped(servings), format.count(servings.length))}</li>}
        {of.sites.length > 0 && <li>{w.sites(stopped(of.sites), format.count(of.sites.length))}</li>}
        {of.programme && <li>{w.programme(format.shares(of.programme.now), format.shares(of.programme.could))}</li>}
        {unsure > 0 && <li>{w.unsure(format.count(unsure))}</li>}
      </ul>
    </>
  );
}

function WhatIfAnswer({ of, consortia }: { of: WhatIfPage; consortia: Consortia }) {
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
      {of.consortia.length > 0 && (
        <>
          <h3>{w.consortia}</h3>
          <ul class="plainly">
            {of.consortia.map(({ consortium, remaining: { now, could } }) => (
              <li key={consortium}>
                {namesIn(consortia, format)(consortium)}: {w.remains(format.shares(now), format.shares(could))}
              </li>
            ))}
          </ul>
        </>
      )}
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
