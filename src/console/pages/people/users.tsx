// The users of the server, and what the office does with an account.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Copy, Row, State, Table, Time } from '../../parts/elements.tsx';
import { Form } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { BelongsTo } from '../../parts/membership.tsx';
import { Empty } from '../../parts/page.tsx';
import { call, post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import type { Person, ResetMade } from '../../types.ts';
import { useMembership } from './membership.tsx';

const pathOfUser = (user: string) => `/users/${encodeURIComponent(user)}`;

export function Users({ list, onDone }: { list: Person[]; onDone: () => void }) {
  const { words } = useConsole();
  const p = words.people;
  const [made, setMade] = useState<ResetMade & { user: string }>();
  if (list.length === 0) return <Empty text={p.noUsers} />;
  return (
    <>
      <div role="status">{made && <ResetLink {...made} />}</div>
      <Table
        caption={p.usersCaption}
        head={[p.user, p.role, p.who, words.common.status, p.lastSeen, <span class="hidden">{words.users.acts}</span>]}
      >
        {list.map((one) => (
          <Row
            key={one.user}
            cells={[
              { of: one.name, note: one.user },
              words.roles[one.role],
              <BelongsTo {...one} />,
              {
                of: <State of={one.blocked ? 'refused' : 'active'} text={one.blocked ? p.blocked : p.active} />,
                note: <ResetState of={one.reset} />,
              },
              one.lastSeen === null ? p.never : <Time of={one.lastSeen} ago />,
              <Acts of={one} onDone={onDone} onLink={(link) => setMade({ ...link, user: one.user })} />,
            ]}
          />
        ))}
      </Table>
    </>
  );
}

/** Whether the newest link for a new password was used; nothing of one that expired long ago. */
function ResetState({ of }: { of: Person['reset'] }) {
  const { words, format } = useConsole();
  const w = words.users;
  if (of === null) return null;
  if (of.used !== null) return w.resetUsed(format.moment(of.used));
  return new Date(of.expires) > new Date() ? w.resetOpen(format.moment(of.expires)) : w.resetLate;
}

function ResetLink({ user, link, expires, mailed }: ResetMade & { user: string }) {
  const { words } = useConsole();
  const w = words.users;
  return (
    <div class="notice good">
      <div class="stacked">
        <p>{w.link(user)}</p>
        <p>
          <code>{link}</code> <Copy text={link} label={w.reset} />
        </p>
        <p class="soft">
          {words.people.expires} <Time of={expires} />
        </p>
        {mailed && <p>{w.resetMailed}</p>}
      </div>
    </div>
  );
}

interface Deeds {
  of: Person;
  onDone: () => void;
  onLink: (link: ResetMade) => void;
}

function Acts({ of, onDone, onLink }: Deeds) {
  const { words } = useConsole();
  const w = words.users;
  const { user, blocked } = of;
  return (
    <div class="buttons">
      <DialogButton label={w.changeRoleOf(user)} face={w.changeRole} onDone={onDone}>
        {(done) => <ChangeRole of={of} done={done} />}
      </DialogButton>
      {!blocked && (
        <DialogButton label={w.resetOf(user)} face={w.reset} onDone={onDone}>
          {(done) => (
            <Deed
              text={w.resetText}
              label={w.makeLink}
              done={done}
              work={async () => onLink(await post(`${pathOfUser(user)}/reset`))}
            />
          )}
        </DialogButton>
      )}
      <DialogButton label={w.endOf(user)} face={w.end} onDone={onDone}>
        {(done) => (
          <Deed text={w.endText} label={w.end} done={done} work={() => call('DELETE', `${pathOfUser(user)}/log-ins`)} />
        )}
      </DialogButton>
      <Block of={of} onDone={onDone} />
    </div>
  );
}

function Block({ of: { user, blocked }, onDone }: Pick<Deeds, 'of' | 'onDone'>) {
  const { words } = useConsole();
  const p = words.people;
  const action = useAction(async () => {
    await call('PATCH', pathOfUser(user), { blocked: !blocked });
    onDone();
  });
  return (
    <>
      <button type="button" aria-label={(blocked ? p.unblockWhich : p.blockWhich)(user)} onClick={() => action.run()}>
        {blocked ? p.unblock : p.block}
      </button>
      <Failed of={action.failure} />
    </>
  );
}

/** A deed of one press, with what it does. */
function Deed({
  text,
  label,
  work,
  done,
}: {
  text: string;
  label: string;
  work: () => Promise<unknown>;
  done: () => void;
}) {
  const action = useAction(async () => {
    await work();
    done();
  });
  return (
    <Form action={action} label={label}>
      <p>{text}</p>
    </Form>
  );
}

function ChangeRole({ of, done }: { of: Person; done: () => void }) {
  const { words } = useConsole();
  const w = words.users;
  const path = `${pathOfUser(of.user)}/role`;
  const { membership, fields, forget } = useMembership(path, of);
  const action = useAction(async () => {
    await call('PUT', path, membership);
    forget();
    done();
  });
  return (
    <Form action={action} label={w.changeRole}>
      <p>{w.changeText}</p>
      {fields}
    </Form>
  );
}
