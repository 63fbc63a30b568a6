// What a run was trained on: the sources of its corpus with licence, language and share, as its manifests state them. What is only the
// maker's word is called so.

import type { ComponentChildren } from 'preact';
import { Fact, Facts, plain } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { byShare, languagesOf, licencesOf } from '../state/training-data.ts';
import type { TrainingData as Found, RunDetail } from '../types.ts';
import { DigestFact, Fold, right, Table } from './elements.tsx';
import { Unreadable } from './evidence-row.tsx';
import { Empty } from './page.tsx';
import { Written } from './written.tsx';

type Corpus = NonNullable<Found['corpus']>;
type Source = Corpus['sources'][number];

/** Sources that are shown at once. */
const MAX_SHOWN = 20;
const MAX_NAMES = 4;

export function TrainingData({ of, run }: { of: Found; run: RunDetail }) {
  const { words } = useConsole();
  const w = words.trainingData;
  if (of.witnessed) return <p>{w.witnessed}</p>;
  const { corpus, beganWith, unreadable } = of;
  if (corpus === null)
    return (
      <div class="stacked">
        {run.state === 'running' ? <p class="soft">{w.notYet}</p> : <Empty text={w.none} hint={w.noneHint} />}
        {run.state !== 'running' && <Unreadable of={unreadable} />}
      </div>
    );
  return (
    <div class="stacked">
      {corpus.standing === 'differs' && <p class="notice bad">{w.standings.differs}</p>}
      {corpus.contradiction !== null && (
        <p class="notice bad">
          <span>
            {w.contradiction} <span lang="en">{corpus.contradiction}</span>
          </span>
        </p>
      )}
      <Unreadable of={unreadable} />
      <Totals of={corpus} />
      <Sources of={corpus} />
      <Meaning of={corpus} run={run} />
      {(beganWith === 'run' || beganWith === 'model') && (
        <p>
          {w.parent[beganWith]} <a href="#family">{w.toFamily}</a>
        </p>
      )}
    </div>
  );
}

function Totals({ of: { sources, total } }: { of: Corpus }) {
  const { words, format } = useConsole();
  const w = words.trainingData;
  const number = (value: number | null) => (value === null ? words.trainingData.notKnown : format.short(value));
  const licences = licencesOf(sources);
  return (
    <Facts class="totals">
      <Fact name={w.tokens}>{number(total.tokens)}</Fact>
      <Fact name={w.documents} note={total.heldOut ? w.heldOut(format.count(total.heldOut)) : undefined}>
        {total.documents === null ? words.trainingData.notKnown : format.count(total.documents)}
      </Fact>
      <Fact name={w.bytes}>{total.bytes === null ? words.trainingData.notKnown : format.bytes(total.bytes)}</Fact>
      <Fact name={w.languages}>
        <Languages of={sources} />
      </Fact>
      <Fact name={w.licences}>
        <Written text={firstOf(licences, format.count).join(', ')} />
      </Fact>
    </Facts>
  );
}

/** The first few names, and how many more there are. */
const firstOf = (names: string[], count: (value: number) => string): string[] => [
  ...names.slice(0, MAX_NAMES).map((name) => plain(name, 60)),
  ...(names.length > MAX_NAMES ? [`+${count(names.length - MAX_NAMES)}`] : []),
];

/** Languages with their shares, the largest first. */
export function Languages({ of }: { of: Source[] }) {
  const { format } = useConsole();
  const found = languagesOf(of);
  const said = found.map(({ language, share }) =>
    share === null
      ? format.language(plain(language, 40))
      : `${format.language(plain(language, 40))} ${format.share(share)}`,
  );
  return <>{firstOf(said, format.count).join(', ')}</>;
}

function Sources({ of: corpus }: { of: Corpus }) {
  const { words, format } = useConsole();
  const w = words.trainingData;
  const all = byShare(corpus.sources);
  const rest = all.slice(MAX_SHOWN);
  return (
    <>
      <SourceTable of={all.slice(0, MAX_SHOWN)} corpus={corpus} />
      {rest.length > 0 && (
        <Fold summary={w.all(format.count(rest.length))}>{() => <SourceTable of={rest} corpus={corpus} />}</Fold>
      )}
    </>
  );
}

function SourceTable({ of, corpus: { shareOf } }: { of: Source[]; corpus: Corpus }) {
  const { words, format } = useConsole();
  const w = words.trainingData;
  const head = [
    w.source,
    w.share[shareOf],
    w.language,
    w.licence,
    right(w.documents),
    right(shareOf === 'tokens' ? w.tokens : w.bytes),
    right(w.weight),
  ];
  return (
    <div class="sources-table">
      <Table caption={w.caption} head={head}>
        {of.map((source, i) => (
          <tr key={i}>
            <th scope="row">
              <SourceName of={source} />
              {source.path !== null && (
                <small class="breaks" dir="auto">
                  {plain(source.path, 80)}
                </small>
              )}
              <small>
                {w.kinds[source.kind]}, {source.pinned ? w.pinned : w.own}
              </small>
            </th>
            <td class="share">
              <Share of={source.share} />
            </td>
            <td data-label={w.language}>{format.language(plain(source.language, 40))}</td>
            <td data-label={w.licence}>
              <Written text={plain(source.licence, 100)} />
            </td>
            <td class="right" data-label={w.documents}>
              {format.count(source.documents)}
              {source.dropped ? <small>{w.dropped(format.count(source.dropped))}</small> : null}
            </td>
            <td class="right" data-label={shareOf === 'tokens' ? w.tokens : w.bytes}>
              {shareOf === 'bytes'
                ? format.bytes(source.bytes)
                : source.tokens === null
                  ? w.notKnown
                  : format.short(source.tokens)}
            </td>
            <td class="right" data-label={w.weight}>
              × {format.short(source.weight)}
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

const SourceName = ({ of: { name } }: { of: Source }): ComponentChildren => (
  <span class="breaks" dir="auto">
    {plain(name, 120)}
  </span>
);

/** A share as a bar and in words. */
function Share({ of }: { of: number | null }) {
  const { words, format } = useConsole();
  if (of === null) return <>{words.trainingData.notKnown}</>;
  return (
    <span class="share-bar">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="8" />
        <rect class="filled" width={100 * of} height="8" />
      </svg>
      <span>{format.share(of)}</span>
    </span>
  );
}

/** What the numbers mean, and whose word they are. */
function Meaning({ of: { standing, shareOf, epoch, root }, run }: { of: Corpus; run: RunDetail }) {
  const { words, format } = useConsole();
  const w = words.trainingData;
  return (
    <>
      <p class="soft">
        {w.word} {standing !== 'differs' && w.standings[standing]}
      </p>
      <Fold summary={w.shareOfWhat}>
        {() => (
          <div class="stacked">
            <p>{w.shareMeans[shareOf]}</p>
            {epoch !== null && epoch > 0 && run.tokens !== null && run.tokens > 0 && (
              <p>{w.passes(format.short(run.tokens), format.short(run.tokens / epoch))}</p>
            )}
            <Facts>
              <DigestFact name={w.root} of={root} />
            </Facts>
          </div>
        )}
      </Fold>
    </>
  );
}
