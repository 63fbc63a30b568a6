// The receipt of an answer in the playground: checked down to the corpus, its files against jikji audit, in Korean, and tampered with.

import type { Machine } from './machine.ts';
import { type Person, same } from './person.ts';

/** Begins and ends on the playground of azalea, with an answer. */
export async function receipts(machine: Machine, office: Person): Promise<void> {
  const { page } = office;
  const seal = page.locator('.receipt-seal');
  const dialog = page.locator('dialog[open]');
  const states = () => dialog.locator('.lineage .state').allTextContents();
  await office.holds(
    'office: the answer has a receipt that is not checked; checked it holds, down to the sealed run',
    async () => {
      await seal.click();
      await dialog.waitFor();
      same('before a check', await states(), Array(5).fill('–not checked'));
      await dialog.getByRole('button', { name: 'Check now' }).click();
      await dialog.locator('.verdict.holds').waitFor();
      // The run was audited before: all of its steps, since it has so few. Where its texts come from nobody has seen.
      same('after it', await states(), ['✓holds', '✓holds', '✓holds', '✓holds', '!holds in part']);
      await dialog
        .getByText(/^The weakest link is the corpus: Where the texts come from is the maker’s word/)
        .waitFor();
      await dialog.evaluate((shown) => shown.scrollTo(0, 0));
      await office.picture('receipt');
      await dialog.locator('summary', { hasText: 'Each check' }).click();
      await office.faultless();
    },
  );
  await office.holds('office: its files hold for jikji audit too', async () => {
    for (const name of ['receipt', 'request', 'response']) {
      const downloaded = page.waitForEvent('download');
      await dialog.locator(`a[download="${name}.json"]`).click();
      await (await downloaded).saveAs(machine.at(`${name}.json`));
    }
    const files = ['--request', 'request.json', '--response', 'response.json'];
    const { verdict, checks } = machine.jikji('audit', 'receipt.json', '--model', 'azalea', ...files);
    const open = checks.filter((one: { verdict: string }) => one.verdict !== 'holds');
    if (verdict !== 'holds' || open.length > 0) throw new Error(`${verdict} ${JSON.stringify(open)}`);
  });
  await office.holds('office: in Korean; nothing serious for axe', async () => {
    await page.keyboard.press('Escape');
    await office.press('한국어');
    await seal.click();
    await dialog.getByRole('button', { name: '다시 확인하기' }).click();
    await dialog.getByText('이 서버의 확인 결과: 성립').waitFor();
    await dialog.getByText(/^가장 약한 고리: /).waitFor();
    await office.faultless();
    await page.keyboard.press('Escape');
    await office.press('English');
  });
  await office.holds('office: an answer that was tampered with does not hold', async () => {
    const kept: Record<string, string> = await page.evaluate(() => ({ ...sessionStorage }));
    await page.evaluate(() => {
      for (const [name, value] of Object.entries(sessionStorage)) {
        if (!value.includes('"pieces"')) continue;
        const turns = JSON.parse(value);
        turns[0].answers[0].pieces[0].text += '!';
        sessionStorage.setItem(name, JSON.stringify(turns));
      }
    });
    await page.reload();
    await seal.click();
    await dialog.getByRole('button', { name: 'Check again' }).click();
    await dialog.locator('.verdict.refuted').waitFor();
    if (!(await states())[0]!.includes('does not hold')) throw new Error(String(await states()));
    await office.faultless();
    await page.keyboard.press('Escape');
    await page.evaluate((before) => {
      for (const [name, value] of Object.entries(before)) sessionStorage.setItem(name, value);
    }, kept);
    await page.reload();
    await seal.waitFor();
  });
}
