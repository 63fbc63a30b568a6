// The value chain as a picture with flows: consortia, their work, and what that rests on, from left to right; a ribbon is as thick as its share
// of the work. Rows with bars where there is no room for it, and a table that says the same.

import { useId, useMemo, useState } from 'preact/hooks';
import { Mark } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { type FlowLayout, layoutOf, ribbonPath } from '../state/flow-layout.ts';
import { litWith } from '../state/flow-names.ts';
import type { FlowFates, FlowPicture, Overview } from '../types.ts';
import { FlowNode, type NodeUse, type Shown } from './flow-node.tsx';
import { FlowRows } from './flow-rows.tsx';
import { FlowTable } from './flow-table.tsx';
import { flowWords } from './flow-words.ts';
import { Legend, PlaceText } from './places.tsx';

/** Width of the drawing; it is stretched to the room that there is. */
const WIDTH = 1000;
/** The part of the width that is nodes and not ribbons. */
const NODES = 0.72;

/** Height from which there is room for a fate beneath the share and two lines of a name. */
const TALL = 64;
const LINE = 15;

/** Columns of two and of three lines of a name in a box, as words fill them; Hangul counts double. */
const TWO_LINES = 21;
const THREE_LINES = 30;
function linesOf(name: string): 2 | 3 | 4 {
  const columns = [...name].reduce((sum, c) => sum + (c > '\u10ff' ? 2 : 1), 0);
  return columns <= TWO_LINES ? 2 : columns <= THREE_LINES ? 3 : 4;
}

export interface FlowProps extends NodeUse {
  picture: FlowPicture;
  consortia: Overview['consortia'];
  /** What becomes of nodes and ribbons; undefined: nobody was thought away. */
  fates: FlowFates | undefined;
}

export default function FlowDiagram({ picture, consortia, fates, ...use }: FlowProps) {
  const { words, format } = useConsole();
  const w = words.flow;
  const text = flowWords(picture, consortia, { words, format });
  // After an entry of the log the fates may belong to another picture.
  const fitting = fates?.nodes.length === picture.nodes.length && fates.links.length === picture.links.length;
  const shown = { picture, text, fates: fitting ? fates : undefined, ...use };
  const [at, look] = useState<number>();
  const lit = at !== undefined && at < picture.nodes.length ? at : undefined;
  return (
    <div class="stacked">
      <div class="flow-key">
        <Legend />
        <p>{w.thickness}</p>
        <p class="flow-unknown">
          <svg viewBox="0 0 40 6" aria-hidden="true">
            <line x1="0" y1="3" x2="40" y2="3" />
          </svg>
          {w.dotted}
        </p>
        {shown.fates && (
          <p>
            <Mark sign="✕" /> {w.failed}
          </p>
        )}
      </div>
      <p class="flow-said" aria-live="polite">
        {lit === undefined ? <span class="soft">{w.point}</span> : text.sentence(lit)}
      </p>
      <Drawing {...shown} at={lit} look={look} />
      <FlowRows {...shown} look={look} />
      {picture.cut && <p class="soft">{w.cut}</p>}
      <FlowTable {...shown} />
    </div>
  );
}

