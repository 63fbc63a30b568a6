// The sources of a corpus as a table, the largest share first; in a narrow place a block for each, whose figures have their names beside them.

import { plain } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { byShare, UNKNOWN_LICENCE } from '../state/training-data.ts';
import type { TrainingData } from '../types.ts';
import { Fold, right, Table } from './elements.tsx';
import { Written } from './written.tsx';

type Corpus = NonNullable<TrainingData['corpus']>;
type Source = Corpus['sources'][number];

/** Sources that are shown at once. */
const MAX_SHOWN = 20;

export function Sources({ of: corpus }: { of: Corpus }) {
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
              {source.licence === UNKNOWN_LICENCE ? w.notKnown : <Written text={plain(source.licence, 100)} />}
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

/** What the recipe calls it, and the package or the files. */
const SourceName = ({ of: { name, title } }: { of: Source }) => (
  <>
    {title !== null && (
      <span class="breaks" dir="auto">
        <Written text={plain(title, 120)} />
        <br />
      </span>
    )}
    <span class="breaks" dir="auto">
      {title === null ? plain(name, 120) : <code>{plain(name, 120)}</code>}
    </span>
  </>
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
