// The forms of sbatch's options without a Slurm: what sites write, and what other people could try to pass.

import { expect, test } from 'vitest';
import { checkSbatchOption, megabytes, SBATCH_OPTION_NAMES, type SbatchOptionName } from './sbatch-options.ts';
import { restDescription, sbatchArguments, sbatchLines } from './slurm-options.ts';

const TAKEN: Record<SbatchOptionName, string[]> = {
  gres: ['gpu', 'gpu:8', 'gpu:h100:4', 'gpu:a100_3g.20gb:1', 'gpu:2,nvme:1', 'shard:12', 'tmp:100G'],
  qos: ['normal', 'gpu_long', '24h', 'a.b-c'],
  mem: ['0', '4000', '64G', '512m', '2T', '1024K'],
  constraint: [
    'h100',
    'a&b',
    'a|b',
    'a,b',
    '[rack1|rack2]',
    '(a|b)&c',
    '[(a&b)*1|c*2]',
    'intel&[rack1*2|rack2*4]',
    'v100-32.gb',
  ],
  reservation: ['course', 'root_1', 'maint-1,maint-2'],
  exclude: ['a', 'a,b', 'node[01-20]', 'rack1-node[1,3-5]-x,b.example', 'r[1-2]n[1-4]'],
};
const REFUSED: Record<SbatchOptionName, string[]> = {
  gres: ['help', 'none', 'gpu:', ':2', 'gpu,', 'gpu:a:b:2', 'gpu:(S:0)', '../x'],
  qos: ['a,b', 'a b', '+high', '-x', 'qos=x'],
  mem: ['-1', '4GB', '4 G', '1e3', '0x10', '64P', '1234567890', 'all'],
  constraint: [
    'a&',
    '&a',
    'a&&b',
    '(a',
    'a)',
    '[a|b',
    '(a]',
    '()',
    'a*',
    'a*x',
    '*2',
    'a b',
    'a!b',
    'a;b',
    'a&(b|)',
    'a(b)',
    '(a)b',
    'a@',
    '@',
  ],
  reservation: ['a,,b', ',a', 'a;b', 'a b'],
  exclude: ['/etc/passwd', './nodes', 'a,', 'a[1-', 'a[1-2', 'a[]', 'a[x]', '[1-2]', 'a b', 'a*', '-a'],
};
/** What must not reach sbatch by any of them. */
const HOSTILE = [
  '',
  ' ',
  'x\n#SBATCH --export=ALL,LD_PRELOAD=/tmp/x.so',
  'x\r',
  'x\n',
  'x\0',
  'x\u2028y',
  'x" --wrap="id',
  "x'",
  'x\\',
  '$(id)',
  '`id`',
  'x;id',
  'x --export=ALL',
  '--wrap=id',
  '-x',
  'x>y',
  'x<y',
  'x#y',
  'x%y',
  '{x}',
  '~root',
  'x'.repeat(501),
  `${'('.repeat(200)}x${')'.repeat(200)}`.padEnd(501, 'x'),
];

test.each(SBATCH_OPTION_NAMES)('%s: its own forms, and no other', (name) => {
  for (const text of TAKEN[name]) expect(() => checkSbatchOption(name, text), text).not.toThrow();
  for (const text of [...REFUSED[name], ...HOSTILE]) {
    expect(() => checkSbatchOption(name, text), JSON.stringify(text)).toThrow(
      expect.objectContaining({ name: 'JikjiError', code: 'slurm-option' }),
    );
  }
});

test.each(['export', 'wrap', 'output', 'comment', '__proto__', 'constructor', 'toString', 'QOS', 'qos '])(
  'no other option: %s',
  (name) =>
    expect(() => checkSbatchOption(name, 'x', 'job/job.json')).toThrow(
      expect.objectContaining({ code: 'slurm-option', message: expect.stringContaining('job/job.json') }),
    ),
);

test('a long constraint is decided quickly', () => {
  const deep = `${'('.repeat(120)}${'a&'.repeat(120)}a${')'.repeat(119)}`;
  const begun = performance.now();
  expect(() => checkSbatchOption('constraint', deep)).toThrow();
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('memory in megabytes, as `man sbatch` has the units', () => {
  const known = { 4000: 4000, '1K': 1, '1025k': 2, '3m': 3, '2G': 2048, '1T': 1_048_576, 0: 0 };
  for (const [text, wanted] of Object.entries(known)) expect(megabytes(text), text).toBe(wanted);
});

test('lines, arguments and JSON say the same', () => {
  const options = {
    gres: 'gpu:h100:8,nvme',
    qos: 'long',
    mem: '2G',
    constraint: 'a&[b|c]',
    reservation: 'r',
    exclude: 'n[1-2],m',
  };
  const job = { name: 'x', folder: '/f', command: ['/x'], nodes: 1, ranksPerNode: 1, threads: 1, options };
  const lines = sbatchLines(job, '/').filter((line) => line.includes('"') && !/job-name|chdir|output/.test(line));
  expect(lines).toEqual([
    '#SBATCH --gres="gpu:h100:8,nvme"',
    '#SBATCH --qos="long"',
    '#SBATCH --mem="2G"',
    '#SBATCH --constraint="a&[b|c]"',
    '#SBATCH --reservation="r"',
    '#SBATCH --exclude="n[1-2],m"',
  ]);
  expect(sbatchArguments({ ...job, partition: 'p' }).sort()).toEqual(
    [...lines.map((line) => line.slice(8).replaceAll('"', '')), '--partition=p'].sort(),
  );
  expect(restDescription(job, '/')).toMatchObject({
    tres_per_node: 'gres/gpu:h100:8,gres/nvme',
    qos: 'long',
    memory_per_node: { set: true, number: 2048 },
    constraints: 'a&[b|c]',
    reservation: 'r',
    excluded_nodes: ['n[1-2],m'],
  });
});
