// A route that is an act: who may do it, what it is called and what it takes are the act's. Its input comes from the path and from the
// body, and its result is cut to what the route answers. Guards nothing: the act does.

import { z } from 'zod';
import type { Act, By } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Viewer } from '../users/index.ts';
import { actorOf } from './access.ts';
import { type Context, type Shown, shownAs } from './context.ts';
import type { Api, Route } from './route.ts';
import { id } from './shapes/common.ts';

/** A viewer as the one who acts in a programme. */
export const byOf = ({ office, signal }: Context, { programme, files }: Shown, viewer: Viewer): By => ({
  actor: actorOf(viewer),
  role: viewer.role,
  user: viewer.user,
  consortium: viewer.consortium,
  signer: () => office.signer(programme.tables),
  files,
  signal,
});

interface ActRoute<A> extends Pick<Route, 'path' | 'maxBody'> {
  method?: 'post' | 'put';
  answer: A;
  /** Members of the input that this route does not take. */
  without?: readonly string[];
}

type Show<R, A> = (result: R, programme: Programme, viewer: Viewer) => z.input<A> | Promise<z.input<A>>;
/** What has not the form of the answer has to be brought into it. */
type Showing<R, A> = [R] extends [z.input<A>] ? { show?: Show<R, A> } : { show: Show<R, A> };

export function addAct<I extends z.ZodObject, R, A extends z.ZodType>(
  api: Api,
  context: Context,
  act: Act<I, R>,
  { method = 'post', path, answer, without = [], maxBody, show }: ActRoute<A> & Showing<R, A>,
): void {
  const { shape } = act.input as z.ZodObject;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const ofPath = (name: string) => {
    const own = shape[name] ?? id;
    return own instanceof z.ZodOptional ? own.unwrap() : own;
  };
  const inBody = Object.entries(shape).filter(([name]) => !inPath.includes(name) && !without.includes(name));
  api.on(
    {
      method,
      path,
      summary: act.summary,
      who: act.who,
      params: z.object(Object.fromEntries(inPath.map((name) => [name, ofPath(name)]))),
      ...(inBody.length > 0 && { body: z.strictObject(Object.fromEntries(inBody)) }),
      ...(maxBody !== undefined && { maxBody }),
      answer,
    },
    async (asked) => {
      const { programme: name, ...params } = asked.params as { programme: string };
      const shown = shownAs(context, name);
      const input = { ...params, ...(asked.body as object | undefined) } as z.output<I>;
      const result = await act.run(shown.programme, input, byOf(context, shown, asked.viewer));
      return answer.parse(show ? await show(result, shown.programme, asked.viewer) : result) as never;
    },
  );
}
