// Why a team is out, where its outcome stands: the reason, what the findings say, and the way to them.

import { wordFor } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { pathOf } from '../state/router.ts';
import type { ConsortiumPage } from '../types.ts';
import { Written } from './written.tsx';

type Finding = Pick<ConsortiumPage['stages'][number]['findings'][number], 'verdict' | 'text' | 'ko'>;

interface WhyOutOptions {
  programme: string;
  stage: string;
  /** Its outcome, the findings on it in this stage, and what its evidence lacks. */
  of: Pick<ConsortiumPage['stages'][number], 'reason' | 'overturned' | 'lacks'> & { findings: readonly Finding[] };
}

/** Verdicts that can take a team out. */
const EXCLUDING = ['derived', 'frozen-foreign'];

/** Nothing of a team that is in, unless an appeal has overturned a decision that left it out. */
export function WhyOut({ programme, stage, of }: WhyOutOptions) {
  const { words, format } = useConsole();
  const reason = of.reason ?? of.overturned;
  if (reason === null) return null;
  const w = words.whyOut;
  const grave = reason === 'veto' ? of.findings.filter(({ verdict }) => EXCLUDING.includes(verdict)) : [];
  const anchor = grave.length > 0 ? 'findings' : 'decision';
  const texts = grave
    .map(({ text, ko }) => (format.lang === 'ko' && ko ? ko.text : text))
    .filter((text) => text !== '')
    .concat(of.lacks.map((lack) => lack[format.lang]));
  const why = wordFor(w.reasons, reason);
  return (
    <small>
      {of.overturned !== null ? words.stage.leftOut(why) : why}{' '}
      {texts.map((text, i) => (
        <span key={i}>
          <Written text={text} />{' '}
        </span>
      ))}
      <a href={`${pathOf('stage', { programme, stage })}#${anchor}`}>{w.more[anchor]}</a>
    </small>
  );
}
