// Signed audits to join: some count, others must not.

import { type AuditOptions, audit, signAudit, signableOf } from '../../src/audit/index.ts';
import { asOwnDraw, asVersion1, chainReports, resigned } from '../../src/audit/testing/signed-audit.ts';
import { type AuditStatement, parseStatement, type Signer, signStatement } from '../../src/ledger/index.ts';

export interface ReportScene {
  /** An honest run of 20 segments, another run of the same maker with another seed, and a run that was built on the first. */
  run: string;
  elsewhere: string;
  child: string;
  keys: Record<'maker' | 'one' | 'two' | 'three', Signer>;
}

/** Reports of a run that was built on another one. */
async function reportsOfChild({ run, child, keys }: ReportScene) {
  const signed = async (signer: Signer, options: Partial<AuditOptions>) =>
    signAudit(signableOf(asOwnDraw(await audit({ folder: child, threads: 1, ...options }))), signer);
  const whole = await signed(keys.one, { replay: 'all', parents: [run] });
  const part = await signed(keys.two, { segments: { from: 1, to: 3 }, parents: [run] });
  const alone = await signed(keys.three, { replay: 'all' });
  const { predicate, subjects } = parseStatement(alone, 'audit', 'report.json');
  const drawn = structuredClone(predicate) as AuditStatement;
  drawn.links = [{ ...drawn.links[0]!, begins: 'drawn', parent: null }];
  const bare = signStatement(
    'audit',
    [...subjects].filter(([name]) => name !== 'parent'),
    drawn,
    keys.three,
  );
  const changed = (change: (copy: AuditStatement) => void) => [resigned(whole, keys.two, change)];
  return [
    { name: 'with a parent that was trained again in full', texts: [whole] },
    { name: 'with a parent of which a part was trained again', texts: [part] },
    { name: 'with a parent that two looked at', texts: [part, whole] },
    { name: 'with a parent that nobody looked at', texts: [alone] },
    { name: 'with a parent that one leaves out', texts: [whole, bare] },
    {
      name: 'with a parent, by that one’s maker',
      texts: changed(({ links }) => Object.assign(links[1]!, { makers: [keys.two.fingerprint] })),
    },
    {
      name: 'with a parent, where its key lies',
      texts: changed(({ links }) => Object.assign(links[1]!, { extent: 'self' })),
    },
    { name: 'with links that begin with another run', texts: changed(({ links }) => links.shift()) },
    { name: 'without links', texts: changed(({ links }) => links.splice(0)) },
  ];
}

/** Reports that refute a run further up: some lead there. */
function reportsOfChain(keys: ReportScene['keys']) {
  const chain = chainReports(keys);
  const of = (...names: (keyof typeof chain)[]) =>
    ['child', 'childAgain', ...names].map((name) => chain[name as keyof typeof chain]);
  return [
    { name: 'a refusal of its parent', texts: of('parentRefuted') },
    { name: 'a refusal of its parent, beside version 1', texts: [chain.childOfVersion1, chain.parentRefuted] },
    { name: 'a refusal further up, where another one leads there', texts: of('parent', 'grandparentRefuted') },
    { name: 'a refusal further up, by version 1', texts: of('parentOfVersion1', 'grandparentRefuted') },
    { name: 'a refusal further up, where nothing leads', texts: of('grandparentRefuted') },
    { name: 'a refusal of what one that does not count leads to', texts: of('childOfOther', 'otherRefuted') },
    { name: 'two parents of a parent', texts: [chain.childWithChain, chain.childWithOtherChain] },
  ];
}

export async function makeReports(scene: ReportScene): Promise<{ name: string; texts: string[] }[]> {
  const { run, elsewhere, keys } = scene;
  const signed = async (signer: Signer, options: Partial<AuditOptions>, folder = run) =>
    signAudit(signableOf(asOwnDraw(await audit({ folder, threads: 1, ...options }))), signer);
  const [a, b, c] = [
    await signed(keys.one, { segments: { from: 1, to: 8 } }),
    await signed(keys.two, { segments: { from: 8, to: 15 } }),
    await signed(keys.three, { segments: { from: 16, to: 20 } }),
  ];
  const drawn = await signed(keys.one, { challenge: '5a'.repeat(32) });
  const other = await signed(keys.two, { challenge: '77'.repeat(32), replay: 5 });
  const same = await signed(keys.three, { challenge: '77'.repeat(32), replay: 3 });
  const changed = (text: string, signer: Signer, change: (predicate: AuditStatement) => void) => [
    a,
    c,
    resigned(text, signer, change),
  ];
  return [
    { name: 'nothing', texts: [] },
    { name: 'no reports', texts: ['{}', '', 'no json\n'] },
    { name: 'three parts that cover a run', texts: [a, b, c] },
    { name: 'two parts', texts: [a, c] },
    { name: 'one draw', texts: [drawn] },
    { name: 'two draws', texts: [drawn, other] },
    { name: 'three draws, two by one challenge', texts: [drawn, other, same] },
    { name: 'parts and draws', texts: [a, drawn, other] },
    { name: "the maker's own", texts: [a, c, await signed(keys.maker, { replay: 'all' })] },
    { name: 'of another seal', texts: [a, c, await signed(keys.two, { replay: 'all' }, elsewhere)] },
    { name: 'altered', texts: [a, b, c.replace(/"payload":"(.)/, (_, x) => `"payload":"${x === 'e' ? 'f' : 'e'}`)] },
    {
      name: 'another state',
      texts: [
        a,
        b,
        resigned(b, keys.three, ({ replayed }) => {
          replayed[2]!.root = 'ab'.repeat(32);
        }),
      ],
    },
    {
      name: 'more drawn than trained',
      texts: changed(drawn, keys.two, ({ draw }) => {
        draw!.drawn = 9;
      }),
    },
    {
      name: 'another challenge than was drawn by',
      texts: changed(drawn, keys.two, ({ draw }) => {
        draw!.challenge = 'c3'.repeat(32);
      }),
    },
    {
      name: "made where the maker's key lies",
      texts: changed(drawn, keys.two, (predicate) => {
        predicate.extent = 'self';
        predicate.links[0]!.extent = 'self';
      }),
    },
    { name: 'of version 1', texts: [asVersion1(drawn, keys.one), asVersion1(b, keys.two)] },
    { name: 'of both versions', texts: [drawn, asVersion1(other, keys.two)] },
    ...(await reportsOfChild(scene)),
    ...reportsOfChain(keys),
    {
      name: 'segments that are none',
      texts: changed(b, keys.two, ({ replayed }) =>
        replayed.push({ to: 23, root: 'ab'.repeat(32), engine: 'webassembly' }),
      ),
    },
    { name: 'a segment twice', texts: changed(b, keys.two, ({ replayed }) => replayed.push(replayed[0]!)) },
    {
      name: 'of another run by its seal',
      texts: changed(b, keys.two, (predicate) => {
        predicate.head = 'ab'.repeat(32);
      }),
    },
    {
      name: 'a refusal',
      texts: changed(b, keys.two, (predicate) => {
        predicate.verdict = 'refuted';
      }),
    },
    {
      name: 'a refusal by the maker',
      texts: changed(b, keys.maker, (predicate) => {
        predicate.verdict = 'refuted';
      }),
    },
    {
      name: 'movements that differ',
      texts: changed(b, keys.two, ({ movements }) => {
        movements[0]!.distance *= 2;
      }),
    },
  ];
}
