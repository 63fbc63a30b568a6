// One rule book as a page to read: what counts, what excludes, what becomes public.

import type { ComponentChildren } from 'preact';
import { Citations } from '../parts/citations.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Digest, Fact, Facts, Table, Time } from '../parts/small.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { RuleBook, RuleBookPage, RuleSource } from '../types.ts';
import { wordFor } from '../words/index.ts';

export default function RuleBookShown({ programme, digest }: Record<string, string>) {
  const { words, format } = useConsole();
  const w = words.book;
  const data = useData<RuleBookPage>(
    `/programmes/${encodeURIComponent(programme)}/rule-books/${encodeURIComponent(digest)}`,
  );
  return (
    <Page
      over={<a href={pathOf('ruleBooks', { programme })}>{words.books.title}</a>}
      title={data.value ? format.title(data.value.book.title) : words.books.name}
      lead={
        data.value && (
          <span class="inline">
            <span>
              {data.value.book.name}, {words.stage.version(format.count(data.value.book.version))}
            </span>
            <Digest of={digest} copy={words.common.digest} />
            <span>
              {words.books.registered}: <Time of={data.value.registered} />
            </span>
          </span>
        )
      }
    >
      <Loaded data={data}>
        {({ book, text }) => (
          <div class="grid">
            <Section title={w.blocks} wide>
              <Facts>
                <Fact name={w.points}>{format.short(book.points)}</Fact>
                <Fact name={w.goOn}>{format.count(book.kept)}</Fact>
              </Facts>
              <Blocks book={book} />
              {book.rounding && <p class="soft">{w.rounding(format.count(book.rounding.decimals))}</p>}
            </Section>
            <Originality book={book} />
            <Rest book={book} />
            <Target book={book} />
            <Limits book={book} />
            <Section title={w.text} wide>
              <details>
                <summary>{words.common.details}</summary>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
                <pre class="source" tabIndex={0} lang="en">
                  {text}
                </pre>
              </details>
            </Section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Blocks({ book }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const line = (title: string, points: number) => (
    <div class="line">
      <span>{title}</span>
      <span>{words.common.points(format.short(points))}</span>
    </div>
  );
  return (
    <ul class="rules">
      {book.blocks.map((block) => (
        <li key={block.id}>
          {line(format.title(block.title), block.points)}
          {block.source.kind === 'parts' ? (
            <ul class="rules">
              {block.source.parts.map((part) => (
                <li key={part.id}>
                  {line(format.title(part.title), part.points)}
                  <SourceText source={part.source} />
                </li>
              ))}
            </ul>
          ) : (
            <SourceText source={block.source} />
          )}
        </li>
      ))}
    </ul>
  );
}

function SourceText({ source }: { source: RuleSource }) {
  const { words, format } = useConsole();
  const w = words.book;
  const kind = wordFor(words.sources, source.kind);
  if (source.kind === 'entered')
    return (
      <p class="soft">
        {kind}, {w.enteredBy(format.title(source.by))}
      </p>
    );
  if (source.kind === 'judgements')
    return (
      <p class="soft">
        {kind}: {w.users(format.count(source.users), format.count(source.minimumPerPair))}
      </p>
    );
  if (source.kind === 'forms')
    return (
      <>
        <p class="soft">
          {kind}: {w.experts(format.count(source.experts))},{' '}
          {source.average === 'mean' ? w.mean : w.trimmed(format.count(source.trim))}
        </p>
        <ul class="tags">
          {source.criteria.map((criterion) => (
            <li key={criterion.id}>
              {format.title(criterion.title)}: {format.short(criterion.points)}
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <>
      <p class="soft">{kind}</p>
      <Table
        caption={kind}
        head={
          <>
            <th scope="col">{w.task}</th>
            <th scope="col">{w.metric}</th>
            <th scope="col" class="right">
              {w.weight}
            </th>
            <th scope="col">{w.scale}</th>
          </>
        }
      >
        {source.tasks.map((task) => (
          <tr key={task.task}>
            <th scope="row">{task.task}</th>
            <td>
              <code>{task.metric}</code>
            </td>
            <td class="right">{format.short(task.weight)}</td>
            <td>
              {task.scale === 'best-reference'
                ? w.bestReference
                : words.stage.interval(format.short(task.scale.floor), format.short(task.scale.ceiling))}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

const Lines = ({ lines }: { lines: ComponentChildren[] }) => (
  <ul class="plainly">
    {lines.map((line, i) => (
      <li key={i}>{line}</li>
    ))}
  </ul>
);

function Originality({ book: { originality } }: { book: RuleBook }) {
  const { words } = useConsole();
  const w = words.book;
  const { audit } = originality;
  return (
    <Section title={w.originality}>
      <Lines
        lines={[
          originality.veto ? w.veto : w.noVeto,
          ...(audit?.holds ? [w.auditHolds] : []),
          ...(audit?.makerKey ? [w.auditKey] : []),
          ...(audit?.lodged ? [w.auditLodged] : []),
        ]}
      />
      <h3>{w.components}</h3>
      <ul class="tags">
        {originality.components.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <h3>{w.excludes}</h3>
      <ul class="tags">
        {originality.excludes.map((verdict) => (
          <li key={verdict}>{wordFor(words.verdicts, verdict)}</li>
        ))}
      </ul>
    </Section>
  );
}

function Rest({ book }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const w = words.book;
  const { eligibility, tieBreak, publication } = book;
  const lines: string[] = [];
  if (eligibility) {
    if (eligibility.leadCountries.length > 0) lines.push(w.leadFrom(format.list(eligibility.leadCountries)));
    if (eligibility.roles.length > 0)
      lines.push(w.someRole(format.list(eligibility.roles.map((role) => wordFor(words.chain, role)))));
    if (eligibility.minimumMembers > 1) lines.push(w.members(format.count(eligibility.minimumMembers)));
  }
  const tie = (step: string) => (step === 'equal' ? w.tieShared : step === 'lot' ? w.tieLot : step);
  return (
    <Section title={w.eligibility}>
      {lines.length > 0 ? (
        <Lines lines={lines} />
      ) : (
        <p>{eligibility || !book.record ? w.anybody : words.common.unknown}</p>
      )}
      <h3>{w.tieBreak}</h3>
      {tieBreak.length > 0 ? <p>{tieBreak.map(tie).join(' → ')}</p> : <p>{w.tieUnknown}</p>}
      {publication && (
        <>
          <h3>{w.publication}</h3>
          <Table
            caption={w.publication}
            head={
              <>
                <th scope="col">{w.what}</th>
                <th scope="col">{w.when}</th>
              </>
            }
          >
            {(Object.keys(w.kinds) as (keyof typeof w.kinds)[]).map((kind) => (
              <tr key={kind}>
                <th scope="row">{w.kinds[kind]}</th>
                <td>{w.whens[publication[kind]]}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </Section>
  );
}

function Target({ book: { target } }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const w = words.book;
  if (!target) return null;
  return (
    <Section title={w.target}>
      <p>{w.targetText(format.percent(target.share), format.count(target.months))}</p>
      {target.references.length > 0 && (
        <Table
          caption={w.references}
          shown
          head={
            <>
              <th scope="col">{w.model}</th>
              <th scope="col">{w.released}</th>
            </>
          }
        >
          {target.references.map((reference) => (
            <tr key={reference.model}>
              <th scope="row">
                {reference.model}
                <Citations of={[reference.source]} />
              </th>
              <td>{format.day(reference.released)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

function Limits({ book: { limits } }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const w = words.book;
  if (!limits) return null;
  const shown = (name: keyof typeof limits): string =>
    name === 'bundleBytes'
      ? format.bytes(limits[name])
      : name.endsWith('Seconds')
        ? format.duration(limits[name])
        : format.short(limits[name]);
  return (
    <Section title={w.limits}>
      <Table
        caption={w.limits}
        head={
          <>
            <th scope="col">{w.limit}</th>
            <th scope="col" class="right">
              {words.common.value}
            </th>
          </>
        }
      >
        {(Object.keys(w.limitNames) as (keyof typeof limits)[]).map((name) => (
          <tr key={name}>
            <th scope="row">{w.limitNames[name]}</th>
            <td class="right">{shown(name)}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}
