// `jikji program due, dates`: what waits for the office, and when stages open, close, and end their appeals.

import { JikjiError } from '../../base/index.ts';
import { type NameOptions, type NewVerb, titleOf } from './verb.ts';

interface Dates {
  opens?: string;
  closes?: string;
  appealsUntil?: string;
}

/** A moment in UTC. */
export function momentOf(option: string, text: string): string {
  const time = Date.parse(text);
  // Without a zone the same words would mean another moment on another machine.
  if (Number.isNaN(time) || !/(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new JikjiError('usage', `${option} takes a moment with its time zone`, text, 'write 2027-01-15T18:00+09:00');
  return new Date(time).toISOString();
}

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
    .argument('<stage>', 'a stage, or the id of one that is not opened yet')
    .nameOptions('title of a stage that is not opened yet')
    .option('--opens <time>', 'with its time zone; what is left out stays as it was')
    .option('--closes <time>', 'nothing closes by itself')
    .option('--appeals-until <time>', 'no appeal is taken after it, and no decision becomes final before it')
    .handle((stage: string, { opens, closes, appealsUntil, ...title }: NameOptions & Dates) => {
      const given = Object.entries({ opens, closes, appealsUntil }).flatMap(([name, text]) =>
        text === undefined ? [] : [[name, momentOf(`--${name === 'appealsUntil' ? 'appeals-until' : name}`, text)]],
      );
      return async ({ tables, room, perform }) => {
        const { opens, closes, appealsUntil } = room.datesOf(tables, stage);
        const dates = { opens, closes, appealsUntil, ...Object.fromEntries(given) };
        const named = tables.get('stages', stage) ? {} : { title: titleOf(stage, title) };
        const { seq } = await perform('setDates', { stage, ...dates, ...named }, { names: { stage: '<stage>' } });
        return {
          json: { stage, ...dates, seq },
          lines: [
            `Dates of ${stage} (entry ${seq})`,
            ...Object.entries(dates).map(([name, moment]) => `  ${name}: ${moment ?? 'not announced'}`),
          ],
        };
      };
    });
}