function Drawing({
  picture,
  text,
  fates,
  at,
  look,
  ...use
}: Shown & { at: number | undefined; look(node: number | undefined): void }) {
  const lines = picture.nodes.map((node) => linesOf(text.short(node)));
  // Dependencies: another picture, or other names
  const layout = useMemo(() => layoutOf(picture, lines), [picture, lines.join()]);
  const { columns, bands, heads, nodes, height } = layout;
  const lit = at === undefined ? undefined : litWith(picture, at);
  const isLit = (n: number) => lit === undefined || n === at || lit.above.has(n) || lit.below.has(n);
  const width = 100 * (columns > 1 ? NODES / columns : 1);
  const leftOf = (column: number) => (columns > 1 ? (column * (100 - width)) / (columns - 1) : 0);
  const order = [...picture.nodes.keys()].sort(
    (a, b) => picture.nodes[a]!.column - picture.nodes[b]!.column || nodes[a]!.y - nodes[b]!.y,
  );
  return (
    <div class={`flow${lit ? ' looking' : ''}`} style={{ height: `${height}px` }}>
      <Ribbons picture={picture} layout={layout} fates={fates} at={at} lit={lit} edges={{ width, leftOf }} />
      {bands.map(({ place, y, height: tall }) => (
        <span
          key={place}
          class={`flow-band ${place}`}
          style={{ left: `${leftOf(2)}%`, top: `${y}px`, height: `${tall}px` }}
        >
          <PlaceText of={place} />
        </span>
      ))}
      {heads.map(({ column, of, y }) => (
        <span key={`${column} ${of} ${y}`} class="flow-head" style={{ left: `${leftOf(column)}%`, top: `${y}px` }}>
          {text.layer(of)}
        </span>
      ))}
      <ul onMouseLeave={() => look(undefined)}>
        {order.map((n) => (
          <li
            key={n}
            class={`lines-${lines[n]}${isLit(n) ? '' : ' dim'}${nodes[n]!.height > TALL + LINE * (lines[n]! - 2) ? ' tall' : ''}`}
            style={{
              left: `${leftOf(picture.nodes[n]!.column)}%`,
              width: `${width}%`,
              top: `${nodes[n]!.y}px`,
              height: `${nodes[n]!.height}px`,
            }}
          >
            <FlowNode
              node={n}
              picture={picture}
              text={text}
              fates={fates}
              look={look}
              filled={nodes[n]!.thickness / nodes[n]!.height}
              {...use}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Ribbons({
  picture,
  layout,
  fates,
  at,
  lit,
  edges: { width, leftOf },
}: {
  picture: FlowPicture;
  layout: FlowLayout;
  fates: FlowFates | undefined;
  at: number | undefined;
  lit: ReturnType<typeof litWith> | undefined;
  edges: { width: number; leftOf(column: number): number };
}) {
  const { words } = useConsole();
  const id = useId();
  const scale = WIDTH / 100;
  const isLit = ({ from, to }: FlowPicture['links'][number]): boolean => {
    if (lit === undefined || at === undefined) return true;
    const over = (n: number) => n === at || lit.above.has(n);
    const under = (n: number) => n === at || lit.below.has(n);
    return (over(from) && over(to)) || (under(from) && under(to));
  };
  const ends = layout.ribbons.map((ribbon) => {
    const link = picture.links[ribbon.link]!;
    const left = scale * (leftOf(picture.nodes[link.from]!.column) + width);
    const right = scale * leftOf(picture.nodes[link.to]!.column);
    return { ribbon, link, left, right, fate: fates?.links[ribbon.link] ?? 'goes-on' };
  });
  const failed = ends.filter(({ fate }) => fate === 'stops');
  return (
    <>
      <svg
        viewBox={`0 0 ${WIDTH} ${layout.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-text`}
      >
        <title id={`${id}-title`}>{words.flow.title}</title>
        <desc id={`${id}-text`}>{words.flow.description}</desc>
        {[...ends]
          .sort((a, b) => Number(isLit(a.link)) - Number(isLit(b.link)) || b.ribbon.thickness - a.ribbon.thickness)
          .map(({ ribbon, link, left, right, fate }) => {
            const shape = ribbon.known
              ? (picture.nodes[link.to]!.place ?? 'work')
              : `unshared ${picture.nodes[link.to]!.place ?? ''}`;
            const shade = isLit(link) ? '' : ' dim';
            return (
              <path key={ribbon.link} class={`ribbon ${shape} ${fate}${shade}`} d={ribbonPath(ribbon, left, right)} />
            );
          })}
      </svg>
      {failed.map(({ ribbon, link, left, right }) => (
        <span
          key={ribbon.link}
          class={`flow-mark${isLit(link) ? '' : ' dim'}`}
          aria-hidden="true"
          style={{
            left: `${(left + right) / 2 / scale}%`,
            top: `${(ribbon.from + ribbon.to + ribbon.thickness) / 2}px`,
          }}
        >
          ✕
        </span>
      ))}
    </>
  );
}
