// The verification of the log on the server: as it runs, and the result of the last. The office starts it.

import { useState } from 'preact/hooks';
import { Fact, Facts } from '../../../page-kit/index.ts';
import { Digest, Progress, State, Time, VerdictState } from '../../parts/elements.tsx';
import { Failed, Loaded } from '../../parts/loaded.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { Said } from '../../parts/written.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import { useLive } from '../../state/live.ts';
import type { Verification as Found } from '../../types.ts';

export function Verification({ base }: { base: string }) {
  const { words, me } = useConsole();
  const w = words.verification;
  const path = `${base}/verification`;
  const data = useData<Found>(path);
  const [live, setLive] = useState<Found['running']>();
  const running = live === undefined ? (data.value?.running ?? null) : live;
  useLive(running ? `${path}/events` : null, ['verification'], (name, told) => {
    if (name !== 'verification') return;
    setLive(told as Found['running']);
    if (told === null) data.again();
  });
  const start = useAction(async () => {
    await post(path);
    setLive({ begun: new Date().toISOString(), entries: 0, of: 0, signatures: 0, decisions: null });
  });
  return (
    <Section title={w.title} lead={w.lead}>
      <Loaded data={data}>
        {({ last, failed, failedKo }) => (
          <>
            <div role="status">{running && <Running of={running} />}</div>
            {failed !== null && !running && (
              <div class="notice bad">
                <p>
                  {w.failed} <Said en={failed} ko={failedKo} />
                </p>
              </div>
            )}
            {last === null ? <Empty text={w.none} /> : <Result of={last} />}
          </>
        )}
      </Loaded>
      <Failed of={start.failure} />
      {me.viewer.role === 'office' && (
        <div class="buttons">
          <button
            type="button"
            class="primary"
            aria-disabled={start.busy || !!running}
            onClick={() => running || start.run()}
          >
            {running ? w.running : w.start}
          </button>
        </div>
      )}
    </Section>
  );
}

function Running({ of: { entries, of, decisions } }: { of: NonNullable<Found['running']> }) {
  const { words, format } = useConsole();
  const w = words.verification;
  const { count } = format;
  const text = decisions
    ? w.decisionsOf(count(decisions.done), count(decisions.of))
    : w.entriesOf(count(entries), count(Math.max(of, entries)));
  const value = decisions ? decisions.done / Math.max(1, decisions.of) : entries / Math.max(1, of, entries);
  return <Progress value={value} label={w.progress} text={text} />;
}

/** What the log does not have, so that nothing was checked of it. A log that was altered has nothing that holds, which says enough. */
function lackOf({ verdict, signatures, decisions }: NonNullable<Found['last']>['result']) {
  if (verdict !== 'holds') return null;
  if (signatures === 0) return decisions === 0 ? 'neither' : 'signatures';
  return decisions === 0 ? 'decisions' : null;
}

function Result({ of: { time, user, result } }: { of: NonNullable<Found['last']> }) {
  const { words, format } = useConsole();
  const w = words.verification;
  const lacks = lackOf(result);
  return (
    <>
      <p>
        <VerdictState of={result.verdict} /> <Time of={time} />
        {user !== null && <small> {user}</small>}
      </p>
      {result.altered !== null && (
        <p class="notice bad">
          <Said en={result.altered} ko={result.alteredKo} />
        </p>
      )}
      <Facts>
        <Fact name={w.entries}>{format.count(result.entries)}</Fact>
        <Fact name={w.signatures}>{format.count(result.signatures)}</Fact>
        <Fact name={w.decisions}>
          {result.decisions === null ? <State of="incomplete" text={w.notComputed} /> : format.count(result.decisions)}
        </Fact>
        <Fact name={words.log.link}>
          <Digest of={result.link} copy={words.log.link} />
        </Fact>
      </Facts>
      {lacks !== null && <p class="soft">{w.meaning[lacks]}</p>}
    </>
  );
}
