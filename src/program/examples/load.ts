// Converts the files of the example programmes to entries for a log: a record of Korea's programme of 2025, and a practice programme with
// invented teams. Knows no database.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedCatalogue } from '../../fleet/index.ts';
import { readYaml, type YamlKind } from '../../formats/index.ts';
import { digestOfJson, type Json } from '../../ledger/index.ts';
import { type Citation, parseRuleBook, partsOf, ruleBookDigest } from '../rules/index.ts';
import * as refuse from './refusals.ts';
import { type ExampleFile, exampleSchema } from './schema.ts';

export const EXAMPLES = ['korea-2025', 'practice'] as const;
export type ExampleName = (typeof EXAMPLES)[number];

type Cited = Citation[] | 'not recorded';

/** A published fact that is not an entry of the log. */
interface Fact extends Pick<ExampleFile['facts'][number], 'id' | 'text' | 'verified' | 'official'> {
  value: number | null;
  source: Cited;
  /** How it follows from other figures, if it was not published itself. */
  derived: string | null;
}

export interface Example {
  id: string;
  mode: 'record' | 'practice';
  /** `time`: ISO 8601 in UTC. A record knows only days, so its times are midnight. */
  events: { time: string; actor: string; kind: string; data: Json }[];
  /** The rule books in its folder, registered or not. */
  ruleBooks: { file: string; text: string }[];
  facts: Fact[];
}

const FOLDER = fileURLToPath(new URL('../../../programs/', import.meta.url));
/** The value chain of an example, in the same folder. */
const VALUE_CHAIN = 'value-chain.yaml';
const WHAT: YamlKind = { name: 'programme', ko: '사업', code: 'programme', typeCode: 'programme-type' };

/**
 * Reads an example.
 * @param time of entries without a day
 * @throws JikjiError `programme-...`, `rule-book-...` or `catalogue-...` if one of its files was altered
 */
export function loadExample(name: ExampleName, time: string): Example {
  const folder = join(FOLDER, name);
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml') && file !== 'programme.yaml')
    .sort()
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  const file = join(folder, 'programme.yaml');
  return exampleOf(readFileSync(file, 'utf8'), file, texts, time);
}

/** The example in the text of its file, with the rule books and the value chain beside it. */
export function exampleOf(text: string, file: string, beside: Example['ruleBooks'], time: string): Example {
  const { value } = readYaml(text, file, exampleSchema, WHAT);
  const cite = (names: Names): Cited => {
    if (names === 'not recorded') return names;
    return names.flatMap((name) => {
      if (Object.hasOwn(value.sources, name)) return value.sources[name]!;
      throw refuse.noSource(file, name);
    });
  };
  const chain = beside.find((one) => one.file === VALUE_CHAIN);
  const ruleBooks = beside.filter((one) => one !== chain);
  const actor = `${value.programme.mode}:${value.programme.id}`;
  const events: Example['events'] = [];
  const at = (day: string | undefined): Emit => {
    const when = day === undefined ? time : midnightOf(day);
    return (kind, data, source, derived) => {
      const cited = source === undefined ? undefined : cite(source);
      const from = derived === undefined ? [] : [{ publisher: 'derived', item: derived }];
      const all = Array.isArray(cited) ? [...from, ...cited] : cited;
      events.push({ time: when, actor, kind, data: { ...data, ...(all && { source: all }) } as Json });
    };
  };

  const first = at(value.calls[0]?.opened);
  first('programme-created', value.programme);
  if (chain) {
    const texts = [...shippedCatalogue(), chain];
    first('catalogue-registered', { digest: digestOfJson(texts as unknown as Json), texts });
  }
  for (const { source, ...organisation } of value.organisations) first('organisation-added', organisation, source);
  for (const call of value.calls) callEvents(call, at(call.opened), at(call.reviewed));
  for (const stage of value.stages) stageEvents(stage, at(stage.day), ruleBooks, file);
  const later = [
    ['consortium-formed', value.consortia],
    ['member-joined', value.joined],
    ['allotment-given', value.allotments],
    ['usage-reported', value.usages.map((usage) => ({ ...usage, submission: null }))],
  ] as const;
  for (const [kind, list] of later) for (const { day, source, ...data } of list) at(day)(kind, data, source);

  return {
    id: value.programme.id,
    mode: value.programme.mode,
    events: events.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)),
    ruleBooks,
    facts: value.facts.map(({ value = null, derived = null, source, ...fact }) => {
      return { ...fact, value, derived, source: cite(source) };
    }),
  };
}

/** How a day without a time is kept: pages show of it the day only. */
const midnightOf = (day: string): string => `${day}T00:00:00.000Z`;

/** Names of lists under `sources`. */
type Names = string[] | 'not recorded';
/** Adds an entry and resolves the names of its sources. `derived`: how a figure follows from them. */
type Emit = (kind: string, data: object, source?: Names, derived?: string) => void;

function callEvents(call: ExampleFile['calls'][number], opened: Emit, reviewed: Emit): void {
  const until = call.until === undefined ? {} : { until: midnightOf(call.until) };
  opened('call-opened', { id: call.id, title: call.title, ...until });
  for (const { reviews: _, ...application } of call.applications)
    opened('application-received', { ...application, call: call.id });
  for (const { id, reviews } of call.applications) {
    for (const step of ['paper', 'presentation'] as const) {
      const passed = reviews[step];
      if (passed !== undefined) reviewed('application-reviewed', { application: id, step, passed }, call.source);
    }
    if (reviews.presentation) reviewed('application-selected', { application: id, consortium: id });
  }
  reviewed('call-closed', { id: call.id });
}

function stageEvents(
  { id: stage, ...of }: ExampleFile['stages'][number],
  emit: Emit,
  ruleBooks: Example['ruleBooks'],
  file: string,
): void {
  const text = ruleBooks.find((book) => book.file === of.ruleBook)?.text;
  if (text === undefined) throw refuse.noRuleBook(file, of.ruleBook);
  const book = parseRuleBook(text, { file: of.ruleBook });
  const digest = ruleBookDigest(book);
  emit('rule-book-registered', { digest, name: book.name, version: book.version, text });
  emit('stage-opened', { id: stage, title: of.title, ruleBook: digest, consortia: of.consortia });

  const parts = partsOf(book);
  const lost = of.scores.find(
    (score) => !of.consortia.includes(score.consortium) || !parts.some(({ path }) => path === score.part),
  );
  if (lost) throw refuse.noPart(file, lost.part, lost.consortium);
  for (const consortium of of.consortia) {
    for (const { path: part, name, points: max } of parts) {
      const score = of.scores.find((one) => one.consortium === consortium && one.part === part);
      const id = `${stage}-${consortium}-${name.replace('.', '-')}`;
      const data = { id, stage, consortium, part, value: score?.value ?? 'not published', max };
      emit('score-entered', data, score?.source ?? of.source, score?.derived);
    }
  }
  for (const { source, ...finding } of of.findings) {
    const id = `${stage}-${finding.consortium}-${finding.component}`;
    emit('finding-signed', { ...finding, id, stage }, source);
  }
  emit('stage-closed', { stage });
  const { source, ...decision } = of.decision;
  emit('decision-recorded', { ...decision, stage }, source);
}
