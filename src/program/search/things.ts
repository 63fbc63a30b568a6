// The things of a programme that everybody may see by its pages: one index of them for all viewers, so that neither an answer, nor a count,
// nor the time that it takes can tell of anything else. What only some may see is no part of it: audits, forms, reviews, files of applications.

import { canSee } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import { partsOf, type Title } from '../rules/index.ts';
import { bookOf, catalogueAt, type Row, type Tables } from '../state/index.ts';
import { NOBODY } from '../users/index.ts';
import type { FoundKind, Thing } from './kinds.ts';
import { SearchIndex } from './search-index.ts';

const kept = new WeakMap<Tables, { link: string; index: SearchIndex }>();

/** Built at the first question about a state, and kept until the log grows. */
export function indexOfProgramme({ tables, head }: Programme): SearchIndex {
  const before = kept.get(tables);
  if (before?.link === head.link) return before.index;
  const index = new SearchIndex(publicThings(tables));
  kept.set(tables, { link: head.link, index });
  return index;
}

type Given = Pick<Thing, 'kind' | 'title'> & Partial<Omit<Thing, 'programme'>>;

/** The newest of each kind first. */
function publicThings(tables: Tables): Thing[] {
  const [programme] = tables.all('programmes');
  if (!programme) return [];
  const thing = (given: Given): Thing => ({
    ...{ id: null, about: [], act: null, of: given.id ?? null, page: null, ...given },
    programme: programme.id,
  });
  const named = (kind: FoundKind, rows: readonly { id: string; name: Title }[]): Thing[] =>
    rows.map(({ id, name }) => thing({ kind, id, title: name }));
  return [
    thing({ kind: 'programme', id: programme.id, title: programme.name, of: null }),
    ...stagesOf(tables, thing),
    ...named('consortium', tables.all('consortia').reverse()),
    ...named('organisation', tables.all('organisations').reverse()),
    ...tables
      .all('calls')
      .reverse()
      .map(({ id, title }) => thing({ kind: 'call', id, title })),
    ...tables
      .all('applications')
      .reverse()
      .map(({ id, name, call }) =>
        thing({ kind: 'application', id, title: name, about: titleIn(tables, 'calls', call) }),
      ),
    ...tables
      .all('submissions')
      .reverse()
      .map((row) => submission(tables, row, thing)),
    ...tables
      .all('ruleBooks')
      .reverse()
      .flatMap((row) => ruleBook(tables, row, thing)),
    ...catalogueThings(tables, thing),
  ];
}

type Make = (given: Given) => Thing;

const titleIn = (tables: Tables, table: 'calls' | 'stages', id: string): Title[] => {
  const row = tables.get(table, id);
  return row ? [row.title] : [];
};

function stagesOf(tables: Tables, thing: Make): Thing[] {
  const announced = tables
    .all('stageDates')
    .flatMap(({ stage, title }) =>
      title === null || tables.get('stages', stage)
        ? []
        : [thing({ kind: 'stage', id: stage, title, page: 'overview' })],
    );
  const stages = tables.all('stages').reverse();
  const decided = stages.filter(({ id }) => {
    // The page of a decision is there for everybody, or for nobody.
    return tables.get('decisions', id) !== undefined && canSee(NOBODY, tables, id, 'scores');
  });
  return [
    ...announced,
    ...stages.map(({ id, title }) => thing({ kind: 'stage', id, title })),
    ...decided.map(({ id, title }) => thing({ kind: 'decision', id, title })),
  ];
}

function submission(tables: Tables, { id, consortium, stage }: Row<'submissions'>, thing: Make): Thing {
  const name = tables.get('consortia', consortium)?.name ?? { en: consortium };
  return thing({ kind: 'submission', id, title: name, about: titleIn(tables, 'stages', stage) });
}

function ruleBook(tables: Tables, { digest, name, version }: Row<'ruleBooks'>, thing: Make): Thing[] {
  const book = bookOf(tables, digest);
  const id = `${name} ${version}`;
  const about = [book.title, { en: id }];
  return [
    thing({ kind: 'rule-book', id, title: book.title, of: digest, words: [name, digest] }),
    ...partsOf(book).map((part) =>
      thing({ kind: 'part', id: part.name, title: part.title, of: digest, about, words: [part.path] }),
    ),
  ];
}

function catalogueThings(tables: Tables, thing: Make): Thing[] {
  const { chips, suppliers } = catalogueAt(tables)?.catalogue ?? {};
  return [
    ...Array.from(chips?.values() ?? [], ({ id, name, supplier }) => {
      const maker = suppliers?.get(supplier ?? '');
      return thing({ kind: 'chip', id, title: name, about: maker ? [maker.name] : [] });
    }),
    ...Array.from(suppliers?.values() ?? [], ({ id, name }) => thing({ kind: 'supplier', id, title: name })),
  ];
}
