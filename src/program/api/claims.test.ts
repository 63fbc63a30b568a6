// Wherever the API shows the result of an audit, no sentence is stronger than its extent and its data's standing, and both are beside the
// verdict: every combination, each place. A log from before these were recorded opens, and says so.

import { beforeAll, expect, test } from 'vitest';
import {
  forbiddenClaims,
  type Known,
  LANGS,
  missingStatements,
  standings,
  verdictsAlone,
} from '../../audit/testing/claims.ts';
import { stageReport } from '../decision/index.ts';
import { outcomeOf } from '../office/index.ts';
import { BOOK } from '../office/testing/office.ts';
import type { Row } from '../state/index.ts';
import { TestServer } from './testing/api.ts';

const server = TestServer.forAll();
beforeAll(async () => {
  await server.office.stage();
  await server.office.fill(); // with older entries
});

const MODEL = [{ name: 'model.safetensors', sha256: 'cd'.repeat(32) }];

type Claims = Record<(typeof LANGS)[number], Record<string, string | null>>;
const textOf = (claims: Claims, lang: (typeof LANGS)[number]): string =>
  Object.values(claims[lang])
    .filter((text) => text !== null)
    .join(' ');

/** The outcome of the stage by the verdict on `s1-a`: to draw its chances takes longest, and no other part of an audit is in it. */
const outcomes = new Map<string, Awaited<ReturnType<typeof outcomeOf>>>();

/** What is said in each place of the submission `s1-a`. */
async function places(): Promise<Record<string, Claims>> {
  const get = (path: string) => server.read('office', `/api/programmes/test${path}`);
  const page = await get('/submissions/s1-a');
  const rowOf = (rows: { id: string; audit: { claim: Claims } }[]) => rows.find(({ id }) => id === 's1-a')!.audit.claim;
  const log = (await get('/log?count=200')).entries.find(
    ({ kind, data }: { kind: string; data: { submission?: string } }) =>
      kind === 'submission-audited' && data.submission === 's1-a',
  );
  const { tables, head } = server.programme;
  const around = { opened: '', closed: null, head, signatures: [], facts: [], comparisons: null };
  const { verdict } = tables.get('audits', 's1-a')!;
  const outcome = outcomes.get(verdict) ?? (await outcomeOf(server.programme, 's1'));
  outcomes.set(verdict, outcome);
  const report = stageReport(tables, 's1', outcome, around);
  return {
    'page of the submission': page.audit.claim,
    'list of a stage': rowOf((await get('/stages/s1')).submissions),
    'list of a consortium': rowOf((await get('/consortia/a')).submissions),
    'decision page': report.audits.find(({ team }) => team === 'a')!.claim as unknown as Claims,
    log: { en: { line: log.claim.en }, ko: { line: log.claim.ko } },
  };
}

async function check(known: Known): Promise<void> {
  for (const [place, claims] of Object.entries(await places()))
    for (const lang of LANGS) {
      const text = textOf(claims, lang);
      const found = {
        place,
        lang,
        forbiddenClaims: forbiddenClaims(text, known),
        missingStatements: missingStatements(text, known),
      };
      expect({ ...found, text }).toEqual({ place, lang, forbiddenClaims: [], missingStatements: [], text });
    }
}

test('each standing, wherever it is shown', async () => {
  const { tables } = server.programme;
  for (const known of standings([0, 0.242, 1], [null, 0.0689])) {
    const { verdict, beginning, ...rest } = known;
    // The office audits a run without its parent.
    if (beginning.kind === 'run' && beginning.standing) continue;
    // Which words each standing has, audit/claims.test.ts looks at; here, whether every place has them.
    if (!process.env.JIKJI_TORTURE && (known.chance !== null) !== (known.share === 0.242)) continue;
    const parent = { drawn: {}, run: { parent: { seal: 'ab'.repeat(32) } }, model: { parent: { files: MODEL } } };
    const reach = { ...parent[beginning.kind], ...rest };
    tables.update('audits', 's1-a', { verdict, reach: { ...reach, room: 0.13, replayed: [], evidence: null } });
    await check(known);
  }
});

