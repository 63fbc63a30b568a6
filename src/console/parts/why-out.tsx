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
  reason: string;
  /** On this team in this stage. */
  findings: readonly Finding[];
  /** What its evidence lacks. */
  lacks: ConsortiumPage['stages'][number]['lacks'];
}

/** Verdicts that can take a team out. */
const EXCLUDING = ['derived', 'frozen-foreign'];

export function WhyOut({ programme, stage, reason, findings, lacks }: WhyOutOptions) {
  const { words, format } = useConsole();
  const w = words.whyOut;
  const grave = reason === 'veto' ? findings.filter(({ verdict }) => EXCLUDING.includes(verdict)) : [];
  const anchor = grave.length > 0 ? 'findings' : 'decision';
  const texts = grave
    .map(({ text, ko }) => (format.lang === 'ko' && ko ? ko.text : text))
    .filter((text) => text !== '')
    .concat(lacks.map((lack) => lack[format.lang]));
  return (
    <small>
      {wordFor(words.whyOut.reasons, reason)}{' '}
      {texts.map((text, i) => (
        <span key={i}>
          <Written text={text} />{' '}
        </span>
      ))}
      <a href={`${pathOf('stage', { programme, stage })}#${anchor}`}>{w.more[anchor]}</a>
    </small>
  );
}
