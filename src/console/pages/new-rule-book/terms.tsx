// All sections of a rule book but its blocks.

import { Fold } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { useDraft } from './draft.ts';
import { ChoiceAt, ListAt, NumberAt, ProblemList, SetAt, TextAt, TitleAt, YesNoAt } from './fields.tsx';
import { Sum } from './sums.tsx';

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const ROLES = ['chip', 'memory', 'data-center', 'cloud', 'data', 'model', 'service', 'university', 'other'] as const;

export function About() {
  const { words } = useConsole();
  const w = words.newBook;
  return (
    <Section title={w.about}>
      <div class="row">
        <TextAt path={['name']} label={w.name} hint={w.nameHint} />
        <NumberAt path={['version']} label={words.books.version} hint={w.versionHint} />
      </div>
      <div class="row">
        <TitleAt path={['title']} label={(lang) => (lang === 'en' ? words.overview.titleEn : words.overview.titleKo)} />
      </div>
    </Section>
  );
}

export function Eligibility() {
  const { words } = useConsole();
  const w = words.newBook;
  return (
    <Section title={words.book.eligibility}>
      <div class="row">
        <ListAt
          path={['eligibility', 'leadCountries']}
          label={w.leadCountries}
          hint={w.leadCountriesHint}
          optional
          change={(word) => word.toUpperCase()}
        />
        <NumberAt path={['eligibility', 'minimumMembers']} label={w.minimumMembers} optional fallback={1} />
      </div>
      <SetAt
        path={['eligibility', 'roles']}
        label={w.rolesNeeded}
        options={ROLES.map((role) => ({ value: role, text: words.chain[role] }))}
      />
    </Section>
  );
}

export function Originality() {
  const { words } = useConsole();
  const w = words.newBook;
  const at = (...keys: string[]) => ['originality', ...keys];
  const excludes = (['derived', 'frozen-foreign'] as const).map((value) => ({ value, text: words.verdicts[value] }));
  return (
    <Section title={words.book.originality}>
      <div class="row">
        <YesNoAt path={at('veto')} label={w.veto} />
        <ListAt path={at('components')} label={words.book.components} hint={w.listHint} />
      </div>
      <SetAt
        path={at('excludes')}
        label={words.book.excludes}
        options={excludes}
        fallback={['derived', 'frozen-foreign']}
      />
      <div class="row">
        <YesNoAt path={at('audit', 'holds')} label={w.auditHolds} optional fallback={true} />
        <YesNoAt path={at('audit', 'makerKey')} label={w.auditKey} optional fallback={true} />
        <YesNoAt path={at('audit', 'lodged')} label={w.auditLodged} optional fallback={false} />
      </div>
    </Section>
  );
}

export function Ranking() {
  const { words } = useConsole();
  const w = words.newBook;
  const { valueAt } = useDraft();
  const blocks = valueAt(['blocks']);
  const names = (Array.isArray(blocks) ? blocks : []).flatMap((block) => {
    if (!isMap(block)) return [];
    const parts = Array.isArray(block.parts) ? block.parts.filter(isMap) : [];
    return [String(block.id), ...parts.map((part) => `${block.id}.${part.id}`)];
  });
  return (
    <Section title={w.ranking}>
      <div class="row">
        <NumberAt path={['kept']} label={words.book.goOn} />
        <NumberAt path={['rounding', 'decimals']} label={w.decimals} hint={w.decimalsHint} optional fallback={1} />
      </div>
      <ListAt
        path={['tieBreak']}
        label={words.book.tieBreak}
        hint={w.tieBreakHint([...names, 'equal', 'lot'].join(', '))}
        optional
      />
    </Section>
  );
}

