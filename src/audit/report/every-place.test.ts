// Every sentence of the terminal, the page and the JSON of an audit against what was checked: runs with and without a parent, lodged or not, with
// a register, sources, a draw, trained again or not, in one table. What is allowed is written here and in testing/claims.ts, not taken from the code.

import { describe, expect, test } from 'vitest';
import { STYLES } from '../../page-kit/document/styles.ts';
import { claimOf } from '../claims.ts';
import { DRAW } from '../sentences/draw.ts';
import { signableOf } from '../signed-audit.ts';
import { linkFacts, standingOf } from '../standing.ts';
import { chainOf, forbiddenClaims, type Known, missingStatements } from '../testing/claims.ts';
import type { Audit, DataStanding, ParentFound } from '../types.ts';
import { reportLines } from './index.ts';
import { reportHtml } from './page.ts';
import { auditOf } from './testing/audits.ts';

const DRAWS = {
  all: (audit: Audit) => audit,
  drawn: (audit: Audit) => audit,
  // An office's nonce, without its register.
  asked: (audit: Audit) => withReason(audit, DRAW.noRegister.en),
  self: (audit: Audit) => withReason(audit, DRAW.selfAudit.en),
};
type DrawName = keyof typeof DRAWS;

function withReason(audit: Audit, reason: string): Audit {
  audit.detection = { ...audit.detection, claimed: false, reason };
  return audit;
}

interface Case {
  draw: DrawName;
  data: DataStanding;
  figures: Audit['figures'];
  lodging: 'none' | 'own' | 'office' | 'register';
}

function auditIn({ draw, data, figures, lodging }: Case, parent: ParentFound | null = null): Audit {
  const shape = { replayAll: draw === 'all', claimed: draw === 'all' || draw === 'drawn', lodged: lodging !== 'none' };
  const audit = DRAWS[draw](auditOf({ ...shape, register: lodging === 'register' }));
  if (lodging === 'own') audit.run.office = audit.run.maker;
  audit.data.standing = data;
  return { ...audit, figures, parent };
}

const runParent = (audit: Audit | null): ParentFound => ({
  kind: 'run',
  seal: audit?.run.seal ?? 'ab'.repeat(32),
  makers: ['cd'.repeat(32)],
  audit,
});

const named = (audit: Audit, name: string, seal: string): Audit => ({
  ...audit,
  run: { ...audit.run, name, seal: seal.repeat(32) },
});
const WEAK: Case = { draw: 'drawn', data: 'maker', figures: 'maker', lodging: 'office' };
const WHOLE: Case = { draw: 'all', data: 'sources', figures: 'computed', lodging: 'register' };

const PARENTS: [string, ParentFound | null][] = [
  ['none', null],
  ['unseen', runParent(null)],
  ['files', { kind: 'model', files: [{ name: 'model.safetensors', sha256: 'ef'.repeat(32) }], compared: false }],
  ['whole', runParent(named(auditIn(WHOLE), 'base', '1a'))],
  ['weak', runParent(named(auditIn(WEAK), 'base', '1a'))],
  ['asked', runParent(named(auditIn({ ...WHOLE, draw: 'asked' }), 'base', '1a'))],
  [
    'weak behind whole',
    runParent({ ...named(auditIn(WHOLE), 'middle', '2b'), parent: runParent(named(auditIn(WEAK), 'base', '1a')) }),
  ],
];

function* cases(): Generator<Case> {
  for (const draw of Object.keys(DRAWS) as DrawName[])
    for (const lodging of ['none', 'own', 'office', 'register'] as const)
      for (const [data, figures] of [
        ['sources', 'computed'],
        ['texts', 'maker'],
        ['maker', 'none'],
      ] as const)
        yield { draw, data, figures, lodging };
}

/** What is known, for the rules of testing/claims.ts: by what the case is, not by what the audit room makes of it. */
function knownOf(audit: Audit, { draw, data }: Case, parent: ParentFound | null): Known {
  const extent = ({ all: 'all', drawn: 'sampled', asked: 'sampled', self: 'self' } as const)[draw];
  const chance = draw === 'all' || draw === 'drawn' ? (audit.detection.chances[0]?.chance ?? null) : null;
  return { beginning: beginningOf(parent), verdict: 'holds', extent, data, share: audit.cost.share, chance };
}

