// What a run was trained on: the sources of its corpus with licence, language and share, as its manifests state them. What is only the
// maker's word is called so.

import { Fact, Facts, plain } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { languagesOf, licencesOf, UNKNOWN_LICENCE } from '../state/training-data.ts';
import type { TrainingData as Found, RunDetail } from '../types.ts';
import { DigestFact, Fold } from './elements.tsx';
import { Unreadable } from './evidence-details.tsx';
import { Empty } from './page.tsx';
import { Sources } from './source-tables.tsx';
import { Said, Written } from './written.tsx';

type Corpus = NonNullable<Found['corpus']>;
type Source = Corpus['sources'][number];

const MAX_NAMES = 4;

/** @param textsBuilt whether an audit of this run that is known here built the texts again from their sources */
export function TrainingData({ of, run, textsBuilt }: { of: Found; run: RunDetail; textsBuilt: boolean }) {
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
            {w.contradiction} <Said en={corpus.contradiction} ko={corpus.contradictionKo} />
          </span>
        </p>
      )}
      <Unreadable of={unreadable} />
      <Totals of={corpus} />
      <Sources of={corpus} />
      <Meaning of={corpus} run={run} textsBuilt={textsBuilt && corpus.standing === 'committed'} />
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
  const licences = licencesOf(sources).map((name) => (name === UNKNOWN_LICENCE ? w.notKnown : name));
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

/** What the numbers mean, and whose word they are. */
function Meaning({
  of: { standing, shareOf, epoch, root },
  run,
  textsBuilt,
}: {
  of: Corpus;
  run: RunDetail;
  textsBuilt: boolean;
}) {
  const { words, format } = useConsole();
  const w = words.trainingData;
  return (
    <>
      <p class="soft">
        {textsBuilt ? w.wordBuilt : w.word} {standing !== 'differs' && w.standings[standing]}
      </p>
      <Fold summary={w.shareOfWhat}>
        {() => (
          <div class="stacked">
            <p>{w.shareMeans[shareOf]}</p>
            {epoch !== null && epoch > 0 && run.tokens !== null && run.tokens > 0 && (
              <p>{w.passes(format.short(run.tokens), format.short(epoch), format.short(run.tokens / epoch))}</p>
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
