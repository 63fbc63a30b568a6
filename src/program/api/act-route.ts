// A route that is an act: who may do it, what it is called and what it takes are the act's. Its input comes from the path and from the
// body. Guards nothing: the act does.

import { z } from 'zod';
import type { Act, By } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Viewer } from '../users/index.ts';
import { actorOf } from './access.ts';
import type { Context, Shown } from './context.ts';
import type { Api, Asked } from './route.ts';

/** A viewer as the one who acts in a programme. */
export const byOf = ({ office, signal }: Context, { programme, files }: Shown, viewer: Viewer): By => ({
  ...viewer,
  actor: actorOf(viewer),
  signer: () => office.signer(programme.tables),
  files,
  signal,
});

interface ActRoute<A> {
  /** Where it is not `post`. */
  method?: 'put';
  path: `/api/programmes/{programme}/${string}`;
  maxBody?: number;
  answer: A;
  /** Members of the input that this route does not take. */
  without?: readonly string[];
}

type Show<R, A> = (result: R, programme: Programme, viewer: Viewer) => z.input<A> | Promise<z.input<A>>;
/** What has not the form of the answer has to be brought into it. */
type Showing<R, A> = [R] extends [z.input<A>] ? { show?: Show<R, A> } : { show: Show<R, A> };

export function addAct<I extends z.ZodObject, R, A extends z.ZodType>(
  api: Api,
  { summary, who, input, run }: Act<I, R>,
  { method, path, without = [], show, ...rest }: ActRoute<A> & Showing<R, A>,
): void {
  const members = Object.entries((input as z.ZodObject).shape).filter(([name]) => !without.includes(name));
  const isInPath = ([name]: [string, unknown]) => path.includes(`{${name}}`);
  const inPath = members
    .filter(isInPath)
    .map(([name, one]) => [name, one instanceof z.ZodOptional ? one.unwrap() : one]);
  const inBody = members.filter((member) => !isInPath(member));
  const body = inBody.length > 0 ? { body: z.strictObject(Object.fromEntries(inBody)) } : {};
  const stated = { ...(rest as Pick<ActRoute<A>, 'maxBody' | 'answer'>), ...body, summary, who };
  api.on(`${method ?? 'post'} ${path}`, { ...stated, params: Object.fromEntries(inPath) }, async (asked) => {
    const { params, body, programme, viewer } = asked as Asked<typeof path, undefined, object | undefined>;
    const { programme: _, ...named } = params;
    const given = { ...named, ...body } as z.output<I>;
    const result = await run(programme, given, byOf(api.context, asked, viewer));
    return (show ? show(result, programme, viewer) : result) as never;
  });
}
