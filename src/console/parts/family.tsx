// The family of a run as a picture: what it began with, back to drawn weights or to a model that nobody made here, itself, and the runs that
// began with it, each with what it learned from. As recorded.

import { useEffect, useRef, useState } from 'preact/hooks';
import { plain, shortDigest } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { pathOf } from '../state/router.ts';
import type { Family as FamilyOf } from '../types.ts';
import type { Words } from '../words/words.ts';
import { Digest, Fold } from './elements.tsx';
import { BOX_HEIGHT, type Box, fitted, layoutOf } from './family-picture.ts';
import { type Named, namesOf } from './run-name.tsx';

/** Boxes before the run, and after it, at most: what is left out is in a list. */
const MAX_BEFORE = 4;
const MAX_AFTER = 6;

interface Member {
  name: string;
  note: string;
  /** The page of its model, or of its run. */
  href?: string;
  kind: 'self' | 'run' | 'end' | 'more';
}

type Ancestor = FamilyOf['ancestors'][number];
/** Of runs, by id. */
type Names = ReadonlyMap<string, string>;
type Target = 'run' | 'model';

/** What came before the run, the oldest first. */
function beforeOf(
  { ancestors, complete }: FamilyOf,
  names: Names,
  w: Words['family'],
  to: Target,
  count: (n: number) => string,
): Member[] {
  const member = (one: Ancestor): Member => {
    if (one.kind === 'model') return { name: w.isForeign, note: w.isForeignNote(count(one.files.length)), kind: 'end' };
    const note = one.run || one.learned ? w.learned[one.learned ?? 'unknown'] : shortDigest(one.seal);
    if (!one.run) return { name: w.isElsewhere, note, kind: 'end' };
    return { name: names.get(one.run.id)!, note, href: pathOf(to, { run: one.run.id }), kind: 'run' };
  };
  const all = ancestors.map(member).reverse();
  if (ancestors.at(-1)?.kind === 'model') return all;
  const end: Member = complete
    ? { name: w.isDrawn, note: w.isDrawnNote, kind: 'end' }
    : { name: w.isUnknown, note: w.isUnknownNote, kind: 'end' };
  return [end, ...all];
}

const afterOf = ({ children }: FamilyOf, names: Names, w: Words['family'], to: Target): Member[] =>
  children.map(({ id, learned }) => ({
    name: names.get(id)!,
    note: w.learned[learned ?? 'unknown'],
    href: pathOf(to, { run: id }),
    kind: 'run',
  }));

/** @param to where its boxes lead: to the pages of runs or of models */
export function Family({ of, run, to }: { of: FamilyOf; run: Named; to: Target }) {
  const { words, format } = useConsole();
  const w = words.family;
  const ancestors = of.ancestors.flatMap((one) => (one.kind !== 'model' && one.run ? [one.run] : []));
  const names = namesOf([run, ...ancestors, ...of.children]);
  const before = beforeOf(of, names, w, to, format.count);
  const after = afterOf(of, names, w, to);
  const self: Member = { name: names.get(run.id)!, note: w.learned[of.learned ?? 'unknown'], kind: 'self' };
  const left = before.length - MAX_BEFORE;
  const right = after.length - MAX_AFTER;
  const more = (label: string): Member => ({ name: label, note: '', kind: 'more' });
  const shownBefore = left > 0 ? [more(w.earlier(format.count(left + 1))), ...before.slice(left + 1)] : before;
  const shownAfter = right > 0 ? [...after.slice(0, MAX_AFTER - 1), more(w.later(format.count(right + 1)))] : after;
  const ends = of.ancestors.at(-1);
  return (
    <div class="stacked">
      <Picture
        chain={[...shownBefore, self]}
        after={shownAfter}
        label={w.picture(self.name, format.count(of.ancestors.length), format.count(after.length))}
      />
      {(left > 0 || right > 0) && (
        <Fold summary={w.all}>{() => <All before={before.toReversed()} after={after} />}</Fold>
      )}
      {ends?.kind === 'model' && (
        <Fold summary={w.filesOf}>
          {() => (
            <ul>
              {ends.files.map((file, i) => (
                <li key={i}>
                  <code>{plain(file.name, 200)}</code> <Digest of={file.sha256} copy={plain(file.name, 200)} />
                </li>
              ))}
            </ul>
          )}
        </Fold>
      )}
    </div>
  );
}

/** Everybody in words. */
function All({ before, after }: { before: Member[]; after: Member[] }) {
  const w = useConsole().words.family;
  const list = (title: string, members: Member[]) => (
    <>
      <h3>{title}</h3>
      <ol>
        {members.map(({ name, note, href }, i) => (
          <li key={i}>
            {href ? <a href={href}>{name}</a> : name} <span class="soft">{note}</span>
          </li>
        ))}
      </ol>
    </>
  );
  return (
    <>
      {list(w.before, before)}
      {after.length > 0 && list(w.after, after)}
    </>
  );
}

/** One unit is one pixel, so that its text stays readable: it is drawn for the width that there is. */
function Picture({ chain, after, label }: { chain: Member[]; after: Member[]; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(900);
  useEffect(() => {
    const host = place.current!;
    const observer = new ResizeObserver(() => setRoom(Math.max(220, Math.floor(host.clientWidth))));
    observer.observe(host);
    return () => observer.disconnect();
  }, []);
  const { width, height, lines, ...boxes } = layoutOf(room, chain.length, after.length);
  return (
    <div ref={place} class="family-picture">
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
        <title>{label}</title>
        {lines.map((line) => (
          <path key={line} class="line" d={line} />
        ))}
        {chain.map((member, i) => (
          <MemberBox key={`before ${i}`} of={member} at={boxes.chain[i]} />
        ))}
        {after.map((member, i) => (
          <MemberBox key={`after ${i}`} of={member} at={boxes.children[i]} />
        ))}
      </svg>
    </div>
  );
}

function MemberBox({ of: { name, note, href, kind }, at: { x, y, width } }: { of: Member; at: Box }) {
  const room = width - 24;
  const box = (
    <>
      <title>{note === '' ? name : `${name}: ${note}`}</title>
      <rect x={x} y={y} width={width} height={BOX_HEIGHT} rx="6" />
      <text class="name" x={x + 12} y={y + (note === '' ? 34 : 25)}>
        {fitted(name, room, 14)}
      </text>
      <text class="note" x={x + 12} y={y + 44}>
        {fitted(note, room, 12)}
      </text>
    </>
  );
  return href ? (
    <a href={href} class={kind}>
      {box}
    </a>
  ) : (
    <g class={kind} aria-current={kind === 'self' ? 'true' : undefined}>
      {box}
    </g>
  );
}
