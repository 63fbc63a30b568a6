// The model of a run: its card, its scores, its files.

import { Fact, Facts } from '../../page-kit/index.ts';
import { Document } from '../parts/document.tsx';
import { Digest, DigestFact, Row, right, Table } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { ScoresTable } from '../parts/scores-table.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { Card, RunDetail } from '../types.ts';

export default function Model({ run: id }: Record<string, string>) {
  const { words, format } = useConsole();
  const w = words.model;
  const path = `/runs/${encodeURIComponent(id)}`;
  const run = useData<RunDetail>(path);
  const data = useData<Card>(`${path}/model`);
  const toRun = pathOf('run', { run: id });
  return (
    <Page
      over={<a href={toRun}>{run.value?.name ?? id}</a>}
      title={w.title(run.value?.name ?? id)}
      actions={
        <>
          <a class="button" href={toRun}>
            {w.toRun}
          </a>
          <a class="button primary" href={pathOf('playground', { run: id })}>
            {words.playground.open}
          </a>
        </>
      }
    >
      <Loaded data={data}>
        {(model) => (
          <div class="grid">
            <Section title={w.scores}>
              {model.scores.length === 0 ? (
                <Empty text={w.noScores} hint={w.noScoresHint} />
              ) : (
                <ScoresTable caption={w.scoresCaption} scores={model.scores} />
              )}
            </Section>
            <Section title={w.evidence}>
              <Facts>
                <Fact name={words.run.parameters}>
                  {model.parameters === null ? '–' : format.short(model.parameters)}
                </Fact>
                <DigestFact name={words.run.maker} of={run.value?.maker} />
                <DigestFact name={words.run.stateRoot} of={run.value?.stateRoot} />
              </Facts>
              <p>
                <a href={toRun}>{w.toRun}</a>
              </p>
            </Section>
            <Section title={w.card} wide>
              {model.card.trim() === '' ? (
                <Empty text={w.noCard} />
              ) : (
                <div lang="en">
                  <Document markdown={model.card} label={w.card} />
                </div>
              )}
            </Section>
            <Section title={w.config}>
              <Table caption={w.configCaption} head={[w.key, words.common.value]}>
                {Object.entries(model.config ?? {}).map(([key, value]) => (
                  <Row
                    key={key}
                    cells={[
                      <code>{key}</code>,
                      <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>,
                    ]}
                  />
                ))}
              </Table>
            </Section>
            <Section title={w.files}>
              <Table caption={w.filesCaption} head={[w.file, right(words.common.size)]}>
                {model.files.map((file) => (
                  <Row
                    key={file.path}
                    cells={[
                      <>
                        {file.path}
                        {file.sha256 !== null && (
                          <small>
                            <Digest of={file.sha256} />
                          </small>
                        )}
                      </>,
                      right(format.bytes(file.bytes)),
                    ]}
                  />
                ))}
              </Table>
            </Section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
