// The words of the value chain's picture: names, shares and sentences of its nodes. Pictures, rows and table say the same with them.

import { type Format, plain } from '../../page-kit/index.ts';
import { litWith } from '../state/flow-names.ts';
import { namesIn } from '../state/names.ts';
import type { FlowPicture, Overview } from '../types.ts';
import type { Words } from '../words/words.ts';

type Node = FlowPicture['nodes'][number];

export interface FlowWords {
  name(node: Node): string;
  /** What stands in its box: beside a consortium a run's full name is not needed. */
  short(node: Node): string;
  /** The layer, or what else the node is. */
  layer(of: Node['of']): string;
  share(share: Node['share']): string;
  /** What rests on a node, and what it rests on. */
  sentence(at: number): string;
}

/** The most names in a sentence. */
const MAX_NAMES = 12;
/** The longest name shown whole. */
const MAX_LENGTH = 120;

export function flowWords(
  picture: FlowPicture,
  consortia: Overview['consortia'],
  { words, format }: { words: Words; format: Format },
): FlowWords {
  const w = words.flow;
  const nameOfConsortium = namesIn(consortia, format);
  const layer = (of: Node['of']): string =>
    of === 'consortium' ? w.consortia : of === 'training' || of === 'serving' ? w.work : words.layers[of];
  const name = (node: Node): string => {
    const { of, consortium, supplier, things, joined } = node;
    if (joined > 0) return w.joined(format.count(joined));
    if (of === 'consortium') return nameOfConsortium(consortium ?? '');
    if (supplier) return plain(format.title(supplier.name), MAX_LENGTH);
    if (things.length === 0) return words.places.unknown;
    if ((of === 'training' || of === 'serving') && things.length > 1)
      return w.several[of](nameOfConsortium(consortium ?? ''));
    return plain(format.title(things[0]!), MAX_LENGTH);
  };
  const share = ({ low, high }: Node['share']): string =>
    low === 0 && high > 0 ? w.shareUnknown : format.shares({ low, high });
  const list = (nodes: Node[]): string => {
    const names = [
      ...new Set(nodes.map((node) => (node.column < 2 ? name(node) : w.named(name(node), layer(node.of))))),
    ];
    const rest = names.length - MAX_NAMES;
    return format.list(rest > 0 ? [...names.slice(0, MAX_NAMES), words.valueChain.more(format.count(rest))] : names);
  };
  return {
    name,
    short: (node) =>
      (node.of === 'training' || node.of === 'serving') && node.joined === 0 && node.things.length > 0
        ? words.useKinds[node.of]
        : name(node),
    layer,
    share,
    sentence(at) {
      const node = picture.nodes[at]!;
      const { above, below } = litWith(picture, at);
      const nodes = (which: Set<number>) => picture.nodes.filter((_, n) => which.has(n));
      const carried = nodes(above).filter(({ column }) => column === 0);
      const things = node.things.map((thing) => plain(format.title(thing), MAX_LENGTH));
      const of = node.column < 2 ? name(node) : w.named(name(node), layer(node.of));
      return [
        node.share.low === 0 && node.share.high > 0 ? w.carriesUnknown(of) : w.carries(of, share(node.share)),
        node.column > 1 && things.length > 0 && things.join() !== name(node) && w.things(format.list(things)),
        carried.length > 0 && w.carriesFor(list(carried)),
        below.size > 0 && w.restsOn(list(nodes(below).filter(({ column }) => column > 1))),
      ]
        .filter((part) => part !== false)
        .join(' ');
    },
  };
}
