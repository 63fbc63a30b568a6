// One rule book as a page to read: what counts, what excludes, what becomes public.

import { Fact, Facts } from '../../page-kit/index.ts';
import { Digest, Source, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Section } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { RuleBookPage } from '../types.ts';
import { Blocks } from './rule-book/blocks.tsx';
import { Limits, Target } from './rule-book/bounds.tsx';
import { Selection } from './rule-book/selection.tsx';
import { SelfReliance } from './rule-book/self-reliance.tsx';
import { Originality, Terms } from './rule-book/terms.tsx';

export default function RuleBookShown({ programme, digest }: Record<string, string>) {
  const { words, format } = useConsole();
  const w = words.book;
  const isRecord = useIsRecord();
  const data = useData<RuleBookPage>(
    `/programmes/${encodeURIComponent(programme)}/rule-books/${encodeURIComponent(digest)}`,
  );
  return (
    <Page
      over={<a href={pathOf('ruleBooks', { programme })}>{words.nav.ruleBooks}</a>}
      title={data.value ? format.title(data.value.book.title) : words.books.name}
      lead={
        data.value && (
          <span class="inline">
            <span>
              {data.value.book.name}, {words.stage.version(format.count(data.value.book.version))}
            </span>
            <Digest of={digest} copy={words.common.digest} />
            {/* A record took it in with its stage: when it was fixed, nobody knows here. */}
            {!isRecord && (
              <span>
                {words.books.registered}: <Time of={data.value.registered} />
              </span>
            )}
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
                <Fact name={w.goOn}>{book.kept === null ? words.common.unknown : format.count(book.kept)}</Fact>
              </Facts>
              <Blocks book={book} />
              {book.rounding && <p class="soft">{w.rounding(format.count(book.rounding.decimals))}</p>}
            </Section>
            <Originality book={book} />
            <Terms book={book} />
            <Target book={book} />
            <Limits book={book} />
            <Selection book={book} />
            <SelfReliance book={book} />
            <Section title={w.text} wide>
              <details>
                <summary>{words.common.details}</summary>
                <Source text={text} lang="en" />
              </details>
            </Section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
