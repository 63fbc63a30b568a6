// One node of the value chain's picture: a switch that thinks its supplier away, or a link to the question what fails without it.

import { useConsole } from '../state/context.ts';
import { pathOf } from '../state/router.ts';
import type { FlowFates, FlowPicture } from '../types.ts';
import { State } from './elements.tsx';
import type { FlowWords } from './flow-words.ts';

/** What a node does: a switch where `toggle` is there, else a link to the page with the switches. */
export interface NodeUse {
  programme: string;
  /** Ids of suppliers that are thought away. */
  gone: readonly string[];
  toggle?: ((supplier: string) => void) | undefined;
}

export interface Shown extends NodeUse {
  picture: FlowPicture;
  text: FlowWords;
  fates: FlowFates | undefined;
}

type NodeFate = FlowFates['nodes'][number]['fate'] | 'fell';

/** Undefined: it goes on, or nobody was thought away. */
function fateOfNode(fates: FlowFates | undefined, node: number): NodeFate | undefined {
  const own = fates?.nodes[node];
  return own === undefined || own.fate === 'goes-on' ? undefined : own.fell ? 'fell' : own.fate;
}

export function FlowNode({
  node: n,
  picture,
  text,
  fates,
  look,
  filled,
  programme,
  gone,
  toggle,
}: Shown & {
  node: number;
  look(node: number | undefined): void;
  /** The part of its height that is its share; undefined: its share is a bar from left to right. */
  filled?: number;
}) {
  const { words } = useConsole();
  const w = words.flow;
  const node = picture.nodes[n]!;
  const fate = fateOfNode(fates, n);
  const name = text.name(node);
  const body = (
    <>
      <svg class={`flow-share ${node.place ?? 'work'}`} aria-hidden="true">
        {filled === undefined ? (
          <rect width={`${100 * node.share.low}%`} height="100%" />
        ) : (
          <rect width="100%" y={`${50 - 50 * filled}%`} height={`${100 * filled}%`} />
        )}
      </svg>
      <strong aria-hidden="true">
        <bdi>{filled === undefined ? name : text.short(node)}</bdi>
      </strong>
      <span class="hidden">
        <bdi>{name}</bdi>, {text.layer(node.of)},{' '}
      </span>
      <small class={fate ? 'flow-size' : undefined}>
        {node.place !== null && <span class="hidden">{words.places[node.place]}, </span>}
        {text.share(node.share)}
      </small>
      {fate && (
        <small>
          <State of={fate} text={w.fates[fate]} />
        </small>
      )}
    </>
  );
  const common = {
    class: `flow-node ${node.place ?? 'work'}${fate ? ` ${fate}` : ''}`,
    title: name,
    onMouseEnter: () => look(n),
    onFocus: () => look(n),
    onBlur: () => look(undefined),
  };
  const { supplier, consortium } = node;
  if (supplier && toggle)
    return (
      <button type="button" {...common} aria-pressed={gone.includes(supplier.id)} onClick={() => toggle(supplier.id)}>
        {body}
      </button>
    );
  const href = supplier
    ? `${pathOf('reliance', { programme })}?${new URLSearchParams({ supplier: supplier.id })}`
    : consortium !== null
      ? pathOf('consortium', { programme, consortium })
      : undefined;
  if (href === undefined)
    return (
      <button type="button" {...common} onClick={() => look(n)}>
        {body}
      </button>
    );
  return (
    <a {...common} href={href}>
      {body}
    </a>
  );
}
