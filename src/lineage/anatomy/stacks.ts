// Finds the stacks of layers in a model by the numbers in its tensors' names: `model.layers.3.mlp.up_proj.weight` is part `mlp.up_proj.weight`
// of layer 3 of stack `model.layers`. Knows no family.

/** The limit of layers in a stack. */
const MAX_LAYERS = 4096;

export interface Stack {
  /** `model.layers` */
  name: string;
  /** What stands before the last word of its name: `model.` */
  root: string;
  /** For each layer the full name of each part. */
  layers: ReadonlyMap<string, string>[];
  /** Names of parts in any layer, with `*` for numbers. */
  parts: ReadonlySet<string>;
}

const NUMBERED = /^(.*?)\.?(\d{1,9})\.(.+)$/;

/** A name with `*` in the place of its numbers. */
export const patternOf = (name: string): string => name.replace(/(^|\.)\d+(?=\.|$)/g, '$1*');

/** The stacks, the one with the most tensors first. Layers after a missing number are no part of a stack. */
export function findStacks(names: Iterable<string>): Stack[] {
  const found = new Map<string, Map<number, Map<string, string>>>();
  for (const name of names) {
    const [, stack, number, part] = NUMBERED.exec(name) ?? [];
    if (stack === undefined || part === undefined || Number(number) >= MAX_LAYERS) continue;
    const layers = found.get(stack) ?? new Map<number, Map<string, string>>();
    const layer = layers.get(Number(number)) ?? new Map<string, string>();
    found.set(stack, layers);
    layers.set(Number(number), layer);
    layer.set(part, name);
  }
  const size = ({ layers }: Stack): number => layers.reduce((sum, layer) => sum + layer.size, 0);
  return [...found].map(([name, layers]) => stackOf(name, layers)).sort((a, b) => size(b) - size(a));
}

function stackOf(name: string, byNumber: ReadonlyMap<number, Map<string, string>>): Stack {
  const layers: Map<string, string>[] = [];
  while (byNumber.has(layers.length)) layers.push(byNumber.get(layers.length)!);
  const parts = new Set(layers.flatMap((layer) => [...layer.keys()].map(patternOf)));
  return { name, root: name.replace(/[^.]*$/, ''), layers, parts };
}