test('an entry of an older log: the extent is not recorded', async () => {
  const { tables } = server.programme;
  expect(tables.get('audits', 's1-b')!.reach).toBeNull();
  const page = await server.read('office', '/submissions/s1-b');
  expect(page.audit).toMatchObject({ verdict: 'holds', extent: null, data: null, share: null, chance: null });
  expect([page.joined, page.mayAudit]).toEqual([null, false]);
  for (const known of verdictsAlone()) {
    tables.update('audits', 's1-b', { verdict: known.verdict });
    const { claim } = (await server.read('office', '/submissions/s1-b')).audit;
    for (const lang of LANGS) {
      const text = textOf(claim, lang);
      expect([text, forbiddenClaims(text, known), missingStatements(text, known)]).toEqual([text, [], []]);
      if (known.verdict === 'holds') expect(text).toMatch(/extent not recorded|범위 기록 없음/);
    }
  }
  const asked = await server.post('office', '/submissions/s1-b/audit-parts', {});
  expect(asked.refusal).toEqual([409, 'audit-unsealed']);
});

test('the answers withhold what the rule book withholds', async () => {
  const own = await new TestServer().begin();
  try {
    await own.office.stage('s1', `${BOOK}publication: { audits: at-close }\n`);
    await own.office.fill();
    const evidence = { genesis: '1'.repeat(64), seal: '2'.repeat(64), head: '3'.repeat(64), kept: [2, 4, 6, 8] };
    const reach: Row<'audits'>['reach'] = {
      ...{ extent: 'all', data: 'sources', share: 1, chance: null, room: 0, replayed: [], evidence },
    };
    own.programme.tables.update('audits', 's1-a', { reach });
    const path = '/api/programmes/test/submissions/s1-a';
    const part = { share: 0.5, by: 'auditor:kim' };
    expect((await own.post('office', `${path}/audit-parts`, part)).body.part).toMatchObject({ from: 1, to: 2 });
    for (const who of ['rival', 'public', 'outsider'] as const) {
      const { audit, joined, mayAudit } = await own.read(who, path);
      expect([who, audit, joined, mayAudit]).toEqual([who, null, null, false]);
      const { entries } = await own.read(who, '/log?count=200');
      for (const kind of ['submission-audited', 'audit-part-given']) {
        const found = entries.filter(
          (entry: { kind: string; data: { submission: string } | null }) =>
            // The rival sees the data of its own submission.
            entry.kind === kind && !(who === 'rival' && entry.data?.submission === 's1-b'),
        );
        expect(found.length).toBeGreaterThan(0);
        for (const { data, claim, actor } of found)
          expect([kind, data, claim, actor]).toEqual([kind, null, null, null]);
      }
    }
    const { status } = own.programme.tables.get('submissions', 's1-a')!;
    const refused = { status: 'refused: limit-steps: secret' as const, reasonKo: '비밀' };
    own.programme.tables.update('submissions', 's1-a', refused);
    for (const where of [path, '/api/programmes/test/stages/s1', '/api/programmes/test/consortia/a']) {
      const toldTo = async (who: 'public' | 'consortium') => JSON.stringify(await own.read(who, where));
      for (const secret of ['secret', '비밀']) {
        expect(await toldTo('public')).not.toContain(secret);
        expect(await toldTo('consortium')).toContain(secret);
      }
    }
    own.programme.tables.update('submissions', 's1-a', { status });
    for (const route of ['audits', 'audit-parts']) {
      const asked = await own.post('rival', `${path}/${route}`, route === 'audits' ? { report: 'x' } : {});
      expect([route, asked.body.error.code]).toEqual([route, 'not-public']);
    }
    // An auditor sees audits always, and the team its own.
    expect(await own.read('auditor', path)).toMatchObject({ mayAudit: true, audit: { extent: 'all' } });
    expect(await own.read('consortium', path)).toMatchObject({
      mayAudit: false,
      audit: { extent: 'all' },
    });
    const { tables, head } = own.programme;
    const around = { opened: '', closed: null, head, signatures: [], facts: [], comparisons: null };
    expect(stageReport(tables, 's1', await outcomeOf(own.programme, 's1'), around).audits).toEqual([]);
  } finally {
    await own.close();
  }
});
