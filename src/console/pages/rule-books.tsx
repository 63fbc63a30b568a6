// Rule books: the list, and the form to register one. A mistake is shown at its line.

import { useState } from 'preact/hooks';
import { Digest, Row, right, Table } from '../parts/elements.tsx';
import { Form } from '../parts/form.tsx';
import { LinedText } from '../parts/lined-text.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { lineOf } from '../state/line-of.ts';
import { pathOf } from '../state/router.ts';
import type { RuleBookRow } from '../types.ts';

/** The largest rule book that the log takes, in bytes. */
const MAX_BYTES = 1 << 20;

export default function RuleBooks({ programme }: Record<string, string>) {
  const { words, format, me } = useConsole();
  const w = words.books;
  const path = `/programmes/${encodeURIComponent(programme)}/rule-books`;
  const data = useData<RuleBookRow[]>(path);
  const mode = me.programmes.find(({ id }) => id === programme)?.mode;
  const office = me.viewer.role === 'office' && mode !== 'record';
  return (
    <Page
      title={words.nav.ruleBooks}
      lead={mode === 'record' ? w.leadRecord : w.lead}
      actions={
        office && (
          <a class="button primary" href={pathOf('newRuleBook', { programme })}>
            {words.newBook.title}
          </a>
        )
      }
    >
      <Loaded data={data}>
        {(books) =>
          books.length === 0 ? (
            <Empty text={w.none} hint={office ? w.noneHint : w.noneHintPublic} />
          ) : (
            <div class="card">
              <Table
                caption={w.caption}
                head={[
                  w.name,
                  right(w.version),
                  words.common.digest,
                  right(mode === 'record' ? words.log.entry : w.registered),
                ]}
              >
                {books.map((book) => (
                  <Row
                    key={book.digest}
                    cells={[
                      {
                        of: (
                          <a href={pathOf('ruleBook', { programme, digest: book.digest })}>
                            {format.title(book.title)}
                          </a>
                        ),
                        note: book.name,
                      },
                      right(format.count(book.version)),
                      <Digest of={book.digest} />,
                      right(words.common.entry(format.count(book.registeredSeq))),
                    ]}
                  />
                ))}
              </Table>
            </div>
          )
        }
      </Loaded>
      {office && <Register path={path} onDone={data.again} />}
    </Page>
  );
}

function Register({ path, onDone }: { path: string; onDone: () => void }) {
  const { words, format } = useConsole();
  const w = words.books;
  const [text, setText] = useState('');
  const [large, setLarge] = useState(false);
  const [done, setDone] = useState<{ digest: string; name: string; version: number }>();
  const action = useAction(async () => {
    setDone(undefined);
    setDone(await post(path, { text }));
    setText('');
    onDone();
  });
  const line = action.failure && lineOf(action.failure);
  const pick = async (file: File | undefined) => {
    setLarge(file !== undefined && file.size > MAX_BYTES);
    if (file && file.size <= MAX_BYTES) setText(await file.text());
  };
  return (
    <Section title={w.register} lead={w.registerLead}>
      <Form action={action} label={w.send}>
        <div class="field">
          <label for="rule-book-file">{w.pick}</label>
          <input
            id="rule-book-file"
            type="file"
            accept=".yaml,.yml,text/yaml"
            onChange={(event) => pick(event.currentTarget.files?.[0])}
          />
          {large && <p class="notice bad">{w.tooLarge}</p>}
        </div>
        {/* A new field after success: an emptied one would count as invalid. */}
        <LinedText key={done?.digest} label={w.text} value={text} onValue={setText} line={line} />
      </Form>
      <div role="status">
        {done && (
          <div class="notice good">
            <p>
              {w.registeredAs(`${done.name}, ${words.stage.version(format.count(done.version))}`)}{' '}
              <Digest of={done.digest} />
            </p>
          </div>
        )}
      </div>
    </Section>
  );
}
