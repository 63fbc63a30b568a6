// What a run of another program states beside its chain of evidence: heads, pairs, code, environment. By its maker's word.

import { Fact, shortDigest } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Evidence } from '../types.ts';
import { Digest, Time } from './elements.tsx';
import { Written } from './written.tsx';

export function WitnessFacts({ of }: { of: NonNullable<Evidence['witness']> }) {
  const { words, format } = useConsole();
  const w = words.witness;
  const { environment, code, pairEvery, paired, heads, headCount } = of;
  const newest = heads.at(-1);
  return (
    <>
      <Fact name={w.heads}>
        {headCount === 0 ? w.noHeads : format.count(headCount)}
        {newest && (
          <small>
            {w.newest(format.count(newest.step))}, <Time of={newest.time} />,{' '}
            <code title={newest.office}>{shortDigest(newest.office)}</code>
          </small>
        )}
      </Fact>
      <Fact name={w.pairs}>
        {w.paired(format.count(paired))}
        {pairEvery !== null && pairEvery > 0 && <small>{w.pairEvery(format.count(pairEvery))}</small>}
      </Fact>
      {code && (
        <Fact name={w.code}>
          <Digest of={code.sha256} copy={w.code} />
          <small>{code.name}</small>
        </Fact>
      )}
      <Fact name={w.declared}>
        {environment === null ? (
          w.notDeclared
        ) : (
          <>
            <Written
              text={w.environment(environment.torch, environment.python, environment.device, environment.processor)}
            />
            <small>
              {w.ranks(format.count(environment.ranks), format.count(environment.threads), environment.parallel)}
            </small>
          </>
        )}
      </Fact>
    </>
  );
}
