// Makes a route from an act, which gives its roles, summary and input. The input comes from the path and the body. Checks no
// permissions beyond the roles: the act does.

import { z } from 'zod';
import type { SealedThing } from '../housekeeping/index.ts';
import type { Act, By } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Viewer } from '../users/index.ts';
import { actorOf } from './access.ts';
import { noteAccess, type ProgrammeRequest } from './access-notes.ts';
import type { Context, HostedProgramme } from './context.ts';
import type { Api, HandlerInput } from './route.ts';

/** The actor of an act, made from a viewer. */
export const byOf = ({ office, signal }: Context, { programme, files }: HostedProgramme, viewer: Viewer): By => ({
  ...viewer,
  actor: actorOf(viewer),
  signer: () => office.signer(programme.tables),
  files,
  signal,
});

interface ActRoute<A, I> {
  /** Default `post`. */
  method?: 'put';
  path: `/api/programmes/{programme}/${string}`;
  maxBody?: number;
  answer: A;
  /** Members of the act's input that this route does not accept. */
  without?: readonly string[];
  /** What the answer shows that may be sealed. */
  shows?: (given: I) => SealedThing[];
}

type Show<R, A> = (result: R, programme: Programme, viewer: Viewer) => z.input<A> | Promise<z.input<A>>;
/** A result without the shape of the answer needs `show`, which converts it. */
type Showing<R, A> = [R] extends [z.input<A>] ? { show?: Show<R, A> } : { show: Show<R, A> };

export function addAct<I extends z.ZodObject, R, A extends z.ZodType>(
  api: Api,
  { summary, roles, input, run }: Act<I, R>,
  { method, path, without = [], show, shows, ...rest }: ActRoute<A, z.output<I>> & Showing<R, A>,
): void {
  const members = Object.entries((input as z.ZodObject).shape).filter(([name]) => !without.includes(name));
  const isInPath = ([name]: [string, unknown]) => path.includes(`{${name}}`);
  const inPath = members
    .filter(isInPath)
    .map(([name, one]) => [name, one instanceof z.ZodOptional ? one.unwrap() : one]);
  const inBody = members.filter((member) => !isInPath(member));
  const body = inBody.length > 0 ? { body: z.strictObject(Object.fromEntries(inBody)) } : {};
  const stated = { ...(rest as Pick<ActRoute<A, never>, 'maxBody' | 'answer'>), ...body, summary, roles };
  api.on(`${method ?? 'post'} ${path}`, { ...stated, params: Object.fromEntries(inPath) }, async (asked) => {
    const { params, body, programme, viewer } = asked as HandlerInput<typeof path, undefined, object | undefined>;
    const { programme: _, ...named } = params;
    const given = { ...named, ...body } as z.output<I>;
    if (shows) await noteAccess(api.context, asked as ProgrammeRequest, shows(given));
    const result = await run(programme, given, byOf(api.context, asked, viewer));
    return (show ? show(result, programme, viewer) : result) as never;
  });
}
