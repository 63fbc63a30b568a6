// Sites and the clusters that stand in them.

import type { ComponentChildren } from 'preact';
import { Citations } from '../../parts/citations.tsx';
import { Fold, Table } from '../../parts/elements.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import type { ComputePage } from '../../types.ts';
import { supplierText, titleIn } from './names.ts';

export function Places({ page }: { page: ComputePage }) {
  const { words, format } = useConsole();
  const w = words.compute;
  const row = (of: ComputePage['sites'][number], more: ComponentChildren) => (
    <tr key={of.id}>
      <th scope="row">
        {format.title(of.name)}
        {!of.verified && <small class="warn-text">{words.overview.unverified}</small>}
      </th>
      {more}
      <td>{supplierText(of, page, words, format)}</td>
      <td>
        <Fold
          summary={
            <>
              {w.sources}
              <span class="hidden">: {format.title(of.name)}</span>
            </>
          }
        >
          {() => <Citations of={of.source} />}
        </Fold>
      </td>
    </tr>
  );
  const head = (name: string, more: ComponentChildren) => (
    <>
      <th scope="col">{name}</th>
      {more}
      <th scope="col">{w.operator}</th>
      <th scope="col">{w.sources}</th>
    </>
  );
  return (
    <>
      <Section title={w.clusters}>
        {page.clusters.length === 0 ? (
          <Empty text={w.noClusters} />
        ) : (
          <Table
            caption={w.clusters}
            head={head(
              w.cluster,
              <>
                <th scope="col">{w.chips}</th>
                <th scope="col">{w.site}</th>
              </>,
            )}
          >
            {page.clusters.map((cluster) =>
              row(
                cluster,
                <>
                  <td>
                    {cluster.chips.length === 0
                      ? words.common.unknown
                      : cluster.chips.map(({ chip, count }) => (
                          <div key={chip}>
                            {count === null
                              ? w.countUnknown(titleIn(page.chips, chip, format))
                              : w.chipCount(format.count(count), titleIn(page.chips, chip, format))}
                          </div>
                        ))}
                  </td>
                  <td>{cluster.site === null ? words.common.unknown : titleIn(page.sites, cluster.site, format)}</td>
                </>,
              ),
            )}
          </Table>
        )}
      </Section>
      <Section title={w.sites}>
        {page.sites.length === 0 ? (
          <Empty text={w.noSites} />
        ) : (
          <Table caption={w.sitesCaption} head={head(w.site, null)}>
            {page.sites.map((site) => row(site, null))}
          </Table>
        )}
      </Section>
    </>
  );
}
