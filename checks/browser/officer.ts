// A whole programme in Korean, in the browser alone: from its foundation over a call, a stage and an appeal to its final decision, and then
// a second stage. The office works on a wide window, an expert, an evaluator and a team on a phone's. Only links and buttons that a person sees are
// used; the one-time links of invitations are opened as a mail program would open them. Clicks and fields are counted.

import type { Browser, Locator, Page } from 'playwright-core';
import type { Machine } from './machine.ts';

const RULES = `name: day
version: 1
title: { en: First stage, ko: 1단계 평가 }
originality: { veto: true, components: [tokenizer], audit: { holds: true, makerKey: true } }
selection:
  paper: { reviewers: 1, minimum: 50, criteria: [{ id: plan, title: { en: Plan, ko: 계획 }, points: 100 }] }
points: 100
blocks:
  - { id: text, title: { en: Held-out text, ko: 남겨 둔 글 }, points: 30, tasks: [{ task: held-out, metric: bits_per_byte, scale: { floor: 8, ceiling: 0 } }] }
  - { id: experts, title: { en: Experts, ko: 전문가 평가 }, points: 50, forms: { experts: 1, criteria: [{ id: plan, title: { en: Plan, ko: 계획 }, points: 50 }] } }
  - { id: users, title: { en: Users, ko: 사용자 평가 }, points: 20, judgements: { users: 1, minimumPerPair: 1 } }
kept: 1
limits: { bundleBytes: 1.0e+8, trainingFlops: 1.0e+13, parameters: 10000000, steps: 1000, auditSeconds: 300, evalSeconds: 300 }
`;

/** The teams: their organisation in both languages, and what they apply as. */
const TEAMS = [
  { id: 'azalea', en: 'Azalea', ko: '진달래', organisation: { en: 'Azalea Models', ko: '진달래모델' } },
  { id: 'bellflower', en: 'Bellflower', ko: '도라지', organisation: { en: 'Bellflower Models', ko: '도라지모델' } },
] as const;

type How = 'mouse' | 'keyboard';
/** The most stops of Tab on a page. */
const MAX_STOPS = 400;

/** A person at a window: finds what it uses by its visible name, with the mouse or with the keyboard alone, and counts. */
class Hand {
  clicks = 0;
  fields = 0;
  readonly page: Page;
  readonly #how: How;

  private constructor(page: Page, how: How) {
    this.page = page;
    this.#how = how;
  }

