// Which entries of a programme's log are told, and to whom. Roles and the rule book say who may see what an entry says; the texts say less.

import type { Json } from '../../ledger/index.ts';
import type { NewNotice } from '../database/index.ts';
import type { Entry } from '../log/index.ts';
import { canSeeAudit } from '../office/index.ts';
import { isRecord, type Tables } from '../state/index.ts';
import type { Composer, Text, Thing } from './compose.ts';
import type { ChosenKind, MailLang } from './kinds.ts';
import { newMessageId } from './message-id.ts';
import { membershipOf, type Recipient } from './recipients.ts';

/** Something to tell. */
interface News {
  kind: ChosenKind;
  isFor(person: Recipient): boolean;
  textIn(lang: MailLang): Text;
}

/** What is older was not told in time: the server did not run, or sent no mail. */
const MAX_AGE_MS = 3 * 86_400_000;

type Data = Record<string, Json>;

const STAGE_NEWS: Record<string, 'opened' | 'closed' | 'decided' | 'final'> = {
  'stage-opened': 'opened',
  'stage-closed': 'closed',
  'decision-made': 'decided',
  'decision-recorded': 'decided',
  'decision-final': 'final',
};

const stageOf = (tables: Tables, id: string) => {
  const row = tables.get('stages', id)!;
  return { row, thing: { id, title: row.title } };
};

/** People of a stage: teams that take part, everybody else with a role in its programme, the office. */
function newsOfStage(tables: Tables, composer: Composer, programme: Thing, { kind, data }: Entry): News {
  const { row, thing } = stageOf(tables, String((data as Data).stage ?? (data as Data).id));
  return {
    kind: 'stages',
    isFor: ({ role, consortium }) =>
      role !== 'consortium' || (consortium !== null && row.consortia.includes(consortium)),
    textIn: (lang) => composer.stage(lang, STAGE_NEWS[kind]!, programme, thing),
  };
}

const isOfTeam = ({ role, consortium }: Recipient, team: string): boolean =>
  role === 'consortium' && consortium === team;

function newsOf(tables: Tables, composer: Composer, programme: Thing, entry: Entry): News | undefined {
  const data = entry.data as Data;
  if (Object.hasOwn(STAGE_NEWS, entry.kind)) return newsOfStage(tables, composer, programme, entry);
  if (entry.kind === 'submission-audited' || entry.kind === 'submission-refused') {
    const row = tables.get('submissions', String(data.submission))!;
    const what = entry.kind === 'submission-audited' ? 'audited' : 'refused';
    return {
      kind: 'submissions',
      isFor: (person) => isOfTeam(person, row.consortium) && canSeeAudit(person, tables, row),
      textIn: (lang) => composer.submission(lang, what, programme, row.id),
    };
  }
  if (entry.kind !== 'appeal-answered') return undefined;
  const appeal = tables.get('appeals', String(data.appeal))!;
  return {
    kind: 'appeals',
    isFor: (person) => isOfTeam(person, appeal.consortium),
    textIn: (lang) => composer.appeal(lang, programme, stageOf(tables, appeal.stage).thing),
  };
}

/** Notices of one entry, at most one for each person; none to its actor, and none in a record of what others did. */
export function noticesOf(
  entry: Entry,
  {
    tables,
    people,
    composer,
    domain,
    now,
  }: { tables: Tables; people: readonly Recipient[]; composer: Composer; domain: string; now: Date },
): NewNotice[] {
  const [row] = tables.all('programmes');
  if (!row || isRecord(tables) || now.getTime() - Date.parse(entry.time) > MAX_AGE_MS) return [];
  const news = newsOf(tables, composer, { id: row.id, title: row.name }, entry);
  if (!news) return [];
  return people
    .filter((person) => person.role === 'office' || person.programme === row.id)
    .filter((person) => person.kinds.includes(news.kind) && news.isFor(person))
    .filter((person) => entry.actor !== `${person.role}:${person.user}`)
    .map((person) => ({
      messageId: newMessageId(domain),
      key: `log:${row.id}:${entry.link}:${person.user}`,
      kind: news.kind,
      userId: person.user,
      address: person.address,
      membership: membershipOf(person),
      lang: person.lang,
      ...news.textIn(person.lang),
      createdAt: now,
    }));
}
