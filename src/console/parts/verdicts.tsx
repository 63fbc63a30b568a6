// A verdict with its claim, and the checks behind it.

import { wordFor } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Check, Claims } from '../types.ts';
import type { Words } from '../words/words.ts';
import { ClaimStamp } from './claim.tsx';
import { State, VerdictState } from './elements.tsx';
import { Told } from './told.tsx';

/** The name of a check, of our own runs or of those of another program. */
export const checkName = (words: Words, name: string): string =>
  Object.hasOwn(words.witness.names, name) ? wordFor(words.witness.names, name) : wordFor(words.checks, name);

export function Verdicts({
  verdict,
  claim,
  checks,
  witnessed,
}: {
  verdict: string;
  claim: Claims;
  /** Whether another program trained it: then no check says that something holds. */
  witnessed: boolean;
  checks: (Omit<Check, 'verdict'> & { verdict: string })[];
}) {
  const { words } = useConsole();
  const w = words.audit;
  return (
    <>
      <ClaimStamp verdict={verdict} claim={claim} title={w.verdict} />
      <h3>{w.checks}</h3>
      <ul class="check-rows">
        {checks.map((check) => (
          <li key={check.name}>
            <div>
              <strong>{checkName(words, check.name)}</strong>
              <br />
              {witnessed ? (
                <State of={check.verdict} text={wordFor(words.witness.found, check.verdict)} />
              ) : (
                <VerdictState of={check.verdict} />
              )}
            </div>
            <div>
              {!witnessed && Object.hasOwn(words.checkQuestions, check.name) && (
                <p class="soft">{wordFor(words.checkQuestions, check.name)}</p>
              )}
              <Found of={check} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What a check found, line by line. Where one language was cut short, its last line says so. */
function Found({ of: { detail, ko } }: { of: Pick<Check, 'detail' | 'ko'> }) {
  const { lang } = useConsole().format;
  const [english, korean] = [detail.split('\n'), ko?.split('\n')];
  const lines = (lang === 'ko' && korean) || english;
  return lines.map((_, i) => <Told key={i} of={{ en: english[i] ?? '', ko: korean?.[i] }} />);
}
