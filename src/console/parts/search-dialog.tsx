// The search: a field with what it finds beneath it, in groups (a combobox of WAI-ARIA). Loaded when it is first opened.

import type { TargetedKeyboardEvent, TargetedMouseEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { wordFor } from '../../page-kit/index.ts';
import { type Failure, failureOf, get } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { addressOfFound, type FoundHit, type FoundKind, isOwnPage } from '../state/found-address.ts';
import { initialsExample } from '../state/initials.ts';
import { navigate } from '../state/router.ts';
import type { SearchAnswer } from '../types.ts';
import { Dialog } from './dialog.tsx';
import { Failed } from './loaded.tsx';

/** Milliseconds after the last letter. */
const PAUSE_MS = 120;
const MAX_QUESTION = 100;

interface Asked {
  /** The question that was answered. */
  question: string;
  groups: SearchAnswer['groups'];
  failure?: Failure;
}
const NOTHING: Asked = { question: '', groups: [] };

/** What is found; while an answer is waited for, what was found before. */
function useFound(question: string, programme: string | undefined): Asked {
  const [found, show] = useState<Asked>(NOTHING);
  useEffect(() => {
    if (question === '') return show(NOTHING);
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => {
      const query = new URLSearchParams({ q: question, ...(programme === undefined ? {} : { programme }) });
      get<SearchAnswer>(`/search?${query}`, signal).then(
        ({ groups }) => signal.aborted || show({ question, groups }),
        (error) => signal.aborted || show({ question, groups: [], failure: failureOf(error) }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [question, programme]);
  return found;
}

export default function SearchDialog({ programme, onClose }: { programme: string | undefined; onClose: () => void }) {
  const { words, format } = useConsole();
  const w = words.search;
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, type] = useState('');
  const [at, setAt] = useState(0);
  const question = typed.trim();
  const { groups, failure, question: answered } = useFound(question, programme);
  const all = groups.flatMap(({ kind, hits }) => hits.map((hit) => ({ kind, hit })));
  const active = Math.min(at, all.length - 1);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  useEffect(() => input.current?.focus(), []);
  // Dependencies: another answer begins at its best hit
  useEffect(() => setAt(0), [answered]);
  useEffect(() => {
    document.getElementById(`${list}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [list, active]);

  const open = (kind: FoundKind, hit: FoundHit, apart: boolean) => {
    const path = addressOfFound(kind, hit, format.lang);
    if (apart) return window.open(path, '_blank', 'noopener');
    onClose();
    if (isOwnPage(kind)) navigate(path);
    else window.location.assign(path);
  };
  const press = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    // A Korean syllable that is still being composed.
    if (event.isComposing || all.length === 0) return;
    const { key } = event;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 10, PageUp: active - 10 }[key];
    if (to !== undefined) {
      const isStep = key.startsWith('Arrow');
      setAt(isStep ? (to + all.length) % all.length : Math.max(0, Math.min(all.length - 1, to)));
    } else if (key === 'Enter' && answered === question) {
      const { kind, hit } = all[active]!;
      open(kind, hit, event.ctrlKey || event.metaKey);
    } else return;
    event.preventDefault();
  };
  return (
    <Dialog title={w.title} onClose={onClose}>
      <div class="search-dialog">
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label={w.label}
          aria-autocomplete="list"
          aria-expanded={all.length > 0}
          aria-controls={list}
          aria-activedescendant={all.length > 0 ? `${list}-${active}` : undefined}
          aria-describedby={`${list}-keys`}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          enterkeyhint="go"
          maxLength={MAX_QUESTION}
          placeholder={w.label}
          value={typed}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={press}
        />
        <Listed list={list} groups={groups} active={active} open={open} />
        <p class="hidden" role="status">
          {answered !== '' && all.length > 0 && w.found(format.count(total))}
        </p>
        <div role="status">{answered !== '' && all.length === 0 && !failure && <Nothing question={answered} />}</div>
        <Failed of={failure} />
        {question === '' && <Hints programme={programme} />}
        <p class="hint" id={`${list}-keys`}>
          {w.keys}
        </p>
      </div>
    </Dialog>
  );
}

/** That nothing was found; and what whoever is not logged in cannot find. */
function Nothing({ question }: { question: string }) {
  const { words, me } = useConsole();
  const w = words.search;
  return (
    <>
      <p>{w.none(question)}</p>
      {me.viewer.user === null && <p class="soft">{w.afterLogIn}</p>}
    </>
  );
}

function Hints({ programme }: { programme: string | undefined }) {
  const { words, me } = useConsole();
  const w = words.search;
  // Of a name that exists, best of the programme that is looked at.
  const names = me.programmes.toSorted((a, b) => Number(b.id === programme) - Number(a.id === programme));
  const example = initialsExample(names.map(({ name }) => name.ko));
  return (
    <div class="soft stacked">
      <p>{w.hint}</p>
      {me.viewer.role === 'office' && <p>{w.hintOffice}</p>}
      {me.viewer.user === null && <p>{w.afterLogIn}</p>}
      <p>{example ? w.hintKorean(example.typed, example.found) : w.hintKoreanAlone}</p>
    </div>
  );
}

interface ListedOnes {
  /** Its id; those of the options begin with it. */
  list: string;
  groups: SearchAnswer['groups'];
  /** Index of the active option over all groups. */
  active: number;
  open: (kind: FoundKind, hit: FoundHit, apart: boolean) => void;
}

function Listed({ list, groups, active, open }: ListedOnes) {
  const { words, format } = useConsole();
  const w = words.search;
  let index = 0;
  return (
    <div id={list} role="listbox" tabIndex={-1} aria-label={w.results} class="found" hidden={groups.length === 0}>
      {groups.map(({ kind, count, hits }) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options
        <div key={kind} role="group" aria-labelledby={`${list}-${kind}`}>
          <p id={`${list}-${kind}`} role="presentation" class="over">
            {w.kinds[kind]}
            {count > hits.length && `, ${w.first(format.count(hits.length), format.count(count))}`}
          </p>
          {hits.map((hit) => {
            const own = index++;
            return (
              <Option
                key={`${hit.programme} ${hit.page} ${hit.act} ${hit.of} ${hit.id}`}
                id={`${list}-${own}`}
                isActive={own === active}
                kind={kind}
                hit={hit}
                onClick={(event) => open(kind, hit, event.ctrlKey || event.metaKey)}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}

interface OptionOptions {
  id: string;
  isActive: boolean;
  kind: FoundKind;
  hit: FoundHit;
  onClick: (event: TargetedMouseEvent<HTMLDivElement>) => void;
}

function Option({ id, isActive, kind, hit, onClick }: OptionOptions) {
  const { words, format, me } = useConsole();
  const { en, ko } = hit.title;
  const other = format.lang === 'ko' ? en : ko;
  const name =
    kind === 'entry'
      ? `${words.common.entry(format.count(Number(hit.id)))}: ${wordFor(words.kinds, en)}`
      : format.title(hit.title);
  const programme = me.programmes.find((one) => one.id === hit.programme)?.name;
  const isOnly = me.programmes.length <= 1;
  const about = [...hit.about, ...(programme ? [programme] : [])]
    .map(format.title)
    .filter((text, i, all) => all.indexOf(text) === i && !(isOnly && programme && text === format.title(programme)));
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      <span class="name">{name}</span>
      {kind !== 'entry' && other !== undefined && other !== name && (
        <small lang={format.lang === 'ko' ? 'en' : 'ko'}> {other}</small>
      )}
      {kind !== 'entry' && hit.id !== null && hit.id !== name && <code> {hit.id}</code>}
      {about.length > 0 && <small class="about"> {about.join(', ')}</small>}
    </div>
  );
}
