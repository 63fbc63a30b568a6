// The model of a run on one page: a field to try it, its facts, its family, what it was trained on, what is known of it, its card and files.

import { Fact, Facts } from '../../page-kit/index.ts';
import { Document } from '../parts/document.tsx';
import { Digest, DigestFact, Row, right, Table } from '../parts/elements.tsx';
import { Family } from '../parts/family.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { useRunName } from '../parts/run-name.tsx';
import { ScoresTable } from '../parts/scores-table.tsx';
import { TrainingData } from '../parts/training-data.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import { areTextsBuilt, useRunAudits } from '../state/run-audits.ts';
import type { Card, Family as FoundFamily, TrainingData as FoundTrainingData, RunDetail } from '../types.ts';
import { Entrance } from './model/entrance.tsx';
import { Known } from './model/known.tsx';
import { Receipts } from './model/receipts.tsx';

export default function Model({ run: id }: Record<string, string>) {
  const { words } = useConsole();
  const w = words.model;
  const path = `/runs/${encodeURIComponent(id)}`;
  const run = useData<RunDetail>(path);
  const data = useData<Card>(`${path}/model`);
  const family = useData<FoundFamily>(`${path}/family`);
  const training = useData<FoundTrainingData>(`${path}/training-data`);
  const audits = useRunAudits(path);
  const toRun = pathOf('run', { run: id });
  const name = useRunName(id, run.value?.name);
  return (
    <Page
      over={<a href={toRun}>{name}</a>}
      title={w.title(name)}
      actions={
        <>
          <a class="button" href={toRun}>
            {w.toRun}
          </a>
          <a class="button" href={pathOf('playground', { run: id })}>
            {words.playground.open}
          </a>
        </>
      }
    >
      <Loaded data={data}>
        {(model) => (
          <>
            <div class="grid sided">
              <Section title={w.try} lead={w.tryLead}>
                <Entrance run={id} tuned={model.tuned} />
              </Section>
              <Section title={words.run.facts}>
                <ModelFacts model={model} run={run.value} />
              </Section>
            </div>
            <Section title={words.family.title} lead={words.family.lead} anchor="family">
              <Loaded data={family}>{(found) => <Family of={found} run={{ id, name }} to="model" />}</Loaded>
            </Section>
            <Section title={words.trainingData.title} anchor="trained-on">
              <Loaded data={training}>
                {(found) => (
                  <Loaded data={run}>
                    {(detail) => <TrainingData of={found} run={detail} textsBuilt={areTextsBuilt(audits)} />}
                  </Loaded>
                )}
              </Loaded>
            </Section>
            <div class="grid">
              <Section title={w.scores}>
                {model.scores.length === 0 ? (
                  <Empty text={w.noScores} hint={w.noScoresHint} />
                ) : (
                  <ScoresTable caption={w.scoresCaption} scores={model.scores} />
                )}
              </Section>
              <Section title={w.known}>
                <Known run={id} audits={audits} />
              </Section>
              {run.value && (
                <Section title={w.receipts} wide>
                  <Receipts
                    of={{ name, label: name, path, folder: run.value.folder, tuned: model.tuned, givesReceipts: true }}
                  />
                </Section>
              )}
              <Section title={w.card} lead={w.cardLead} wide folded anchor="card">
                {model.card.trim() === '' ? (
                  <Empty text={w.noCard} />
                ) : (
                  // The card is a file of the model, written in English.
                  <div lang="en">
                    <Document markdown={model.card} label={w.card} />
                  </div>
                )}
              </Section>
              <Section title={w.details} wide folded anchor="files">
                <div class="grid">
                  <Configuration of={model} />
                  <Files of={model} />
                </div>
              </Section>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function ModelFacts({ model, run }: { model: Card; run: RunDetail | undefined }) {
  const { words, format } = useConsole();
  return (
    <Facts>
      <Fact name={words.run.parameters}>{model.parameters === null ? '–' : format.short(model.parameters)}</Fact>
      {run && run.valBitsPerByte !== null && <Fact name={words.run.bits}>{format.decimal(run.valBitsPerByte, 3)}</Fact>}
      <DigestFact name={words.run.maker} of={run?.maker} />
      <DigestFact name={words.run.stateRoot} of={run?.stateRoot} />
    </Facts>
  );
}

function Configuration({ of: { config } }: { of: Card }) {
  const { words } = useConsole();
  const w = words.model;
  return (
    <Table caption={w.configCaption} shown head={[w.key, words.common.value]}>
      {Object.entries(config ?? {}).map(([key, value]) => (
        <Row
          key={key}
          cells={[<code>{key}</code>, <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>]}
        />
      ))}
    </Table>
  );
}

function Files({ of: { files } }: { of: Card }) {
  const { words, format } = useConsole();
  const w = words.model;
  return (
    <Table caption={w.filesCaption} shown head={[w.file, right(words.common.size)]}>
      {files.map((file) => (
        <Row
          key={file.path}
          cells={[
            { of: file.path, note: file.sha256 === null ? undefined : <Digest of={file.sha256} /> },
            right(format.bytes(file.bytes)),
          ]}
        />
      ))}
    </Table>
  );
}
