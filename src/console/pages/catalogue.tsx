// The catalogue of the value chain: the one in force, and for the office another one: its differences first, then its registration.

import { Digest, Row, right, Table, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { ComputePage } from '../types.ts';
import { NextCatalogue } from './catalogue/next.tsx';

export default function Catalogue({ programme }: Record<string, string>) {
  const { words, me } = useConsole();
  const w = words.catalogue;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const data = useData<ComputePage>(`${base}/compute`);
  const isRecord = useIsRecord();
  return (
    <Page over={<a href={pathOf('compute', { programme })}>{words.nav.compute}</a>} title={w.title} lead={w.lead}>
      <div class="stack">
        <Loaded data={data}>{(page) => <InForce page={page} />}</Loaded>
        {me.viewer.role === 'office' && !isRecord && <NextCatalogue base={base} onDone={data.again} />}
      </div>
    </Page>
  );
}

function InForce({ page: { catalogue } }: { page: ComputePage }) {
  const { words, format } = useConsole();
  const w = words.catalogue;
  if (catalogue === null) return <Empty text={words.valueChain.none} hint={words.valueChain.noneHint} />;
  return (
    <Section title={w.inForce}>
      <Table caption={w.parts} head={[w.parts, right(w.version)]}>
        {catalogue.parts.map(({ id, version, title }) => (
          <Row key={id} cells={[{ of: format.title(title), note: <code>{id}</code> }, right(format.count(version))]} />
        ))}
      </Table>
      <p class="soft">
        {w.registered} <Time of={catalogue.registered} />, <Digest of={catalogue.digest} copy={words.common.digest} />
        {catalogue.home.length > 0 && (
          <>
            {'. '}
            {w.home}: {format.list(catalogue.home.map((code) => format.country(code)))}
          </>
        )}
      </p>
    </Section>
  );
}
