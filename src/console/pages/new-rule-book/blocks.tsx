// Blocks and parts of a rule book, with the source of their points.

import { useRef } from 'preact/hooks';
import { type Lang, wordFor } from '../../../page-kit/index.ts';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { ChoiceOf } from './choices.tsx';
import { useDraft } from './draft.ts';
import { NumberAt, ProblemsOf, TextAt, TitleAt } from './fields.tsx';
import { SOURCES, SourceFields, type SourceKind, skeletonOf } from './sources.tsx';
import { SumAt, SumOfBlocks } from './sums.tsx';
import { CHOOSE, isMapping, listOf, type Path, withItem, withMoved, withValue } from './yaml-text.ts';

/** An id that no other item has. */
function freeId(list: unknown[], word: string): string {
  const taken = new Set(list.map((one) => (isMapping(one) ? one.id : undefined)));
  for (let i = 1; ; i++) if (!taken.has(`${word}-${i}`)) return `${word}-${i}`;
}

export function Blocks() {
  const { words } = useConsole();
  return (
    <Section title={words.book.blocks}>
      <div class="row">
        <NumberAt path={['points']} label={words.newBook.pointsInAll} optional fallback={100} />
      </div>
      <SumOfBlocks />
      <ProblemsOf path={['blocks']} />
      <Items path={['blocks']} word="block" />
    </Section>
  );
}

/** The blocks of a book, or the parts of a block. */
function Items({ path, word }: { path: Path; word: 'block' | 'part' }) {
  const w = useConsole().words.newBook;
  const { valueAt, change } = useDraft();
  const items = listOf(valueAt(path));
  const add = () => {
    const fresh = { id: freeId(items, word), title: { en: CHOOSE }, points: CHOOSE, entered: { by: { en: CHOOSE } } };
    change((text) => withItem(text, path, fresh));
  };
  return (
    <>
      {items.map((_, i) => (
        <Item key={i} list={path} index={i} count={items.length} word={word} />
      ))}
      <div class="buttons">
        <button type="button" onClick={add}>
          {word === 'block' ? w.addBlock : w.addPart}
        </button>
      </div>
    </>
  );
}

/** A block's or part's title in a language, else its id, as far as they are written; undefined before. */
function nameOf({ title, id }: Record<string, unknown>, lang: Lang): string | undefined {
  const titles = isMapping(title) ? [title[lang], title.en] : [];
  return [...titles, id].find((name): name is string => typeof name === 'string' && name !== '' && name !== CHOOSE);
}

interface ItemProps {
  list: Path;
  index: number;
  count: number;
  word: 'block' | 'part';
}

function Item({ list, index, count, word }: ItemProps) {
  const { words, format } = useConsole();
  const w = words.newBook;
  const { valueAt } = useDraft();
  const path = [...list, index];
  const value = valueAt(path);
  const name = isMapping(value) ? nameOf(value, format.lang) : undefined;
  const legend = w[word](name ?? format.count(index + 1));
  return (
    <fieldset class="rule-item">
      <legend>{legend}</legend>
      <div class="row">
        <TextAt path={[...path, 'id']} label={words.common.id} />
        <NumberAt path={[...path, 'points']} label={words.book.points} />
      </div>
      <div class="row">
        <TitleAt
          path={[...path, 'title']}
          label={(lang) => (lang === 'en' ? words.common.nameEn : words.common.nameKo)}
        />
      </div>
      <ProblemsOf path={path} />
      <Source path={path} word={word} />
      <Order list={list} index={index} count={count} label={legend} />
    </fieldset>
  );
}

/** Where the points come from. What somebody wrote of one source comes back with it. */
function Source({ path, word }: { path: Path; word: 'block' | 'part' }) {
  const { words } = useConsole();
  const w = words.newBook;
  const { valueAt, change } = useDraft();
  const left = useRef(new Map<string, unknown>());
  const value = valueAt(path);
  const given = isMapping(value) ? value : {};
  const kinds = word === 'block' ? SOURCES : SOURCES.filter((kind) => kind !== 'parts');
  const kind = kinds.find((one) => one in given);
  const choose = (next: SourceKind) => {
    if (next === kind) return;
    // By id: items may have changed places.
    const fresh = left.current.get(`${given.id} ${next}`) ?? skeletonOf(next, given.points);
    if (kind) left.current.set(`${given.id} ${kind}`, given[kind]);
    change((text) => {
      const without = kind ? withValue(text, [...path, kind], undefined) : text;
      return withValue(without, [...path, next], fresh);
    });
  };
  const options = kinds.map((one) => ({
    value: one,
    text: one === 'parts' ? w.sumOfParts : wordFor(words.sources, one),
  }));
  return (
    <>
      <ChoiceOf
        path={[...path, 'source']} // no key of the book: the source that is there tells it
        label={w.source}
        options={options}
        current={kind}
        on={choose}
      />
      {kind && <ProblemsOf path={[...path, kind]} />}
      {kind === 'parts' ? (
        <>
          <SumAt label={w.allParts} list={[...path, 'parts']} whole={[...path, 'points']} />
          <Items path={[...path, 'parts']} word="part" />
        </>
      ) : (
        kind && <SourceFields kind={kind} path={path} />
      )}
    </>
  );
}

function Order({ list, index, count, label }: Omit<ItemProps, 'word'> & { label: string }) {
  const w = useConsole().words.newBook;
  const { change } = useDraft();
  const move = (to: number) => change((text) => withMoved(text, list, index, to));
  return (
    <div class="buttons small">
      {/* Not `disabled` at the ends: that would lose the focus. */}
      <button type="button" aria-disabled={index === 0} onClick={() => move(index - 1)}>
        {w.up}
        <span class="hidden">: {label}</span>
      </button>
      <button type="button" aria-disabled={index === count - 1} onClick={() => move(index + 1)}>
        {w.down}
        <span class="hidden">: {label}</span>
      </button>
      <button type="button" onClick={() => change((text) => withValue(text, [...list, index], undefined))}>
        {w.remove}
        <span class="hidden">: {label}</span>
      </button>
    </div>
  );
}
