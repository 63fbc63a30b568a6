// A chip of the catalogue: what was measured of it, when, by whom, against which vectors.

import { Fact, Facts } from '../../page-kit/index.ts';
import { Citations } from '../parts/citations.tsx';
import { Digest, DigestFact, Fold, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { Written } from '../parts/written.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { ChipCard, ChipPage } from '../types.ts';
import { Findings } from './chip/findings.tsx';
import { supplierText } from './compute/chips.tsx';

export default function Chip({ programme, chip }: Record<string, string>) {
  const { words, format } = useConsole();
  const w = words.chip;
  const data = useData<ChipPage>(`/programmes/${encodeURIComponent(programme)}/chips/${encodeURIComponent(chip)}`);
  return (
    <Page
      over={<a href={pathOf('compute', { programme })}>{words.nav.compute}</a>}
      title={data.value ? format.title(data.value.chip.name) : chip}
      lead={w.lead}
    >
      <Loaded data={data}>
        {(page) => (
          <div class="stack">
            <p>{supplierText(page.chip, page, words, format)}</p>
            <Facts>
              <Fact name={words.compute.fab}>
                <Step of={page.chip.fab} page={page} />
              </Fact>
              <Fact name={words.compute.packaging}>
                <Step of={page.chip.packaging} page={page} />
              </Fact>
            </Facts>
            {page.cards.length === 0 && <Empty text={w.none} hint={w.noneHint} />}
            {page.cards.map((card) => (
              <Card key={card.file} of={card} />
            ))}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

/** Who does a step in making the chip, by which process, as of when. */
function Step({ of, page }: { of: ChipPage['chip']['fab']; page: ChipPage }) {
  const { words, format } = useConsole();
  if (of === null) return <>{words.common.unknown}</>;
  const { supplier, process, asOf, verified, source } = of;
  const country = page.suppliers.find(({ id }) => id === supplier)?.country ?? null;
  return (
    <>
      {supplierText({ supplier, country }, page, words, format)}
      {process !== null && `, ${process}`} <small>{words.compute.asOf(format.published(asOf))}</small>{' '}
      {!verified && <small class="warn-text">{words.overview.unverified}</small>}
      <Citations of={source} />
    </>
  );
}

function Card({ of: card }: { of: ChipCard }) {
  const { words, format } = useConsole();
  const w = words.chip;
  const { threads, float32Products, deterministic, flags } = card.settings;
  return (
    <Section title={card.device}>
      <Facts>
        <Fact name={w.by}>
          <Written text={card.by} />
        </Fact>
        <Fact name={w.time}>
          <Time of={card.time} />
        </Fact>
        {card.capability !== null && <Fact name={w.capability}>{card.capability}</Fact>}
        <DigestFact name={w.vectors} of={card.vectors} />
      </Facts>
      <Fold summary={w.how}>
        {() => (
          <Facts>
            <Fact name={w.device}>
              <code>{card.asked}</code>
            </Fact>
            <Fact name={w.software}>
              <code>{pairs(card.software)}</code>
            </Fact>
            <Fact name={w.settings}>
              {w.settingsText(format.count(threads))} <code>{float32Products}</code>
              {deterministic && <>, {w.deterministic}</>} {pairs(flags)}
            </Fact>
            <Fact name={w.file}>
              {card.file} <Digest of={card.digest} copy={w.file} />
            </Fact>
          </Facts>
        )}
      </Fold>
      <Findings of={card.findings} />
    </Section>
  );
}

const pairs = (given: Record<string, string>): string =>
  Object.entries(given)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
