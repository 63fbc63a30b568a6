// Where the recipes of the selected runs differ: only the keys that do, a column for each run, as `jikji compare` lists them.

import { plain } from '../../../page-kit/index.ts';
import { Digest, Row, Table } from '../../parts/elements.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { namesOf, RunName } from '../../parts/run-name.tsx';
import { useConsole } from '../../state/context.ts';
import { useData, useLastValue } from '../../state/data.ts';
import { UNKNOWN_LICENCE } from '../../state/training-data.ts';
import type { RecipeDifferences, RunRow } from '../../types.ts';

/** From here on a whole number has separators, as in the terminal. */
const LONG = 10_000;
/** Of a tarball or a file, as recipes have them. */
const DIGEST = /^(?:[0-9a-f]{40,128}|sha\d{3}-[A-Za-z0-9+/]{40,}=*)$/;

export function Differences({ runs }: { runs: readonly RunRow[] }) {
  const { words, format } = useConsole();
  const own = words.runDifferences;
  const ids = runs.map(({ id }) => id).join(',');
  const data = useData<RecipeDifferences>(runs.length > 1 ? `/run-differences?runs=${ids}` : null);
  const last = useLastValue(data.value);
  const names = namesOf(runs);
  const nameOf = (id: string) => names.get(id) ?? id;
  const shown = (value: RecipeDifferences['keys'][number]['values'][number]) =>
    Number.isInteger(value) && (value as number) >= LONG ? format.count(value as number) : plain(String(value ?? '–'));
  const isUnknown = (key: string, value: unknown) => key.endsWith('.licence') && value === UNKNOWN_LICENCE;
  return (
    <Section title={own.title} lead={own.lead}>
      {runs.length < 2 ? (
        <Empty text={own.tooFew} />
      ) : (
        <Loaded data={{ ...data, value: last }}>
          {({ runs: compared, keys, more, remarks, left }) => (
            <div class="stacked" aria-busy={data.value === undefined}>
              {remarks.map((remark) => (
                <p key={remark} class="notice">
                  {own.remarks[remark]}
                </p>
              ))}
              {left.map(({ id, why }) => (
                <p key={id} class="soft">
                  {own.left[why](nameOf(id))}
                </p>
              ))}
              {keys.length === 0 ? (
                <Empty text={compared.length > 1 ? own.same : own.nothing} />
              ) : (
                <Table
                  caption={own.title}
                  class="differences"
                  head={[own.key, ...compared.map((id) => <RunName key={id} name={nameOf(id)} />)]}
                >
                  {keys.map(({ key, values }) => (
                    <Row
                      key={key}
                      cells={[
                        <KeyName key="key" of={key} />,
                        ...values.map((value, i) =>
                          isUnknown(key, value) ? (
                            words.trainingData.notKnown
                          ) : (
                            <span key={compared[i]} lang="en" class="breaks">
                              {typeof value === 'string' && DIGEST.test(value) ? <Digest of={value} /> : shown(value)}
                            </span>
                          ),
                        ),
                      ]}
                    />
                  ))}
                </Table>
              )}
              {more > 0 && <p class="soft">{own.more(format.count(more))}</p>}
            </div>
          )}
        </Loaded>
      )}
    </Section>
  );
}

/** What a key of a recipe is about, where there is a word for it, and the key. */
function KeyName({ of }: { of: string }) {
  const { words, format } = useConsole();
  const [, number, inSource] = /^corpus\.sources\.(\d{1,6})\.([^.]+)/.exec(of) ?? [];
  const asked = inSource === undefined ? of : `source.${inSource}`;
  const known = Object.entries(words.recipeKeys).find(([key]) => key === asked)?.[1];
  const code = (
    <code lang="en" class="key">
      {plain(of, 200)
        .split('.')
        .flatMap((part, i) => (i === 0 ? [part] : ['.', <wbr key={i} />, part]))}
    </code>
  );
  if (known === undefined) return code;
  return (
    <>
      {number === undefined ? known : words.runDifferences.inSource(format.count(Number(number) + 1), known)}
      <br />
      <small>{code}</small>
    </>
  );
}
