// `jikji program status, explain, report, log`: views of a programme. Change nothing.

import { JikjiError, writeFileAtomic } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import { claimLines } from '../claim-lines.ts';
import { wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { checkReportFile, parseLang } from '../report-file.ts';
import { fit, table } from '../text.ts';
import { joinedLines } from './audits.ts';
import { existingLocation, type OpenProgramme, withProgramme } from './opened.ts';
import { type NewVerb, next } from './verb.ts';

async function statusNow({ programme, tables, room }: OpenProgramme) {
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
    applications: tables.all('applications').map(({ id, name, status }) => ({ id, name, status })),
    ruleBooks: tables.all('ruleBooks').map(({ name, version, digest }) => ({ name, version, digest })),
    consortia: tables.all('consortia').map(({ id, name, lead, status, makerKey }) => ({
      id,
      name,
      lead,
      status,
      makerKey,
    })),
    stages: tables.all('stages').map(({ id, title, consortia }) => ({
      id,
      title,
      status: room.statusOf(tables, id),
      consortia,
    })),
    next: room.nextStepOf(tables),
    submissions: tables.all('submissions').map(({ id, stage, consortium, status, digest }) => ({
      id,
      stage,
      consortium,
      status,
      digest,
      audit: room.auditShown(tables, id) ?? null,
      joined: room.joinedAudits(tables, id),
    })),
    jobs: jobs.map(({ id, kind, status, attempts }) => ({ id, kind, status, attempts })),
  };
}

type Status = Awaited<ReturnType<typeof statusNow>>;

function auditLines({ id, audit, joined }: Status['submissions'][number]): string[] {
  if (!audit) return [];
  const [head, ...more] = claimLines(audit.claim.en);
  const others = joined && joined.reports.length > 1 ? joinedLines(joined) : [];
  return [`  ${id}: ${head}`, ...[...more, ...others].map((line) => `    ${line}`)];
}

const block = (title: string, rows: string[][]): string[] =>
  rows.length === 0 ? [] : [`\n${title}`, ...table(rows).map((line) => `  ${line}`)];

function statusLines(found: Status, nameOf: OpenProgramme['nameOf']): string[] {
  const { applications, ruleBooks, consortia, stages, submissions, jobs } = found;
  const audits = submissions.flatMap(auditLines);
  const named = (row: { id: string; name: { en: string }; status: string }) => [
    row.id,
    fit(row.name.en, 40),
    row.status,
  ];
  const books = ruleBooks.map(({ name, version, digest }) => [`${name}@${version}`, digest]);
  const statusOf = (status: string) =>
    ({ decided: 'decided, not final', recorded: 'decided, as published' })[status] ?? status;
  const submitted = submissions.map(({ id, consortium, status, audit }) => {
    const word = audit?.claim.en.word ?? '';
    return [id, fit(nameOf(consortium), 40), fit(status, 60), word];
  });
  const queue = jobs.map(({ id, kind, status }) => [String(id), kind, status]);
  const opened = stages.map(({ id, title, status }) => named({ id, name: title, status: statusOf(status) }));
  const lines = [
    `${found.name.en} (${found.programme}, ${found.mode}), in ${found.database}`,
    `  ${found.entries} ${found.entries === 1 ? 'entry' : 'entries'}, the last one ${found.link}`,
    ...block('Applications', applications.map(named)),
    ...block('Rule books', books),
    ...block('Consortia', consortia.map(named)),
    ...block('Stages', opened),
    ...block('Submissions', submitted),
    ...(audits.length > 0 ? ['\nAudits', ...audits] : []),
    ...block('Jobs', queue),
  ];
  if (!found.next) return lines;
  const { stage, act, appeal, notBefore } = found.next;
  const waits = notBefore !== null && Date.parse(notBefore) >= Date.now();
  if (waits) lines.push(`\nTeams may appeal until ${notBefore}. Then:`);
  return [...lines, next(act === 'answer' ? `appeal ${appeal} --upheld|--rejected --text "..."` : `${act} ${stage}`)];
}

