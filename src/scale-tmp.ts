import { emptyDatabase } from './program/database/testing/empty.ts';
import { Programme } from './program/programme/index.ts';
const t = async (n: string, w: () => unknown) => { const c0 = process.cpuUsage(); const b = performance.now(); const r = await w(); const c = process.cpuUsage(c0); console.log(n, ((c.user + c.system) / 1e3).toFixed(0), 'wall', (performance.now() - b).toFixed(0)); return r; };
for (let i = 0; i < 3; i++) {
  await t('copy', () => emptyDatabase(`/tmp/scale-db-${process.pid}-${i}`));
  const p = (await t('open', () => Programme.open({ folder: `/tmp/scale-db-${process.pid}-${i}` }))) as Programme;
  await t('100 records', async () => { for (let k = 0; k < 100; k++) await p.record('x', k ? [{ kind: 'organisation-added', data: { id: `o${k}`, name: { en: 'x' }, country: 'XX', roles: ['model'] } }] : [{ kind: 'programme-created', data: { id: 'test', name: { en: 'T' }, mode: 'practice' } }]); });
  await t('idle', () => new Promise((r) => setTimeout(r, 3000)));
  await t('close', () => p.close());
}