  static async at(browser: Browser, width: number, how: How): Promise<Hand> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: 'ko-KR',
      timezoneId: 'Asia/Seoul',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(60_000); // a slow machine is no fault; what hangs is
    return new Hand(await context.newPage(), how);
  }

  async accept(link: string, user: string, name: string): Promise<void> {
    await this.page.goto(link);
    await this.fill('로그인에 쓸 아이디', user);
    await this.fill('이름', name);
    await this.fill('비밀번호', `${user}의 비밀번호 아홉`);
    await this.press('초대 수락');
    await this.page.waitForURL((url) => !url.pathname.startsWith('/invitation'));
  }

  /** The dialog on top, or else the page. */
  async #place(): Promise<Locator> {
    const dialogs = this.page.getByRole('dialog');
    return (await dialogs.count()) > 0 ? dialogs.last() : this.page.locator('body');
  }

  /** Goes to a control by Tab, as somebody does who has no mouse. */
  async #reach(control: Locator): Promise<void> {
    await control.waitFor();
    for (let i = 0; i < MAX_STOPS; i++) {
      if (await control.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not come to ${control}`);
  }

  async #use(control: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
    if (this.#how === 'mouse') await control.click();
    else {
      await this.#reach(control);
      await this.page.keyboard.press(key);
    }
    this.clicks++;
  }

  async #type(field: Locator, value: string): Promise<void> {
    if (this.#how === 'mouse') await field.fill(value);
    else {
      await this.#reach(field);
      await this.page.keyboard.press('ControlOrMeta+a');
      await this.page.keyboard.insertText(value);
    }
    this.fields++;
  }

  async press(name: string | RegExp): Promise<void> {
    const place = await this.#place();
    await this.#use(place.getByRole('button', { name, exact: typeof name === 'string' }).last());
  }

  /** Presses a button that opens a dialog. */
  async open(name: string | RegExp): Promise<void> {
    const dialogs = this.page.getByRole('dialog');
    const before = await dialogs.count();
    await this.press(name);
    await dialogs.nth(before).waitFor();
  }

  async follow(name: string | RegExp): Promise<void> {
    // On a phone the navigation is behind its button.
    const menu = this.page.getByRole('button', { name: '메뉴', exact: true });
    const link = this.page.getByRole('link', { name, exact: typeof name === 'string' }).first();
    if ((await menu.isVisible()) && !(await link.isVisible())) await this.press('메뉴');
    await this.#use(link);
  }

  async fill(label: string | RegExp, value: string): Promise<void> {
    const place = await this.#place();
    await this.#type(place.getByLabel(label, { exact: typeof label === 'string' }).last(), value);
  }

  /** A day and a time; the parts of the field are typed one after another. */
  async setMoment(label: string, { parts, value }: { parts: readonly string[]; value: string }): Promise<void> {
    const field = (await this.#place()).getByLabel(label, { exact: true }).last();
    if (this.#how === 'mouse') await field.fill(value);
    else {
      await this.#reach(field);
      for (const part of parts) await this.page.keyboard.press(part);
    }
    this.fields++;
    const is = await field.inputValue();
    if (is !== value) throw new Error(`${label} is ${is}, not ${value}`);
  }

  async choose(label: string | RegExp, option: string): Promise<void> {
    const field = (await this.#place()).getByLabel(label, { exact: typeof label === 'string' }).last();
    if (this.#how === 'mouse') await field.selectOption(option);
    else {
      await this.#reach(field);
      await this.page.keyboard.press('Home');
      for (let i = 0; i < MAX_STOPS && (await field.inputValue()) !== option; i++)
        await this.page.keyboard.press('ArrowDown');
      if ((await field.inputValue()) !== option) throw new Error(`${label} has no ${option}`);
    }
    this.clicks++;
  }

  /** One of a list that is found by typing. */
  async pick(label: string, typed: string): Promise<void> {
    const place = await this.#place();
    await this.#type(place.getByRole('combobox', { name: label }).last(), typed);
    // Of this list: the choice of light or dark at the top has options too.
    const option = place.getByRole('listbox', { name: label }).getByRole('option').first();
    if (this.#how === 'mouse') await option.click();
    else {
      await option.waitFor();
      await this.page.keyboard.press('Enter');
    }
    this.clicks++;
  }

  async tick(name: string | RegExp): Promise<void> {
    const box = this.page.getByRole('checkbox', { name }).last();
    await this.#use(box, 'Space');
    if (!(await box.isChecked())) throw new Error(`${name} is not checked`);
  }

  /** Chooses a file. The system's own dialog, which a page cannot see, is answered for the person. */
  async attach(field: Locator, file: string): Promise<void> {
    const asked = this.page.waitForEvent('filechooser');
    await this.#use(field);
    await (await asked).setFiles(file);
  }

  /** Presses the button that ends a dialog, until it is gone. */
  async send(name: string): Promise<void> {
    await this.press(name);
    await this.done();
  }

  /** Opens a dialog, and ends it by its button of the same name. */
  async confirm(name: string): Promise<void> {
    await this.open(name);
    await this.send(name);
  }

  /** What something is called in both languages. */
  async fillBoth(what: '이름' | '제목', en: string, ko: string): Promise<void> {
    await this.fill(`영어 ${what}`, en);
    await this.fill(`한국어 ${what} (선택)`, ko);
  }

  /** Follows a link of the overview. */
  async followFromOverview(name: string | RegExp): Promise<void> {
    await this.follow('개요');
    await this.follow(name);
  }

  see = (text: string | RegExp): Promise<void> => this.page.getByText(text).first().waitFor();
  /** Until the dialog is gone. */
  done = (): Promise<void> => this.page.getByRole('dialog').waitFor({ state: 'detached' });
}

export interface Day {
  machine: Machine;
  browser: Browser;
  served: { url: string; first: string | null };
  how: How;
  /** Fingerprints of the teams' keys. */
  keys: Record<string, string>;
  /** Runs one part; its failure names it. */
  part(what: string, hand: { page: Page }, work: () => Promise<unknown>): Promise<void>;
}

/** Returns clicks and fields of the office, by part. */
export async function officersDay(day: Day): Promise<{ part: string; clicks: number; fields: number }[]> {
  const office = await Hand.at(day.browser, 1280, day.how);
  const counts: { part: string; clicks: number; fields: number }[] = [];
  const part = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const { clicks, fields } = office;
    await day.part(`officer, by ${day.how}: ${what}`, office, work);
    counts.push({ part: what, clicks: office.clicks - clicks, fields: office.fields - fields });
  };
  await part('founds the programme', () => found(office, day));
  await part('adds the organisations', () => organisations(office));
  await part('registers the rule book', () => rules(office));
  const people = new Map<string, Hand>();
  const onPhone = (role: string, what: string, act: (hand: Hand) => Promise<void>): Promise<void> => {
    const hand = people.get(role)!;
    return day.part(`${role}, on a phone: ${what}`, hand, () => act(hand));
  };
  await part('opens a call and receives two applications', () => call(office));
  await part('invites an expert', async () => people.set('expert', await invite(office, day, 'expert', 390)));
  await onPhone('expert', 'gives points for both applications', points);
  await part('decides both reviews, and forms two consortia', () => select(office));
  await part('names the keys', () => nameKeys(office, day.keys));
  await part('opens the stage, and announces its end', () => openStage(office));
  await part('invites a team', async () => people.set('team', await invite(office, day, 'consortium', 390)));
  await part('submits the run of one team', () => submitRun(office));
  await onPhone('team', 'submits its bundle', (hand) => submitBundle(hand, day));
  await onPhone('expert', 'declares, fills in and seals the form', form);
  await part('invites an evaluator', async () => people.set('evaluator', await invite(office, day, 'evaluator', 390)));
  await onPhone('evaluator', 'compares two answers without names', compare);
  await part('closes and decides the stage', () => decide(office));
  await onPhone('team', 'sees that it is out, and appeals', appeal);
  await part('answers the appeal, and makes the decision final', () => finish(office));
  await part('opens the second stage', () => secondStage(office));
  await part('verifies the log', () => verify(office));
  return counts;
}

async function found(office: Hand, { served }: Day): Promise<void> {
  await office.accept(served.first!, 'han', '한사무');
  await office.see('시작하기');
  await office.fill('식별자', 'korea');
  await office.fillBoth('이름', 'Homegrown models', '독자 모델 사업');
  await office.press('사업 만들기');
  await office.see('첫 단계까지 할 일');
}

async function organisations(office: Hand): Promise<void> {
  await office.follow('참여할 기관을 등록하십시오');
  for (const [i, { organisation }] of TEAMS.entries()) {
    // The link has opened the form.
    if (i > 0) await office.open('기관 등록');
    await office.page.getByRole('dialog').waitFor();
    await office.fillBoth('이름', organisation.en, organisation.ko);
    await office.pick('국가', '대한민국');
    await office.send('기관 등록');
    await office.see(organisation.ko);
  }
}

async function rules(office: Hand): Promise<void> {
  await office.follow('규정집');
  await office.fill('규정집 내용(YAML)', RULES);
  await office.press('확인하고 등록');
  await office.page.getByRole('link', { name: /1단계 평가/ }).waitFor();
}

async function call(office: Hand): Promise<void> {
  await office.follow('공모');
  await office.open('공모 시작');
  await office.fillBoth('제목', 'First call', '첫 공모');
  const book = office.page.getByLabel('선정에 적용할 규정집').locator('option', { hasText: '1단계 평가' });
  await office.choose('선정에 적용할 규정집', (await book.getAttribute('value'))!);
  await office.send('공모 시작');
  for (const { en, ko, organisation } of TEAMS) {
    await office.open('신청 접수');
    await office.fillBoth('이름', en, ko);
    await office.pick('주관기관', organisation.ko);
    await office.send('신청 접수');
    await office.page.getByRole('link', { name: ko, exact: true }).waitFor();
  }
}

/** User name and name, by role. */
const INVITED = {
  expert: ['yun', '윤전문'],
  consortium: ['baram', '바람'],
  evaluator: ['seo', '서평가'],
} as const;

async function invite(office: Hand, { browser, how }: Day, role: keyof typeof INVITED, width: number): Promise<Hand> {
  await office.follow('사용자');
  await office.choose('역할', role);
  if (role === 'consortium') await office.choose('컨소시엄', 'bellflower');
  await office.press('링크 만들기');
  const link = (await office.page.locator('code', { hasText: '/invitation#' }).textContent())!;
  const person = await Hand.at(browser, width, how);
  const [user, name] = INVITED[role];
  await person.accept(link, user, name);
  return person;
}

async function points(expert: Hand): Promise<void> {
  await expert.follow('공모');
  await expert.open('이해관계 없음 신고');
  await expert.send('신고');
  for (const [i, { ko }] of TEAMS.entries()) {
    await expert.follow('공모');
    await expert.follow(ko);
    await expert.open('점수 입력');
    await expert.fill(/^계획/, String(90 - i));
    await expert.send('점수 입력');
  }
}

async function select(office: Hand): Promise<void> {
  await office.follow('개요');
  await office.see(/다음 심사의 결과를 정하지 않은 신청 2건/);
  await office.follow(/다음 심사의 결과를 정하지 않은 신청/);
  const passed = (step: string) =>
    office.page.getByRole('region', { name: step }).locator('.card-head .state', { hasText: '통과' }).waitFor();
  for (const { ko } of TEAMS) {
    await office.follow(ko);
    // It follows from the points.
    await office.open('결과 입력');
    await office.press('결과 입력');
    await passed('서면평가');
    await office.open('결과 입력');
    await office.choose('결과', 'passed');
    await office.press('결과 입력');
    await passed('발표평가');
    await office.follow('공모');
  }
  for (const { ko } of TEAMS) await office.tick(`${ko} 고르기`);
  await office.confirm('컨소시엄 구성');
  await office.confirm('공모 마감');
}

async function nameKeys(office: Hand, keys: Record<string, string>): Promise<void> {
  for (const { id, ko } of TEAMS) {
    await office.followFromOverview(ko);
    await office.open('키 지정');
    await office.fill('학습에 서명하는 키', keys[id]!);
    await office.send('키 지정');
  }
}

async function openStage(office: Hand): Promise<void> {
  await office.followFromOverview('첫 단계를 시작하십시오');
  await office.fillBoth('제목', 'First stage', '1단계');
  await office.press('단계 시작');
  await office.page.getByRole('heading', { level: 1, name: '1단계' }).waitFor();
  await office.open('일정 지정');
  await office.setMoment('마감 예정 (선택)', {
    // In the order of this browser, whose own language is English.
    parts: [...'01152099', 'ArrowRight', ...'0600p'],
    value: '2099-01-15T18:00',
  });
  await office.send('일정 지정');
  await office.see('2099. 1. 15.');
}

async function submitRun(office: Hand): Promise<void> {
  await office.followFromOverview(/검증을 마친 제출물이 없는 팀/);
  await office.choose('제출하는 팀', 'azalea');
  const ours = office.page
    .getByLabel('이 기기의 학습')
    .last()
    .locator('option', { hasText: /^azalea/ });
  await office.choose('이 기기의 학습', (await ours.first().getAttribute('value'))!);
  await office.press('제출');
  await office.see('접수했습니다. 검증이 저절로 시작됩니다.');
}

async function submitBundle(team: Hand, { machine }: Day): Promise<void> {
  await team.followFromOverview('1단계: 모델을 제출하십시오');
  await team.attach(team.page.locator('input[type=file]').last(), machine.at('bellflower.tar'));
  await team.press('제출');
  await team.see('접수했습니다. 검증이 저절로 시작됩니다.');
}

async function form(expert: Hand): Promise<void> {
  await expert.followFromOverview(/평가서를 아직 제출하지 않았습니다/);
  await expert.open('이해관계 없음 신고');
  await expert.send('신고');
  for (const [i, { ko }] of TEAMS.entries()) await expert.fill(new RegExp(`^${ko}, 계획`), String(50 - 10 * i));
  await expert.open('평가서 봉인');
  await expert.press('평가서 봉인');
  await expert.see('평가서를 봉인했습니다.');
}

async function compare(evaluator: Hand): Promise<void> {
  await evaluator.follow('개요');
  // It is there once both models are audited.
  await evaluator.page.getByRole('link', { name: /비교가 더 필요합니다/ }).waitFor({ timeout: 120_000 });
  await evaluator.follow(/비교가 더 필요합니다/);
  await evaluator.fill('두 모델에 줄 글', 'The licence ');
  await evaluator.press('이어 쓰게 하기');
  await evaluator.see('답 A');
  const answers = (await evaluator.page.getByText('답 A').locator('xpath=ancestor::section[1]').textContent())!;
  if (/azalea|bellflower|진달래|도라지/i.test(answers)) throw new Error('a name is shown');
  await evaluator.press('비슷하다');
  await evaluator.see('비교 결과가 반영되었습니다.');
}

async function decide(office: Hand): Promise<void> {
  await office.follow('개요');
  await office.page.getByRole('link', { name: /모두 갖추어 마감할 수 있습니다/ }).waitFor({ timeout: 120_000 });
  await office.follow(/모두 갖추어 마감할 수 있습니다/);
  await office.see('부족한 것이 없습니다.');
  await office.confirm('단계 마감');
  // Nobody waits for the end of appeals here.
  await office.setMoment('이의 신청 기한 (선택)', {
    parts: Array(6).fill(['Backspace', 'ArrowRight']).flat(),
    value: '',
  });
  await office.press('계산하고 결정문에 서명');
  await office.see('결정됨(확정 전)');
}

async function appeal(team: Hand): Promise<void> {
  await team.followFromOverview(/탈락으로 결정되었습니다/);
  await team.fill('이의 신청 내용', '계획 점수를 다시 살펴 주십시오.');
  await team.press('이의 신청');
  await team.see('답변 대기');
}

async function finish(office: Hand): Promise<void> {
  await office.followFromOverview(/이의 신청에 답변하지 않았습니다/);
  await office.choose('결과', 'rejected');
  await office.fill('이의 신청에 대한 답변', '점수는 규정집의 기준대로 매겼습니다.');
  await office.send('답변');
  await office.confirm('결정 확정');
  await office.see('확정');
}

async function secondStage(office: Hand): Promise<void> {
  await office.follow('개요');
  await office.open('단계 시작');
  await office.fillBoth('제목', 'Second stage', '2단계');
  await office.press('단계 시작');
  await office.page.getByRole('heading', { level: 1, name: '2단계' }).waitFor();
}

async function verify(office: Hand): Promise<void> {
  await office.follow('기록부');
  await office.press('기록부 검증하기');
  await office.see('다시 계산한 결정');
}
