// Options of sbatch that sites ask for and Jikji passes on: an allow-list, each with a strict form. Their values may come from other
// people, in a catalogue or in the record of a job, so nothing passes that sbatch would read as another option, a file or a shell's word.
// Does not know the cluster: whether it has such nodes, and whether this user may have them, Slurm says.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';

/** The most characters of one value: a long list of nodes. */
const MAX_CHARACTERS = 500;

/** A resource with its type and number: `gpu`, `gpu:2`, `gpu:h100:8`, `gpu:3g.20gb:1`. `help` would have sbatch
 * print a list and submit nothing, `none` is to leave it out. */
const GRES = /^(?!(?:help|none)$)[a-z]\w*(?::[\w.-]+){0,2}(?:,[a-z]\w*(?::[\w.-]+){0,2})*$/i;
const NAME = /^\w[\w.-]*$/;
const NAMES = /^\w[\w.-]*(?:,\w[\w.-]*)*$/;
const MEMORY = /^(\d{1,9})([KMGT]?)$/i;
/** Host names with ranges: `a,rack1-node[01-20,32]`. No slash: sbatch would read a file. */
const HOST = String.raw`[a-z\d](?:[\w.-]|\[\d{1,9}(?:-\d{1,9})?(?:,\d{1,9}(?:-\d{1,9})?)*\])*`;
const HOSTS = new RegExp(`^${HOST}(?:,${HOST})*$`, 'i');
/** A feature of nodes, or @ for an expression in brackets; either may have a number of nodes. */
const FEATURE = String.raw`(?:\w[\w.=-]*|@)(?:\*\d{1,6})?`;
const FEATURES = `${FEATURE}(?:[&|,]${FEATURE})*`;
const IN_BRACKETS = new RegExp(String.raw`\(${FEATURES}\)|\[${FEATURES}\]`, 'g');
const EXPRESSION = new RegExp(`^${FEATURES}$`);

/** Whether the brackets of a constraint match, and each operator stands between two operands. */
function isConstraint(text: string): boolean {
  if (text.includes('@')) return false;
  for (let rest = text; ; ) {
    if (EXPRESSION.test(rest)) return true;
    const inner = rest.replace(IN_BRACKETS, '@');
    if (inner === rest) return false;
    rest = inner;
  }
}

interface Form {
  matches: (text: string) => boolean;
  what: string;
  example: string;
}

export const SBATCH_OPTIONS = {
  gres: { matches: (text) => GRES.test(text), what: 'resources of each node', example: 'gpu:8' },
  qos: { matches: (text) => NAME.test(text), what: 'one quality of service', example: 'normal' },
  mem: { matches: (text) => MEMORY.test(text), what: 'memory of each node, in M or with K, M, G or T', example: '64G' },
  constraint: { matches: isConstraint, what: 'features of nodes, with & | , [ ] ( ) *', example: 'h100&nvlink' },
  reservation: { matches: (text) => NAMES.test(text), what: 'names of reservations', example: 'course' },
  exclude: { matches: (text) => HOSTS.test(text), what: 'names of nodes', example: 'node[07-09],node12' },
} as const satisfies Record<string, Form>;

export type SbatchOptionName = keyof typeof SBATCH_OPTIONS;
export type SbatchOptions = { readonly [name in SbatchOptionName]?: string | undefined };

export const SBATCH_OPTION_NAMES = Object.keys(SBATCH_OPTIONS) as SbatchOptionName[];

const isOption = (name: string): name is SbatchOptionName => Object.hasOwn(SBATCH_OPTIONS, name);
const isFormed = (name: SbatchOptionName, text: string): boolean =>
  text.length <= MAX_CHARACTERS && SBATCH_OPTIONS[name].matches(text);

const schemaOf = (name: SbatchOptionName) =>
  z
    .string()
    .refine((text) => isFormed(name, text), { error: `must be ${SBATCH_OPTIONS[name].what}` })
    .optional();

/** Their form in a catalogue; other options are refused there. */
export const sbatchOptionsSchema = z.strictObject({
  gres: schemaOf('gres'),
  qos: schemaOf('qos'),
  mem: schemaOf('mem'),
  constraint: schemaOf('constraint'),
  reservation: schemaOf('reservation'),
  exclude: schemaOf('exclude'),
});

/** A value of one option. `from`: where it stands, if not in the call. @throws JikjiError `slurm-option` */
export function checkSbatchOption(name: string, text: string, from?: string): void {
  const where = from === undefined ? '' : ` in ${from}`;
  const shown = JSON.stringify(text.slice(0, 100));
  if (!isOption(name)) {
    const hint = `these are: ${SBATCH_OPTION_NAMES.join(', ')}`;
    throw new JikjiError('slurm-option', `this option is not passed to Slurm${where}`, `${name} ${shown}`, hint);
  }
  if (isFormed(name, text)) return;
  const { what, example } = SBATCH_OPTIONS[name];
  const hint = `write for example --${name} '${example}'`;
  throw new JikjiError('slurm-option', `--${name} takes ${what}${where}`, `--${name} ${shown}`, hint);
}

/** Megabytes of a value of `mem`, rounded up as sbatch does; 0 means all that the node has. */
export function megabytes(mem: string): number {
  const [, number = '', unit = ''] = MEMORY.exec(mem) ?? [];
  const power = { K: -1, '': 0, M: 0, G: 1, T: 2 }[unit.toUpperCase()]!;
  return Math.ceil(Number(number) * 1024 ** power);
}