function beginningOf(parent: ParentFound | null): NonNullable<Known['beginning']> {
  if (!parent) return { kind: 'drawn' };
  if (parent.kind === 'model') return parent;
  const { seal, audit } = parent;
  // The parents of this table are audits as they are; their own words are tried as cases without a parent.
  return {
    kind: 'run',
    seal,
    name: audit && 'base',
    standing: audit && { ...standingOf(audit), beginning: beginningOf(audit.parent) },
  };
}

const style = (_: string, text: string): string => text;
/** What is said of all that was audited, and what is said of each run. */
function placesOf(audit: Audit) {
  const screen = reportLines(audit, { width: 110, style }).join(' ').replace(/\s+/g, ' ');
  const pages = (['en', 'ko'] as const).map((lang) => reportHtml(audit, lang).replace(STYLES, ''));
  const top = (page: string): string => page.slice(page.indexOf('class="verdict'), page.indexOf('<section'));
  const [head] = screen.split(/(?: ✓ structure | the run itself: Holds)/);
  // The verdict is in capitals on a terminal.
  const small = head!.replace(
    /^(\S) (\w)(\w*) (\([^)]*\))/,
    (_, sign, first, rest, extent) => `${sign} ${first}${`${rest} ${extent}`.toLowerCase()}`,
  );
  return { screen, pages, tops: [small, ...pages.map(top)] };
}

describe.each(PARENTS)('a run whose parent is: %s', (_name, parent) => {
  test('no place says more than was checked, and none leaves out what was not', () => {
    for (const one of cases()) {
      const audit = auditIn(one, parent);
      const known = knownOf(audit, one, parent);
      const { screen, pages, tops } = placesOf(audit);
      const claims = (['en', 'ko'] as const).map((lang) => Object.values(claimOf(standingOf(audit), lang)).join(' '));
      for (const text of [...tops, ...claims])
        expect([one, text, forbiddenClaims(text, known), missingStatements(text, known)]).toEqual([one, text, [], []]);
      const chain = chainOf(known);
      for (const text of [screen, ...pages]) {
        const says = (words: RegExp): boolean => words.test(text);
        if (parent)
          expect([
            one,
            says(/random start|were drawn again|trained on it|난수 초기값|가중치를 다시 뽑|말뭉치로 학습</),
          ]).toEqual([one, false]);
        if (chain.some(({ extent }) => extent !== 'all'))
          expect([one, says(/nothing left to chance|nothing was left to chance/)]).toEqual([one, false]);
        if (one.lodging !== 'register' && chain.length === 1)
          expect([one, says(/as its register shows|접수 대장에 적혀 있습니다/)]).toEqual([one, false]);
        if (one.lodging === 'none') expect([one, says(/no trusted time|믿을 수 있는 시각이/)]).toEqual([one, true]);
      }
    }
  });

  test('each run of the chain stands in the JSON, in the signed audit and, of several, on terminal and page', () => {
    for (const one of cases()) {
      const audit = auditIn(one, parent);
      const { screen, pages } = placesOf(audit);
      const facts = linkFacts(audit);
      const { links } = signableOf(audit);
      const chain = chainOf(knownOf(audit, one, parent));
      expect(facts).toHaveLength(chain.length);
      for (const [i, known] of chain.entries()) {
        expect(facts[i]).toMatchObject({
          extent: known.extent,
          chance: known.chance,
          data: known.data,
          share: known.share,
        });
        expect(links[i]).toMatchObject({
          extent: known.extent,
          data: known.data,
          lodging: facts[i]!.lodging,
          figures: facts[i]!.figures,
        });
        expect(links[i]!.draw === null).toBe(known.chance === null);
      }
      expect(links[0]).toMatchObject({ lodging: one.lodging, figures: one.figures });
      expect(facts.map(({ begins }) => begins)).toEqual(links.map(({ begins }) => begins));
      for (const { seal, name } of chain.length > 1 ? facts.slice(1) : [])
        for (const text of [screen, ...pages])
          expect(text).toContain(
            `“${name}” (seal ${seal!.slice(0, 16)}…)`.replace(' (seal', text === pages[1] ? '(봉인' : ' (seal'),
          );
    }
  });
});
