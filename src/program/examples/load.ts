// The programmes that come with Jikji: a record of Korea's of 2025, and one of made-up teams to practise with. Their files become
// entries for a programme's log. Knows neither log nor database.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JikjiError } from '../../base/index.ts';
import { shippedCatalogue } from '../../fleet/index.ts';
import { readChecked } from '../../formats/index.ts';
import { digestOfJson, type Json } from '../../ledger/index.ts';
import { type Citation, parseRuleBook, partsOf, ruleBookDigest, type Title } from '../rules/index.ts';
import { type ExampleFile, exampleSchema } from './schema.ts';

export const EXAMPLES = ['korea-2025', 'practice'] as const;
export type ExampleName = (typeof EXAMPLES)[number];

interface ExampleEvent {
  /** ISO, UTC. A record knows days: theirs is midnight. */
  time: string;
  actor: string;
  kind: string;
  data: Json;
}

/** Something published that is no entry of a programme's log. */
interface Fact {
  id: string;
  text: Title;
  value: number | null;
  source: Citation[] | 'not recorded';
  /** How it follows from other figures, where it was not published itself. */
  derived: string | null;
  /** False where nobody read it in its source. */
  verified: boolean;
  /** False where others found it out, and nobody who answers for it has said so. */
  official: boolean;
}

export interface Example {
  id: string;
  mode: 'record' | 'practice';
  events: ExampleEvent[];
  /** Rule books that lie beside it, registered or not. */
  ruleBooks: { file: string; text: string }[];
  facts: Fact[];
}

const FOLDER = fileURLToPath(new URL('../../../programs/', import.meta.url));
/** The value chain that an example is about, beside its rule books. */
const VALUE_CHAIN = 'value-chain.yaml';
const WHAT = { name: 'programme', code: 'programme' };

/**
 * Reads an example; `time` is that of entries for which it names no day.
 * @throws JikjiError `programme-...`, `rule-book-...` or `catalogue-...` where a file of it was altered
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

/** The example that a file's text, and the rule books and the value chain beside it, amount to. */
export function exampleOf(text: string, file: string, beside: Example['ruleBooks'], time: string): Example {
  const { value } = readChecked(text, file, exampleSchema, WHAT);
  const citations = citationsOf(value, file);
  const chain = beside.find((one) => one.file === VALUE_CHAIN);
  const ruleBooks = beside.filter((one) => one !== chain);
  const actor = `${value.programme.mode}:${value.programme.id}`;
  const events: ExampleEvent[] = [];
  const at = (day: string | undefined) => {
    const when = day === undefined ? time : `${day}T00:00:00.000Z`;
    return (kind: string, data: object) => void events.push({ time: when, actor, kind, data: data as Json });
  };

  const first = at(value.calls[0]?.opened);
  first('programme-created', value.programme);
  if (chain) {
    const texts = [shippedCatalogue(), chain];
    first('catalogue-registered', { digest: digestOfJson(texts as unknown as Json), texts });
  }
  for (const organisation of value.organisations)
    first('organisation-added', { ...organisation, source: citations(organisation.source) });
  for (const call of value.calls) callEvents(call, at(call.opened), at(call.reviewed), citations);
  for (const stage of value.stages) stageEvents(stage, at(stage.day), ruleBooks, citations, file);
  for (const { day, ...consortium } of value.consortia)
    at(day)('consortium-formed', { ...consortium, source: citations(consortium.source) });
  for (const { day, ...joined } of value.joined)
    at(day)('member-joined', { ...joined, source: citations(joined.source) });
  for (const { day, ...allotment } of value.allotments)
    at(day)('allotment-given', { ...allotment, source: citations(allotment.source) });
  for (const { day, ...usage } of value.usages)
    at(day)('usage-reported', { ...usage, submission: null, source: citations(usage.source) });

  return {
    id: value.programme.id,
    mode: value.programme.mode,
    events: events.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)),
    ruleBooks,
    facts: value.facts.map((fact) => ({
      id: fact.id,
      text: fact.text as Title,
      value: fact.value ?? null,
      source: citations(fact.source),
      derived: fact.derived ?? null,
      verified: fact.verified,
      official: fact.official,
    })),
  };
}

type Emit = (kind: string, data: object) => void;
type Cite = (names: string[] | 'not recorded') => Citation[] | 'not recorded';

function citationsOf({ sources }: ExampleFile, file: string): Cite {
  return (names) => {
    if (names === 'not recorded') return names;
    return names.flatMap((name) => {
      if (Object.hasOwn(sources, name)) return sources[name] as Citation[];
      throw new JikjiError('programme-range', `there is no source "${name}"`, file, 'write it under sources');
    });
  };
}

function callEvents(call: ExampleFile['calls'][number], opened: Emit, reviewed: Emit, cite: Cite): void {
  const source = cite(call.source);
  opened('call-opened', { id: call.id, title: call.title });
  for (const { reviews: _, ...application } of call.applications)
    opened('application-received', { ...application, call: call.id });
  for (const { id, reviews } of call.applications) {
    reviewed('application-reviewed', { application: id, step: 'paper', passed: reviews.paper, source });
    if (reviews.presentation === undefined) continue;
    reviewed('application-reviewed', { application: id, step: 'presentation', passed: reviews.presentation, source });
    if (reviews.presentation) reviewed('application-selected', { application: id, consortium: id });
  }
  reviewed('call-closed', { id: call.id });
}

function stageEvents(
  { id: stage, ...of }: ExampleFile['stages'][number],
  emit: Emit,
  ruleBooks: Example['ruleBooks'],
  cite: Cite,
  file: string,
): void {
  const text = ruleBooks.find((book) => book.file === of.ruleBook)?.text;
  if (text === undefined)
    throw new JikjiError('programme-range', `there is no file ${of.ruleBook}`, file, 'put the rule book beside it');
  const book = parseRuleBook(text, { file: of.ruleBook });
  const digest = ruleBookDigest(book);
  emit('rule-book-registered', { digest, name: book.name, version: book.version, text });
  emit('stage-opened', { id: stage, title: of.title, ruleBook: digest, consortia: of.consortia });

  const parts = partsOf(book);
  const source = cite(of.source);
  const lost = of.scores.find(
    (score) => !of.consortia.includes(score.consortium) || !parts.some(({ path }) => path === score.part),
  );
  if (lost)
    throw new JikjiError(
      'programme-range',
      `nobody of the stage has a part ${lost.consortium}, ${lost.part}`,
      file,
      'check the names',
    );
  for (const consortium of of.consortia) {
    for (const { path, name, points } of parts) {
      const score = of.scores.find((one) => one.consortium === consortium && one.part === path);
      const cited = score?.source === undefined ? source : cite(score.source);
      const derived = score?.derived === undefined ? [] : [{ publisher: 'derived', item: score.derived }];
      emit('score-entered', {
        id: `${stage}-${consortium}-${name.replace('.', '-')}`,
        stage,
        consortium,
        part: path,
        value: score?.value ?? 'not published',
        max: points,
        source: cited === 'not recorded' ? cited : [...derived, ...cited],
      });
    }
  }
  for (const finding of of.findings) {
    const id = `${stage}-${finding.consortium}-${finding.component}`;
    emit('finding-signed', { ...finding, id, stage, source: cite(finding.source) });
  }
  emit('stage-closed', { stage });
  emit('decision-recorded', { ...of.decision, stage, source: cite(of.decision.source) });
}
