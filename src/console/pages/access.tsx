// Who was shown what the public is not, and what was done to accounts. For the office and auditors.

import { AccountChanges, usePages } from '../parts/account-changes.tsx';
import { Row, Table, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { namesIn, stageName } from '../state/names.ts';
import { pathOf } from '../state/router.ts';
import type { Access, AccountChange, Overview } from '../types.ts';

export default function AccessPage({ programme }: Record<string, string>) {
  const { words } = useConsole();
  const w = words.access;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const data = useData<Access[]>(`${base}/access`);
  const changesPath = `${base}/account-changes`;
  const changes = useData<AccountChange[]>(data.value ? changesPath : null);
  return (
    <Page
      title={w.title}
      over={<a href={pathOf('log', { programme })}>{words.nav.log}</a>}
      lead={w.lead}
      actions={
        data.value && (
          <a class="button" href={`/api${base}/access.csv`} download>
            {w.file}
          </a>
        )
      }
    >
      <div class="grid">
        <Section title={w.readings} lead={w.readingsLead} wide>
          <Loaded data={data}>
            {(first) =>
              first.length === 0 ? <Empty text={w.none} /> : <Lines first={first} programme={programme} base={base} />
            }
          </Loaded>
        </Section>
        {data.value && (
          <Section title={words.accountChanges.title} lead={w.changesLead} wide>
            <AccountChanges data={changes} path={changesPath} />
          </Section>
        )}
        <Section title={w.limits} wide>
          <ul>
            {Object.values(w.limitsList).map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Section>
      </div>
    </Page>
  );
}

function Lines({ first, programme, base }: { first: Access[]; programme: string; base: string }) {
  const { words, format } = useConsole();
  const w = words.access;
  const { consortia = [], stages = [] } = useData<Overview>(base).value ?? {};
  const nameOf = namesIn(consortia, format);
  const { list, more } = usePages(first, `${base}/access`);
  return (
    <>
      <Table caption={w.caption} head={[w.time, words.log.who, words.people.role, words.log.what, w.of, w.via]}>
        {list.map((line) => (
          <Row
            key={line.id}
            cells={[
              <Time of={line.time} />,
              { of: line.name ?? line.user, note: line.name !== null && line.user },
              { of: words.roles[line.role], note: line.consortium !== null && nameOf(line.consortium) },
              w.kinds[line.what],
              <Thing of={line} programme={programme} stages={stages} />,
              w.ways[line.via],
            ]}
          />
        ))}
      </Table>
      {more}
    </>
  );
}

function Thing({ of: { what, of }, programme, stages }: Pick<Overview, 'stages'> & { of: Access; programme: string }) {
  const { words, format } = useConsole();
  switch (what) {
    case 'audit':
    case 'usage':
    case 'weights':
      return <a href={pathOf('submission', { programme, submission: of })}>{of}</a>;
    case 'scores':
    case 'forms':
    case 'judgements':
      return <a href={pathOf('stage', { programme, stage: of })}>{stageName(stages, of, format)}</a>;
    case 'entry':
      return <>{words.common.entry(of)}</>;
    case 'backup':
      return <code>{of.slice(0, 12)}</code>;
    default:
      return <>{of}</>;
  }
}
