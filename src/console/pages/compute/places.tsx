// Sites and the clusters that stand in them.

import { Citations } from '../../parts/citations.tsx';
import { type Cell, Row, Table } from '../../parts/elements.tsx';
import { OperationText } from '../../parts/operation.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { namesIn } from '../../state/names.ts';
import type { ComputePage } from '../../types.ts';
import { SourcesFold, supplierText } from './chips.tsx';

type Site = ComputePage['sites'][number];

export function Places({ page }: { page: ComputePage }) {
  const { words, format } = useConsole();
  const w = words.compute;
  const chipName = namesIn(page.chips, format);
  const row = (
    of: Pick<Site, 'id' | 'name' | 'verified' | 'supplier' | 'country' | 'source'>,
    more: Cell[],
    stated: Pick<Site, 'source'>[] = [],
  ) => (
    <Row
      key={of.id}
      cells={[
        <>
          {format.title(of.name)}
          {!of.verified && <small class="warn-text">{words.overview.unverified}</small>}
        </>,
        ...more,
        <>
          {supplierText(of, page, words, format)}
          <OperationText of={page.operations[of.id]} home={page.catalogue?.home ?? []} />
        </>,
        <SourcesFold name={of.name}>
          {() => [of, ...stated].map(({ source }, i) => <Citations key={i} of={source} />)}
        </SourcesFold>,
      ]}
    />
  );
  return (
    <>
      <Section title={w.clusters}>
        {page.clusters.length === 0 ? (
          <Empty text={w.noClusters} />
        ) : (
          <Table caption={w.clusters} head={[w.cluster, w.chips, w.site, w.operator, w.sources]}>
            {page.clusters.map((cluster) =>
              row(cluster, [
                cluster.chips.length === 0
                  ? words.common.unknown
                  : cluster.chips.map(({ chip, count }) => (
                      <div key={chip}>
                        {count === null
                          ? w.countUnknown(chipName(chip))
                          : w.chipCount(format.count(count), chipName(chip))}
                      </div>
                    )),
                cluster.site === null ? words.common.unknown : namesIn(page.sites, format)(cluster.site),
              ]),
            )}
          </Table>
        )}
      </Section>
      <Section title={w.sites}>
        {page.sites.length === 0 ? (
          <Empty text={w.noSites} />
        ) : (
          <Table caption={w.sitesCaption} head={[w.site, w.operator, w.sources]}>
            {page.sites.map((site) =>
              row(
                site,
                [],
                [site.owner, site.jurisdiction].filter((one) => one !== null),
              ),
            )}
          </Table>
        )}
      </Section>
    </>
  );
}