export function Publication() {
  const { words } = useConsole();
  const { kinds, whens } = words.book;
  const defaults = {
    scores: 'at-close',
    forms: 'at-close',
    judgements: 'at-close',
    audits: 'at-once',
    weights: 'never',
  } as const;
  return (
    <Section title={words.book.publication}>
      <div class="row">
        {(Object.keys(defaults) as (keyof typeof defaults)[]).map((kind) => {
          const allowed = (Object.keys(whens) as (keyof typeof whens)[]).filter(
            (when) => kind !== 'forms' || when !== 'at-once',
          );
          return (
            <ChoiceAt
              key={kind}
              path={['publication', kind]}
              label={kinds[kind]}
              options={allowed.map((when) => ({ value: when, text: whens[when] }))}
              fallback={defaults[kind]}
            />
          );
        })}
      </div>
    </Section>
  );
}

const LAYERS = ['chip', 'memory', 'server', 'data-center', 'cloud', 'software', 'data', 'weights'] as const;

export function SelfReliance() {
  const { words } = useConsole();
  const w = words.newBook;
  const { valueAt, edit, problemsAt } = useDraft();
  const given = valueAt(['selfReliance']);
  const weights = isMap(given) && isMap(given.weights) ? Object.values(given.weights) : [];
  const sum = weights.reduce<number>((all, one) => all + (typeof one === 'number' ? one : 0), 0);
  return (
    <Section title={words.nav.reliance} lead={words.book.floorsFirst}>
      {isMap(given) ? (
        <>
          <Sum label={w.allWeights} sum={sum} whole={100} />
          <ProblemList of={[...problemsAt(['selfReliance']), ...problemsAt(['selfReliance', 'weights'])]} />
          {LAYERS.map((layer) => (
            <div class="row" key={layer}>
              <NumberAt path={['selfReliance', 'weights', layer]} label={w.weightOf(words.layers[layer])} optional />
              <NumberAt path={['selfReliance', 'floors', layer]} label={w.floorOf(words.layers[layer])} optional />
            </div>
          ))}
          <div class="buttons small">
            <button type="button" onClick={() => edit(['selfReliance'], undefined)}>
              {w.dropSelfReliance}
            </button>
          </div>
        </>
      ) : (
        <div class="buttons small">
          <button type="button" onClick={() => edit(['selfReliance'], { weights: { chip: 50, weights: 50 } })}>
            {w.addSelfReliance}
          </button>
        </div>
      )}
    </Section>
  );
}

export function Limits() {
  const { words } = useConsole();
  const { limitNames } = words.book;
  const defaults = {
    bundleBytes: 2 ** 31,
    trainingFlops: 1e15,
    parameters: 1e9,
    steps: 1e6,
    auditSeconds: 3600,
    evalSeconds: 3600,
  } as const;
  return (
    <Section title={words.book.limits} lead={words.newBook.limitsLead}>
      <div class="row">
        {(Object.keys(defaults) as (keyof typeof defaults)[]).map((name) => (
          <NumberAt key={name} path={['limits', name]} label={limitNames[name]} optional fallback={defaults[name]} />
        ))}
      </div>
    </Section>
  );
}

/** Keys that the form has fields for. */
const SHOWN = new Set([
  ...['name', 'version', 'title', 'eligibility', 'originality', 'points', 'blocks', 'kept', 'rounding', 'tieBreak'],
  ...['publication', 'selfReliance', 'limits'],
]);

/** What stands in the text without a field: it stays as it is. */
export function Others() {
  const { words } = useConsole();
  const w = words.newBook;
  const { values, problemsAt } = useDraft();
  const all = isMap(values) ? values : {};
  const others = Object.keys(all).filter((key) => !SHOWN.has(key));
  if (isMap(all.originality))
    others.push(
      ...['lineage', 'published']
        .filter((key) => key in (all.originality as object))
        .map((key) => `originality.${key}`),
    );
  if (others.length === 0) return null;
  return (
    <Section title={w.others} lead={w.othersLead}>
      <ul class="tags">
        {others.map((name) => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
      </ul>
      <ProblemList of={others.flatMap((name) => problemsAt(name.split('.'), true))} />
      <Fold summary={words.common.details}>{() => <p>{w.othersDetails}</p>}</Fold>
    </Section>
  );
}
