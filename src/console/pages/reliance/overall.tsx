// The subject of the index, its value, and the rules behind it.

import { Fact, Facts } from '../../../page-kit/index.ts';
import { Digest, State } from '../../parts/elements.tsx';
import { Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { pathOf } from '../../state/router.ts';
import { hasUnknown } from '../../state/shares.ts';
import type { Index, ReliancePage, Use } from '../../types.ts';
import { type Choosing, type Consortia, layerList } from './shared.ts';

export function Overall({
  programme,
  page,
  index,
  uses,
  consortia,
  choice,
  choose,
}: Choosing & { programme: string; page: ReliancePage; index: Index; uses: Use[]; consortia: Consortia }) {
  const { words, format } = useConsole();
  const w = words.reliance;
  const { overall, lowest } = index;
  const least = index.layers.find(({ layer }) => layer === lowest[0]);
  const unsure = index.layers.filter((one) => lowest.includes(one.layer) && hasUnknown(one)).map((one) => one.layer);
  const { rules, catalogue } = page;
  const option = (kind: 'consortium' | 'use', id: string, text: string) => (
    <option key={id} value={`${kind}:${id}`}>
      {text}
    </option>
  );
  const ofKind = (kind: Use['kind']) => uses.filter((use) => use.kind === kind);
  return (
    <Section title={w.overall}>
      <div class="whose">
        <Field label={w.of}>
          {(given) => (
            <select
              {...given}
              value={choice.of === null ? '' : `${choice.of.kind}:${choice.of.id}`}
              onChange={(event) => {
                const [kind, ...id] = event.currentTarget.value.split(':');
                choose({ of: kind === 'consortium' || kind === 'use' ? { kind, id: id.join(':') } : null });
              }}
            >
              <option value="">{w.programme}</option>
              {consortia.length > 0 && (
                <optgroup label={words.overview.consortia}>
                  {consortia.map(({ id, name }) => option('consortium', id, format.title(name)))}
                </optgroup>
              )}
              {(['training', 'serving'] as const).map(
                (kind) =>
                  ofKind(kind).length > 0 && (
                    <optgroup key={kind} label={kind === 'training' ? w.trainings : w.servings}>
                      {ofKind(kind).map(({ id, name }) => option('use', id, format.title(name)))}
                    </optgroup>
                  ),
              )}
            </select>
          )}
        </Field>
      </div>
      <Facts>
        <Fact name={w.overall}>
          {overall.state === 'scored' && overall.score !== null ? (
            <>
              <strong>{w.score(format.decimal(overall.score, 1))}</strong>
              <small>{w.scored}</small>
            </>
          ) : overall.state === 'below-floor' ? (
            <>
              <State of="out" text={w.noScore} />
              <small>{w.below(layerList(overall.below, words, format))}</small>
            </>
          ) : (
            <>
              {w.noScore}
              <small>{w.noRules}</small>
            </>
          )}
        </Fact>
        {least && (
          <Fact name={w.lowest}>
            {w.lowestText(layerList(lowest, words, format), format.share(least.home))}
            <small>{w.lowestHint}</small>
            {unsure.length > 0 && <small>{w.lowestUnknown(layerList(unsure, words, format))}</small>}
          </Fact>
        )}
        <Fact name={w.rules}>
          {rules.ruleBook === null ? (
            w.rulesNone
          ) : (
            <>
              <a href={pathOf('ruleBook', { programme, digest: rules.ruleBook })}>{words.books.name}</a>
              <small>{rules.stage === null ? w.rulesLast : w.rulesOf(rules.stage)}</small>
            </>
          )}
        </Fact>
        {catalogue && (
          <Fact name={w.catalogue}>
            {catalogue.parts.map((part) => (
              <div key={part.id}>{w.part(format.title(part.title), format.count(part.version))}</div>
            ))}
            <small>
              <Digest of={catalogue.digest} copy={w.catalogue} />
            </small>
          </Fact>
        )}
      </Facts>
    </Section>
  );
}
