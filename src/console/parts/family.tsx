// What a run began with, back to drawn weights or to a model that nobody made here; and the runs that began with it. As recorded.

import { useConsole } from '../state/context.ts';
import { pathOf } from '../state/router.ts';
import type { Family as FamilyOf } from '../types.ts';
import { Digest } from './elements.tsx';

type Ancestor = FamilyOf['ancestors'][number];

export function Family({ of: { ancestors, complete, children }, name }: { of: FamilyOf; name: string }) {
  const { words } = useConsole();
  const w = words.family;
  return (
    <>
      <ol class="family">
        <li>
          <strong>{name}</strong>
        </li>
        {ancestors.map((one) => (
          <li key={one.kind === 'run' ? one.seal : 'model'}>
            <span class="soft">{w.beganWith}</span> <Named of={one} />
          </li>
        ))}
        {ancestors.at(-1)?.kind !== 'model' && <li class="soft">{complete ? w.drawn : w.notKnown}</li>}
      </ol>
      {children.length > 0 && (
        <>
          <p class="soft">{w.children}</p>
          <ul>
            {children.map(({ id, name }) => (
              <li key={id}>
                <a href={pathOf('run', { run: id })}>{name}</a>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Named({ of }: { of: Ancestor }) {
  const { words } = useConsole();
  const w = words.family;
  if (of.kind === 'model')
    return (
      <>
        {w.model}
        <ul>
          {of.files.map(({ name, sha256 }) => (
            <li key={name}>
              <code>{name}</code> <Digest of={sha256} />
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <>
      {of.run ? <a href={pathOf('run', { run: of.run.id })}>{of.run.name}</a> : w.elsewhere}{' '}
      <span class="soft">{words.evidence.seal}</span> <Digest of={of.seal} />
    </>
  );
}