/** @throws JikjiError `stage-unknown`, `score-unknown` */
async function explain({ programme, tables, room, nameOf }: OpenProgramme, wanted: string): Promise<string[]> {
  const [stage = '', consortium = '', ...rest] = wanted.split('/');
  const outcome = await room.outcomeOf(programme, stage);
  const { teams, book } = outcome;
  const unknown = (message: string, input: string, hint: string) =>
    new JikjiError('score-unknown', message, input, hint);
  if (!teams.includes(consortium))
    throw unknown('this consortium is not in the stage', consortium || wanted, `its consortia: ${teams.join(', ')}`);
  const part = rest.join('/');
  const parts = room.partsOf(book);
  const chosen =
    part === ''
      ? book.blocks.map(({ id }) => `blocks.${id}`)
      : parts.filter(({ path, name }) => path === part || name === part).map(({ path }) => path);
  const names = parts.map(({ name }) => name).join(', ');
  if (chosen.length === 0) throw unknown('the rule book has no such part', part, `there are: ${names}`);
  const lines = chosen.flatMap((path) => room.explainScore(tables, outcome, `${stage}/${consortium}/${path}`) ?? []);
  if (part !== '') return lines;
  const total = outcome.totals[teams.indexOf(consortium)];
  const points = `${typeof total === 'number' ? total : 'not known'} of ${book.points}`;
  return [`${nameOf(consortium)}, ${stage}: ${points}: the sum of ${chosen.length} blocks`, ...lines];
}

/** The data of an entry. An audit shows its reach with its verdict, even where the line is cut. */
function dataText({ tables, room }: OpenProgramme, { kind, data }: { kind: string; data: Json }): string {
  const { submission } = data as { submission?: string };
  const audit = kind === 'submission-audited' ? room.auditShown(tables, submission!) : undefined;
  if (!audit) return JSON.stringify(data);
  const { word, beginning, data: texts } = audit.claim.en;
  return [`${submission}: ${word}.`, beginning, texts].filter((part) => part !== null).join(' ');
}

interface Range {
  from: number;
  kind?: string;
}

/** Prints one line per entry while reading: a log can be long. */
async function printLog(output: Output, opened: OpenProgramme, { from, kind: wanted }: Range): Promise<void> {
  for await (const entry of opened.programme.store.entries(from)) {
    const { seq, time, actor, kind } = entry;
    if (wanted !== undefined && kind !== wanted) continue;
    if (output.json) output.write(`${JSON.stringify(entry)}\n`);
    else {
      const line = `${String(seq).padStart(5)}  ${time}  ${actor}  ${kind}  ${dataText(opened, entry)}`;
      output.line(fit(line, Math.max(80, output.progress.columns ?? 160)));
    }
  }
}

interface Report {
  out: string;
  lang: 'ko' | 'en';
  draft?: boolean;
}

async function writeReport(
  { programme, tables, room, stageOf }: OpenProgramme,
  wanted: string | undefined,
  { out, lang, draft }: Report,
) {
  const stage = stageOf(wanted);
  const { status, ruleBook } = room.requireRow(tables, 'stages', stage, 'stage');
  const { publication } = room.bookOf(tables, ruleBook);
  const why = 'the rule book makes the scores of this stage public when it closes';
  if (status === 'open' && publication?.scores !== 'at-once' && !draft)
    throw new JikjiError('not-public-yet', why, stage, 'close it first; --draft writes the page for your own eyes');
  writeFileAtomic(out, await room.stageReportHtml(await room.reportOf(programme, stage), lang));
  return { json: { stage, file: out }, lines: [`Wrote ${out}`] };
}

export function addViews(verb: NewVerb, output: Output): void {
  verb('status', 'the programme at a glance')
    .example('status')
    .handle(() => async (opened) => {
      const json = await statusNow(opened);
      return { json, lines: statusLines(json, opened.nameOf) };
    });

  verb('explain', 'from a score down to what it was worked out from')
    .example('explain stage-1/azalea/blocks.benchmark')
    .argument('<score>', 'STAGE/CONSORTIUM, or STAGE/CONSORTIUM/PART')
    .handle((score: string) => async (opened) => {
      const lines = await explain(opened, score);
      return { json: { score, lines }, lines };
    });

  verb('report', 'a stage as one page for the public')
    .example('report stage-1 --out stage-1.html --lang ko')
    .stageArgument()
    .requiredOption('--out <file>', 'the HTML file to write')
    .option('--lang <language>', 'ko or en', parseLang, 'en')
    .option('--draft', 'although the stage is open and its scores are not public yet')
    .handle((wanted: string | undefined, options: Report) => {
      checkReportFile(options.out, '--out');
      return (opened) => writeReport(opened, wanted, options);
    });

  verb('log', 'the entries of the log')
    .example('log --from 10')
    .option('--from <n>', 'the first entry', wholeNumber('--from', 1), 1)
    .option('--kind <kind>', 'only entries of this kind')
    .action(({ database, ...options }: Range & { database?: string }) =>
      withProgramme(existingLocation(database), (opened) => printLog(output, opened, options)),
    );
}
