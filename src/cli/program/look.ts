// `jikji program status, explain, report, log`: looking at a programme.

import type { Command } from 'commander';
import { JikjiError, writeFileAtomic } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import { calledAs } from '../called-as.ts';
import { claimLines } from '../claim-lines.ts';
import { wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { checkReportFile, parseLang } from '../report-file.ts';
import { fit, table } from '../text.ts';
import { describeJoined } from './audits.ts';
import { type Common, LAST_STAGE, type Opened, plainTitle, stageOf, verb, withProgramme } from './common.ts';

async function statusNow({ programme, tables, room }: Opened) {
  const row = room.programmeOf(tables);
  const jobs = (await programme.store.jobs.list()).filter(({ status }) => status === 'queued' || status === 'running');
  return {
    programme: row.id,
    name: row.name,
    mode: row.mode,
    database: programme.store.where,
    officeKey: row.officeKey,
    entries: programme.head.seq,
    link: programme.head.link,
    applications: [...tables.all('applications')].map(({ id, name, status }) => ({ id, name, status })),
    ruleBooks: [...tables.all('ruleBooks')].map(({ name, version, digest }) => ({ name, version, digest })),
    consortia: [...tables.all('consortia')].map(({ id, name, lead, status, makerKey }) => ({
      id,
      name,
      lead,
      status,
      makerKey,
    })),
    stages: [...tables.all('stages')].map(({ id, title, consortia }) => ({
      id,
      title,
      status: room.statusOf(tables, String(id)),
      consortia,
    })),
    next: room.nextStepOf(tables),
    submissions: [...tables.all('submissions')].map(({ id, stage, consortium, status, digest }) => ({
      id,
      stage,
      consortium,
      status,
      digest,
      audit: room.auditShown(tables, String(id)) ?? null,
      joined: room.joinedAudits(tables, String(id)),
    })),
    jobs: jobs.map(({ id, kind, status, attempts }) => ({ id, kind, status, attempts })),
  };
}

type Status = Awaited<ReturnType<typeof statusNow>>;

function printAudits(output: Output, submissions: Status['submissions']): void {
  if (submissions.some(({ audit }) => audit)) output.line('\nAudits');
  for (const { id, audit, joined } of submissions) {
    if (!audit) continue;
    const [head, ...more] = claimLines(audit.claim.en);
    output.line(`  ${id}: ${head}`);
    for (const line of more) output.line(`    ${line}`);
    if (joined && joined.reports.length > 1) describeJoined(output, joined, '    ');
  }
}

function printStatus(output: Output, found: Status): void {
  output.line(`${plainTitle(found.name)} (${found.programme}, ${found.mode}), in ${found.database}`);
  output.line(`  ${found.entries} ${found.entries === 1 ? 'entry' : 'entries'}, the last one ${found.link}`);
  const names = new Map(found.consortia.map(({ id, name }) => [String(id), plainTitle(name)]));
  const named = (id: unknown, name: unknown, status: unknown) => [
    String(id),
    fit(plainTitle(name), 40),
    String(status),
  ];
  const block = (title: string, rows: string[][]): void => {
    if (rows.length === 0) return;
    output.line(`\n${title}`);
    for (const line of table(rows)) output.line(`  ${line}`);
  };
  block(
    'Applications',
    found.applications.map(({ id, name, status }) => named(id, name, status)),
  );
  block(
    'Rule books',
    found.ruleBooks.map(({ name, version, digest }) => [`${name}@${version}`, String(digest)]),
  );
  block(
    'Consortia',
    found.consortia.map(({ id, name, status }) => named(id, name, status)),
  );
  block(
    'Stages',
    found.stages.map(({ id, title, status }) => named(id, title, status === 'decided' ? 'decided, not final' : status)),
  );
  block(
    'Submissions',
    found.submissions.map(({ id, consortium, status, audit }) => [
      String(id),
      fit(names.get(String(consortium)) ?? String(consortium), 40),
      fit(String(status), 60),
      audit?.claim.en.word ?? '',
    ]),
  );
  printAudits(output, found.submissions);
  block(
    'Jobs',
    found.jobs.map(({ id, kind, status }) => [String(id), kind, status]),
  );
  if (found.next) {
    const { stage, act, appeal } = found.next;
    const verb = act === 'answer' ? `appeal ${appeal} --upheld|--rejected --text "..."` : `${act} ${stage}`;
    output.line(`Next:\n  ${calledAs()} program ${verb}`);
  }
}

function addStatus(program: Command, output: Output): void {
  verb(program, 'status', 'the programme at a glance', 'status').action(async (options: Common) => {
    const found = await withProgramme(options, statusNow);
    output.result(found, () => printStatus(output, found));
  });
}

/** @throws JikjiError `stage-unknown`, `score-unknown` */
async function explain({ programme, tables, room, nameOf }: Opened, wanted: string): Promise<string[]> {
  const [stage = '', consortium = '', ...rest] = wanted.split('/');
  const outcome = await room.outcomeOf(programme, stage);
  const { teams, book } = outcome;
  if (!teams.includes(consortium))
    throw new JikjiError(
      'score-unknown',
      'nobody of this name is in the stage',
      consortium || wanted,
      `in it are: ${teams.join(', ')}`,
    );
  const part = rest.join('/');
  const parts = room.partsOf(book);
  const chosen =
    part === ''
      ? book.blocks.map(({ id }) => `blocks.${id}`)
      : parts.filter(({ path, name }) => path === part || name === part).map(({ path }) => path);
  if (chosen.length === 0)
    throw new JikjiError(
      'score-unknown',
      'the rule book has no such part',
      part,
      `there are: ${parts.map(({ name }) => name).join(', ')}`,
    );
  const lines = chosen.flatMap((path) => room.explainScore(tables, outcome, `${stage}/${consortium}/${path}`) ?? []);
  if (part !== '') return lines;
  const total = outcome.totals[teams.indexOf(consortium)];
  const points = `${typeof total === 'number' ? total : 'not known'} of ${book.points}`;
  return [`${nameOf(consortium)}, ${stage}: ${points}: the sum of ${chosen.length} blocks`, ...lines];
}

function addExplain(program: Command, output: Output): void {
  verb(
    program,
    'explain',
    'from a score down to what it was worked out from',
    'explain stage-1/azalea/blocks.benchmark',
  )
    .argument('<score>', 'STAGE/CONSORTIUM, or STAGE/CONSORTIUM/PART')
    .action(async (wanted: string, options: Common) => {
      const lines = await withProgramme(options, (opened) => explain(opened, wanted));
      output.result({ score: wanted, lines }, () => {
        for (const line of lines) output.line(line);
      });
    });
}

interface Report extends Common {
  out: string;
  lang: 'ko' | 'en';
  draft?: boolean;
}

function addReport(program: Command, output: Output): void {
  verb(program, 'report', 'a stage as one page for the public', 'report stage-1 --out stage-1.html --lang ko')
    .argument(...LAST_STAGE)
    .requiredOption('--out <file>', 'the HTML file to write')
    .option('--lang <language>', 'ko or en', parseLang, 'en')
    .option('--draft', 'although the stage is open and its scores are not public yet')
    .action(async (wanted: string | undefined, { out, lang, draft, ...options }: Report) => {
      checkReportFile(out, '--out');
      const stage = await withProgramme(options, async ({ programme, tables, room }) => {
        const stage = stageOf(tables, wanted);
        const row = room.existing(tables, 'stages', stage, 'stage');
        const book = room.bookOf(tables, String(row.ruleBook));
        if (row.status === 'open' && book.publication?.scores !== 'at-once' && !draft)
          throw new JikjiError(
            'not-public-yet',
            'the rule book makes the scores of this stage public when it closes',
            stage,
            'close it first; --draft writes the page for your own eyes',
          );
        writeFileAtomic(out, await room.stageReportHtml(await room.reportOf(programme, stage), lang));
        return stage;
      });
      output.result({ stage, file: out }, () => output.line(`Wrote ${out}`));
    });
}

/** A verdict is told with how far it reaches, also where the line is cut. */
function dataText({ tables, room }: Opened, { kind, data }: { kind: string; data: Json }): string {
  const { submission } = data as { submission?: string };
  const audit = kind === 'submission-audited' ? room.auditShown(tables, submission!) : undefined;
  if (!audit) return JSON.stringify(data);
  const { word, data: texts } = audit.claim.en;
  return `${submission}: ${word}. ${texts}`;
}

function addLog(program: Command, output: Output): void {
  verb(program, 'log', 'the entries of the log', 'log --from 10')
    .option('--from <n>', 'the first entry', wholeNumber('--from', 1), 1)
    .option('--kind <kind>', 'only entries of this kind')
    .action(async (options: Common & { from: number; kind?: string }) => {
      await withProgramme(options, async (opened) => {
        for await (const entry of opened.programme.store.entries(options.from)) {
          const { seq, time, actor, kind } = entry;
          if (options.kind !== undefined && kind !== options.kind) continue;
          // One object a line: a log can be long.
          if (output.json) output.write(`${JSON.stringify(entry)}\n`);
          else {
            const line = `${String(seq).padStart(5)}  ${time}  ${actor}  ${kind}  ${dataText(opened, entry)}`;
            output.line(fit(line, Math.max(80, output.progress.columns ?? 160)));
          }
        }
      });
    });
}

export function addLook(program: Command, output: Output): void {
  for (const add of [addStatus, addExplain, addReport, addLog]) add(program, output);
}
