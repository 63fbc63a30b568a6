// The value chain in the browser: the reading order of its picture, what stops and what continues without a supplier, in English and in
// Korean, and what the office allots and meters. The practice programme has invented suppliers, Korea's record the real ones.

import type { Person } from './person.ts';

/** What the check gives its parts. */
export interface Checking {
  holds(what: string, person: Person, work: () => Promise<unknown>): Promise<void>;
  picture(person: Person, name: string, fullPage?: boolean): Promise<void>;
}

const LAYERS = ['Chips', 'Memory', 'Servers', 'Data centres', 'Cloud', 'Software', 'Data', 'Weights'];

function same(what: string, is: unknown, wanted: unknown): void {
  if (JSON.stringify(is) !== JSON.stringify(wanted))
    throw new Error(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
}

export async function valueChain(office: Person, url: string, checking: Checking): Promise<void> {
  await inOrder(office, url, checking);
  await withoutSupplier(office, url, checking);
  await hoursOfDevices(office, url, checking);
}

/** A picture of the section that something stands in, with room for it. */
async function pictureOf({ page }: Person, selector: string, height: number, take: () => Promise<void>): Promise<void> {
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: size.width, height });
  await page.evaluate((it) => document.querySelector(it)?.closest('section')?.scrollIntoView(), selector);
  await take();
  await page.setViewportSize(size);
}

async function inOrder(office: Person, url: string, { holds, picture }: Checking): Promise<void> {
  const { page } = office;
  const at = (path: string) => page.goto(`${url}${path}`);
  for (const programme of ['practice', 'korea-2025'])
    await holds(`${programme}: the value chain is read in its order, every thing with its place`, office, async () => {
      await at(`/p/${programme}`);
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
  await holds('from the overview one press leads to what fails without somebody', office, async () => {
    await at('/p/korea-2025');
    await page
      .getByRole('navigation', { name: 'What fails if this falls away?' })
      .getByRole('link', { name: 'Nvidia' })
      .click();
    await page.getByRole('status').filter({ hasText: 'Without Nvidia' }).waitFor();
    await page.locator('.flow-node[aria-pressed=true]:visible').filter({ hasText: 'Falls away' }).first().waitFor();
    await picture(office, 'what-if');
  });
  await holds('the picture of the value chain, for the docs', office, async () => {
    await at('/p/practice');
    await page.getByRole('img', { name: 'What rests on what' }).waitFor();
    await pictureOf(office, '.flow', 1300, () => picture(office, 'value-chain'));
  });
}

/** What stops and what continues. */
async function withoutSupplier(office: Person, url: string, { holds, picture }: Checking): Promise<void> {
  const { page } = office;
  const at = (path: string) => page.goto(`${url}${path}`);
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

  await holds('practice: without Northgate training stops, and serving on chips of home goes on', office, async () => {
    await at('/p/practice');
    await office.follow('Self-reliance, and what if');
    await page.getByLabel('Search: Suppliers').fill('northg');
    await page.getByRole('checkbox', { name: /Northgate Silicon/ }).check();
    await page.getByRole('status').filter({ hasText: 'Without Northgate Silicon' }).waitFor();
    same('the address', new URL(page.url()).search, '?supplier=northgate');
    for (const team of ['Azalea', 'Bellflower', 'Camellia']) await stops(`${team} trains`, /Northgate/);
    await stops('Bellflower serves', /Northgate/);
    for (const team of ['Azalea', 'Camellia']) await goesOn(`${team} serves`, /Goes on(?! as far)/);
    await goesOn('Azalea serves', /Could take over.*Camellia One/);
    await pictureOf(office, '#answer', 1400, () => picture(office, 'self-reliance'));
  });
  await holds('practice: a figure opens to the components that it comes from', office, async () => {
    await page.getByText('What it comes from: chips').click();
    await page
      .getByRole('table', { name: 'What it comes from: chips' })
      .getByRole('row', { name: /Northgate N9.*Northgate Silicon.*ZZ.*Abroad/ })
      .first()
      .waitFor();
  });
  await holds('korea-2025: without Nvidia training stops; serving may stop or go on', office, async () => {
    await at('/p/korea-2025/reliance?supplier=nvidia');
    await page.getByRole('status').filter({ hasText: 'Without Nvidia' }).waitFor();
    await stops('SK Telecom trains', /Titan.*Nvidia GPU/);
    await goesOn('SK Telecom serves', /May stop or go on/);
    await goesOn('LG AI Research serves', /May stop or go on/);
  });
  await holds('the same in Korean, for eyes and for screen readers, at a phone’s width too', office, async () => {
    await office.press('한국어');
    await page.getByRole('status').filter({ hasText: '공급 중단: 엔비디아' }).waitFor();
    await stops('SK텔레콤 학습', /이유.*타이탄.*엔비디아 GPU/);
    await goesOn('SK텔레콤 서비스', /중단 여부 미확인/);
    const faults = await office.faults();
    if (faults.length > 0) throw new Error(faults.join('\n'));
    await office.press('English');
  });
}

async function hoursOfDevices(office: Person, url: string, { holds }: Checking): Promise<void> {
  const { page } = office;
  const at = (path: string) => page.goto(`${url}${path}`);
  await holds('office: allots device-hours, meters some, and sees what is left', office, async () => {
    await at('/p/practice/allotments');
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
    await at('/p/practice/compute');
    const dialog = page.getByRole('dialog');
    await office.press('Enter metered usage');
    await dialog.getByLabel('Id', { exact: true }).fill('autumn-metered');
    await dialog.getByLabel('Consortium').selectOption('bellflower');
    await dialog.getByLabel('Cluster').selectOption('camellia-one');
    await dialog.getByLabel('First day').fill('2026-10-01');
    await dialog.getByLabel('Last day').fill('2026-12-31');
    await dialog.getByLabel('Device-hours').fill('2000');
    await dialog.getByRole('button', { name: 'Enter metered usage' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page
      .getByRole('row', {
        name: /Bellflower.*Camellia One.*8,000 device-hours.*2,000 device-hours.*6,000 device-hours \(25% used\)/,
      })
      .waitFor();
  });
}
