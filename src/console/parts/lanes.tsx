// The picture of a programme: a lane for each consortium, a stop for each stage. It is a table, for screen readers.

import { useConsole } from '../state/context.ts';
import { isOver, lanesOf, type Stop } from '../state/lanes.ts';
import { pathOf } from '../state/router.ts';
import type { Overview } from '../types.ts';
import { ConsortiumState, StageState, Table } from './elements.tsx';

export function Lanes({ programme, overview }: { programme: string; overview: Overview }) {
  const { words, format } = useConsole();
  const w = words.overview;
  const { consortia, stages } = overview;
  const current = stages.find(({ status }) => !isOver(status))?.id;
  const lanes = lanesOf(overview);
  const membersText = ({ members, othersUnknown }: Overview['consortia'][number]): string => {
    if (members === null) return `, ${w.membersUnknown}`;
    // A lead without members is not mentioned.
    if (othersUnknown) return `, ${w.membersAtLeast(format.count(members))}`;
    return members > 1 ? `, ${w.members(format.count(members))}` : '';
  };
  const head = [
    words.people.consortium,
    ...stages.map((stage) => ({
      class: stage.id === current ? 'here' : '',
      of: (
        <>
          <a href={pathOf('stage', { programme, stage: stage.id })}>{format.title(stage.title)}</a>
          <StageState status={stage.status} />
        </>
      ),
    })),
    words.common.status,
  ];
  return (
    <Table caption={w.pictureCaption} head={head} class="lanes">
      {consortia.map((consortium, row) => (
        <tr key={consortium.id}>
          <th scope="row">
            <a href={pathOf('consortium', { programme, consortium: consortium.id })}>{format.title(consortium.name)}</a>
            <small>
              {w.lead(format.title(consortium.lead.name))}
              {membersText(consortium)}
            </small>
          </th>
          {lanes[row].stops.map((stop, i) => (
            <td key={stages[i].id} class={stages[i].id === current ? 'here' : ''}>
              <StopPicture
                stop={stop}
                first={i === 0}
                last={i === stages.length - 1}
                before={lanes[row].stops[i - 1]}
              />
              <span class="hidden">{{ absent: w.notIn, competing: w.competing, kept: w.kept, out: w.out }[stop]}</span>
            </td>
          ))}
          <td>
            <ConsortiumState status={consortium.status} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function StopPicture({
  stop,
  first,
  last,
  before,
}: {
  stop: Stop;
  first: boolean;
  last: boolean;
  before: Stop | undefined;
}) {
  const came = stop !== 'absent' && (first || before !== 'absent');
  const leaves = stop === 'kept' && !last;
  return (
    <svg class="lane" aria-hidden="true">
      {came && <line x1="0" y1="18" x2="50%" y2="18" />}
      {leaves && <line x1="50%" y1="18" x2="100%" y2="18" />}
      {stop === 'out' && !last && <line class="lost" x1="50%" y1="18" x2="100%" y2="18" />}
      <svg x="50%" y="18" overflow="visible" aria-hidden="true">
        {stop === 'competing' && (
          <>
            <circle class="halo" r="11" />
            <circle class="dot live" r="7" />
          </>
        )}
        {stop === 'kept' && <circle class="dot good" r="7" />}
        {stop === 'out' && <path class="cross" d="M-6-6 6 6M6-6-6 6" />}
      </svg>
    </svg>
  );
}
