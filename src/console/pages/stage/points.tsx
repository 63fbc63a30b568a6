// Points by block and part, each with its explanation on demand.

import { citedFigures, wordFor } from '../../../page-kit/index.ts';
import { Citations } from '../../parts/citations.tsx';
import { DialogButton } from '../../parts/dialog.tsx';
import { right, Source, Table } from '../../parts/elements.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { useData } from '../../state/data.ts';
import type { Explanation, Sources, StageReport, TeamOfReport } from '../../types.ts';
import { FigureText } from './standings.tsx';

export function PointsByPart({ report, path }: { report: StageReport; path: string }) {
  const { words, format } = useConsole();
  const w = words.stage;
  const digits = report.ruleBook.decimals ?? 1;
  const parts = report.blocks.flatMap((block) => [block, ...block.parts]);
  const titleOf = (path: string): string => {
    const part = parts.find((one) => one.path === path);
    return part ? format.title(part.title) : path;
  };
  const sources = citedFigures<Sources, TeamOfReport>(report.teams);
  const row = (of: Omit<StageReport['blocks'][number], 'parts'>, part: boolean) => (
    <tr key={of.path}>
      <th scope="row">
        {part && '· '}
        {format.title(of.title)}
        <small>
          {wordFor(words.sources, of.kind)}, {words.common.ofPoints(format.short(of.points))}
          {of.asked && `, ${of.asked[format.lang]}`}
        </small>
      </th>
      {report.teams.map((team) => (
        <td key={team.id} class="right">
          <FigureText of={team.figures[of.path]} digits={digits} />
        </td>
      ))}
    </tr>
  );
  return (
    <Section title={w.pointsBy} anchor="points">
      <Table
        caption={w.pointsBy}
        class="by-team"
        head={[w.part, ...report.teams.map(({ name }) => right(format.title(name)))]}
      >
        {report.blocks.flatMap((block) => [row(block, false), ...block.parts.map((part) => row(part, true))])}
      </Table>
      {sources.length > 0 && (
        <ul class="plainly">
          {sources.map(({ team, paths, source }) => (
            <li key={`${team.id} ${paths[0]}`}>
              {format.title(team.name)}: {format.list(paths.map(titleOf))} <Citations of={source} />
            </li>
          ))}
        </ul>
      )}
      {report.programme.mode !== 'record' && (
        <div class="buttons">
          {report.teams.map((team) => (
            <DialogButton key={team.id} label={w.explainFor(format.title(team.name))}>
              {() => <Explained path={path} team={team.id} />}
            </DialogButton>
          ))}
        </div>
      )}
    </Section>
  );
}

function Explained({ path, team }: { path: string; team: string }) {
  const { format } = useConsole();
  const data = useData<Explanation>(`${path}/explain/${encodeURIComponent(team)}`);
  return (
    <Loaded data={data}>
      {({ lines, linesKo }) => {
        const own = format.lang === 'ko' ? linesKo : undefined;
        return <Source text={(own ?? lines).join('\n')} lang={own ? 'ko' : 'en'} />;
      }}
    </Loaded>
  );
}
