// The value chain in the browser: the reading order of its picture, what stops and what continues without a supplier, in English and in
// Korean, and what the office allots and meters. The practice programme has invented suppliers, Korea's record the real ones.

import { type Person, same } from './person.ts';

const LAYERS = ['Chips', 'Memory', 'Servers', 'Data centres', 'Cloud', 'Software', 'Data', 'Weights'];

export async function valueChain(office: Person): Promise<void> {
  await inOrder(office);
  await withoutSupplier(office);
  await hoursOfDevices(office);
}

/** A picture of the section that something stands in, with room for it. */
async function pictureOf({ page }: Person, selector: string, height: number, take: () => Promise<void>): Promise<void> {
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: size.width, height });
  await page.evaluate((it) => document.querySelector(it)?.closest('section')?.scrollIntoView(), selector);
  await take();
  await page.setViewportSize(size);
}

async function inOrder(office: Person): Promise<void> {
  const { page } = office;
  for (const programme of ['practice', 'korea-2025'])
    await office.holds(`${programme}: the value chain is read in its order, every thing with its place`, async () => {
      await office.at(`/p/${programme}`);
      await page.getByRole('img', { name: 'What rests on what' }).waitFor();
      const names = await page.locator('.flow .flow-node').allTextContents();
      const found = LAYERS.filter((layer) =>
        names.some((name) =>
          new RegExp(`, ${layer}, (Home|Abroad|Not known), ([<>]?[\\d.]+%|share not known)`).test(name),
        ),
      );
      same('the layers', found, LAYERS);
      const at0 = names.findIndex((name) => name.includes(', Consortia, '));
      const last = names.findLastIndex((name) => name.includes(', Memory, '));
      same('the ends of the order', [at0, last], [0, names.length - 1]);
    });
  await office.holds('from the overview one press leads to what fails without somebody', async () => {
    await office.at('/p/korea-2025');
    await page
      .getByRole('navigation', { name: 'What fails if this falls away?' })
      .getByRole('link', { name: 'Nvidia' })
      .click();
    await page.getByRole('status').filter({ hasText: 'Without Nvidia' }).waitFor();
    await page.locator('.flow-node[aria-pressed=true]:visible').filter({ hasText: 'Falls away' }).first().waitFor();
    await office.picture('what-if');
  });
  await office.holds('the picture of the value chain, for the docs', async () => {
    await office.at('/p/practice');
    await page.getByRole('img', { name: 'What rests on what' }).waitFor();
    await pictureOf(office, '.flow', 1300, () => office.picture('value-chain'));
  });
}

/** What stops and what continues. */
async function withoutSupplier(office: Person): Promise<void> {
  const { page } = office;
  /** What becomes of a run or model, by its name: all that its entry says. */
  const outcomeOf = async (name: string): Promise<string> =>
    (await page.locator('.fates > li').filter({ hasText: name }).first().textContent()) ?? '';
  const stops = async (name: string, because: RegExp) => {
    const outcome = await outcomeOf(name);
    if (!/(Stops|중단)/.test(outcome) || !because.test(outcome)) throw new Error(`${name}: ${outcome}`);
  };
  const goesOn = async (name: string, words: RegExp) => {
    const outcome = await outcomeOf(name);
    if (!words.test(outcome)) throw new Error(`${name}: ${outcome}`);
  };

  await office.holds('practice: without Northgate training stops, and serving on chips of home goes on', async () => {
    await office.at('/p/practice');
    await office.follow('Self-reliance, and what if');
    await page.getByLabel('Search: Suppliers').fill('northg');
    await page.getByRole('checkbox', { name: /Northgate Silicon/ }).check();
    await page.getByRole('status').filter({ hasText: 'Without Northgate Silicon' }).waitFor();
    same('the address', new URL(page.url()).search, '?supplier=northgate');
    for (const team of ['Azalea', 'Bellflower', 'Camellia']) await stops(`${team} trains`, /Northgate/);
    await stops('Bellflower serves', /Northgate/);
    for (const team of ['Azalea', 'Camellia']) await goesOn(`${team} serves`, /Goes on(?! as far)/);
    await goesOn('Azalea serves', /Could take over.*Camellia One/);
    await pictureOf(office, '#answer', 1400, () => office.picture('self-reliance'));
  });
  await office.holds('practice: a figure opens to the components that it comes from', async () => {
    await page.getByText('What it comes from: chips').click();
    await page
      .getByRole('table', { name: 'What it comes from: chips' })
      .getByRole('row', { name: /Northgate N9.*Northgate Silicon.*ZZ.*Abroad/ })
      .first()
      .waitFor();
  });
  await office.holds('korea-2025: without Nvidia training stops; serving may stop or go on', async () => {
    await office.at('/p/korea-2025/reliance?supplier=nvidia');
    await page.getByRole('status').filter({ hasText: 'Without Nvidia' }).waitFor();
    await stops('SK Telecom trains', /Titan.*Nvidia GPU/);
    await goesOn('SK Telecom serves', /May stop or go on/);
    await goesOn('LG AI Research serves', /May stop or go on/);
  });
  await office.holds('the same in Korean, for eyes and for screen readers, at a phone’s width too', async () => {
    await office.press('한국어');
    await page.getByRole('status').filter({ hasText: '공급 중단: 엔비디아' }).waitFor();
    await stops('SK텔레콤 학습', /이유.*타이탄.*엔비디아 GPU/);
    await goesOn('SK텔레콤 서비스', /중단 여부 미확인/);
    await office.faultless();
    await office.press('English');
  });
}

async function hoursOfDevices(office: Person): Promise<void> {
  const { page } = office;
  await office.holds('office: allots device-hours, meters some, and sees what is left', async () => {
    await office.at('/p/practice/allotments');
    await office.press('Add an allotment');
    const field = (name: string) => page.getByLabel(new RegExp(`^${name}: (row \\d+|autumn)$`));
    await field('Consortium').selectOption('bellflower');
    await field('Cluster').selectOption('camellia-one');
    await field('First day').fill('2026-10-01');
    await field('Last day').fill('2026-12-31');
    await field('Device-hours').fill('8000');
    await field('Id').fill('autumn');
    await office.press('Show the differences');
    await page.getByRole('row', { name: /autumn none yet 8,000 device-hours/ }).waitFor();
    await office.press('Register 1 allotment');
    await page.getByText('1 allotment registered.').waitFor();
    await office.at('/p/practice/compute');
    const { dialog } = office;
    await office.press('Enter metered usage');
    await dialog.getByLabel('Id', { exact: true }).fill('autumn-metered');
    await dialog.getByLabel('Consortium').selectOption('bellflower');
    await dialog.getByLabel('Cluster').selectOption('camellia-one');
    await dialog.getByLabel('First day').fill('2026-10-01');
    await dialog.getByLabel('Last day').fill('2026-12-31');
    await dialog.getByLabel('Device-hours').fill('2000');
    await office.confirm('Enter metered usage');
    await dialog.waitFor({ state: 'hidden' });
    await page
      .getByRole('row', {
        name: /Bellflower.*Camellia One.*8,000 device-hours.*2,000 device-hours.*6,000 device-hours \(25% used\)/,
      })
      .waitFor();
  });
}
