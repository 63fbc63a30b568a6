// The facts of a run at a glance: what it was trained on, its loss, its size, its speed, its key.

import { Fact, Facts } from '../../../page-kit/index.ts';
import { DigestFact, Time } from '../../parts/elements.tsx';
import { Languages } from '../../parts/training-data.tsx';
import { useConsole } from '../../state/context.ts';
import type { RunDetail, TrainingData } from '../../types.ts';

/** @param training undefined until it is fetched */
export function RunFacts({ run, training }: { run: RunDetail; training: TrainingData | undefined }) {
  const { words, format } = useConsole();
  const w = words.run;
  const number = (value: number | null, digits?: number) =>
    value === null ? '–' : digits === undefined ? format.short(value) : format.decimal(value, digits);
  const sources = training?.corpus?.sources;
  return (
    <>
      <Facts>
        {sources && (
          <Fact name={words.trainingData.title} wide>
            <a href="#trained-on">{words.trainingData.short(format.count(sources.length))}</a>:{' '}
            <Languages of={sources} />
          </Fact>
        )}
        <Fact name={w.lossLast}>{number(run.loss, 3)}</Fact>
        {!run.witnessed && <Fact name={w.bits}>{number(run.valBitsPerByte, 3)}</Fact>}
        <Fact name={w.parameters}>{number(run.parameters)}</Fact>
        {!run.witnessed && <Fact name={w.tokens}>{number(run.tokens)}</Fact>}
        {run.witnessed && run.lastRecord !== null && (
          <Fact name={words.witness.lastRecord}>
            <Time of={run.lastRecord} ago />
          </Fact>
        )}
        {run.tokensPerSecond !== null && <Fact name={w.speed}>{number(run.tokensPerSecond)}</Fact>}
        {run.state === 'running' && run.secondsLeft !== null && (
          <Fact name={w.left}>{format.duration(run.secondsLeft)}</Fact>
        )}
      </Facts>
      <Facts class="digests">
        <Fact name={w.folder} wide>
          <code class="breaks">{run.folder}</code>
        </Fact>
        <DigestFact name={w.maker} of={run.maker} />
        <DigestFact name={w.stateRoot} of={run.stateRoot} />
      </Facts>
    </>
  );
}
