// Own identities at the office's log-in provider: link one, unlink it.

import { Row, Table, Time } from '../../parts/elements.tsx';
import { Failed, Loaded } from '../../parts/loaded.tsx';
import { OpenIdButton } from '../../parts/openid-button.tsx';
import { Empty } from '../../parts/page.tsx';
import { call } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import { pathOf } from '../../state/router.ts';
import type { OwnIdentity } from '../../types.ts';

export function Identities() {
  const { words } = useConsole();
  const w = words.openid;
  const data = useData<OwnIdentity[]>('/openid/identities');
  const unlink = useAction(async (issuer: string) => {
    await call('DELETE', `/openid/identities?${new URLSearchParams({ issuer })}`);
    data.again();
  });
  return (
    <Loaded data={data}>
      {(list) =>
        list.length === 0 ? (
          <>
            <Empty text={w.noIdentity} />
            <OpenIdButton begin={{ purpose: 'link' }} leaving={{ next: pathOf('account', {}) }} label={w.link} />
          </>
        ) : (
          <>
            <Failed of={unlink.failure} />
            <Table caption={w.identities} head={[w.provider, w.used, <span class="hidden">{w.unlink}</span>]}>
              {list.map(({ issuer, subject, used, only }) => (
                <Row
                  key={issuer}
                  cells={[
                    { of: issuer, note: subject },
                    used === null ? words.people.never : <Time of={used} ago />,
                    only ? (
                      w.only
                    ) : (
                      <button type="button" onClick={() => unlink.run(issuer)}>
                        {w.unlink}
                      </button>
                    ),
                  ]}
                />
              ))}
            </Table>
          </>
        )
      }
    </Loaded>
  );
}
