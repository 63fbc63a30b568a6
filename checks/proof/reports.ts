// Signed audits to join: some count, others must not.

import { type AuditOptions, audit, signAudit, signableOf } from '../../src/audit/index.ts';
import { asOwnDraw } from '../../src/audit/testing/signed-audit.ts';
import { type AuditStatement, parseStatement, type Signer, signStatement } from '../../src/ledger/index.ts';

export interface ReportScene {
  /** An honest run of 20 segments, and another run of the same maker with another seed. */
  run: string;
  elsewhere: string;
  keys: Record<'maker' | 'one' | 'two' | 'three', Signer>;
}

/** The statement with its predicate changed and signed again by `signer`. */
function resigned(text: string, signer: Signer, change: (predicate: AuditStatement) => void): string {
  const { predicate, subjects } = parseStatement(text, 'audit', 'report.json');
  const copy = structuredClone(predicate) as AuditStatement;
  copy.auditorKey = signer.publicKey.toString('base64');
  change(copy);
  return signStatement('audit', [...subjects], copy, signer);
}

export async function makeReports({ run, elsewhere, keys }: ReportScene): Promise<{ name: string; texts: string[] }[]> {
  const signed = async (signer: Signer, options: Partial<AuditOptions>, folder = run): Promise<string> =>
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
      }),
    },
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
