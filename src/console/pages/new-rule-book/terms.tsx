// Sections of a rule book on who takes part, who is out, who goes on, and what becomes public.

import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { ChoiceAt, SetAt, YesNoAt } from './choices.tsx';
import { useDraft } from './draft.ts';
import { ListAt, NumberAt, ProblemsOf, TextAt, TitleAt } from './fields.tsx';
import { isMapping, listOf } from './yaml-text.ts';

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
      <ProblemsOf path={['eligibility']} />
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
      <ProblemsOf path={['originality']} />
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
      <ProblemsOf path={at('audit')} />
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
  const names = listOf(blocks).flatMap((block) => {
    if (!isMapping(block)) return [];
    const parts = listOf(block.parts).filter(isMapping);
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
        hint={w.tieBreakHint([...names, 'equal', 'lot'].map((name) => `“${name}”`).join(', '))}
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
      <ProblemsOf path={['publication']} />
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
