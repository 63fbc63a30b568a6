// `jikji program due, dates`: what waits for the office, and when stages open, close, and end their appeals.

import type { NewVerb } from './verb.ts';

export function addDue(verb: NewVerb): void {
  verb('due', 'what waits for the office, what is late first')
    .example('due')
    .handle(() => ({ tables, room }) => {
      const due = room.dueOf(tables, { role: 'office', user: null, consortium: null }, new Date());
      const when = (until: string | null, late: boolean) =>
        until === null ? '' : ` (${late ? 'late: ' : ''}until ${until})`;
      return {
        json: { due: due.map(({ text, at, until, late }) => ({ text: text.en, at, until, late })) },
        lines: due.length === 0 ? ['Nothing is due.'] : due.map((one) => `${one.text.en}${when(one.until, one.late)}`),
      };
    });

  verb('dates', 'announce when a stage opens and closes, and until when teams may appeal')
    .example('dates stage-1 --closes 2027-01-15T18:00+09:00 --appeals-until 2027-01-29T18:00+09:00')
    .takes('setDates', { stage: '<stage>', title: true })
    .option('--opens <time>', 'with its time zone; what is left out stays as it was')
    .takes('setDates', { opens: true, closes: true, appealsUntil: true })
    .does('setDates', async ({ tables, room, perform }, { stage, title, ...given }) => {
      const before = room.datesOf(tables, stage);
      const dates = {
        opens: given.opens ?? before.opens,
        closes: given.closes ?? before.closes,
        appealsUntil: given.appealsUntil ?? before.appealsUntil,
      };
      const named = tables.get('stages', stage) ? {} : { title };
      const { seq } = await perform('setDates', { stage, ...dates, ...named });
      return {
        json: { stage, ...dates, seq },
        lines: [
          `Dates of ${stage} (entry ${seq})`,
          ...Object.entries(dates).map(([name, moment]) => `  ${name}: ${moment ?? 'not announced'}`),
        ],
      };
    });
}
