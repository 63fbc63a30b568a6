// The router: turns a path of the address bar into a page with its parameters, and back. Knows no page's content.

import { observable } from './observable.ts';

/** Every page by its pattern; `:name` takes one segment. */
export const ROUTES = {
  home: '/',
  begin: '/begin',
  logIn: '/log-in',
  invitation: '/invitation',
  reset: '/reset',
  openid: '/openid',
  address: '/address',
  account: '/account',
  people: '/people',
  runs: '/runs',
  run: '/runs/:run',
  model: '/runs/:run/model',
  playground: '/runs/:run/playground',
  sweep: '/sweeps/:sweep',
  overview: '/p/:programme',
  organisations: '/p/:programme/organisations',
  call: '/p/:programme/call',
  application: '/p/:programme/applications/:application',
  consortium: '/p/:programme/consortia/:consortium',
  stage: '/p/:programme/stages/:stage',
  submission: '/p/:programme/submissions/:submission',
  ruleBooks: '/p/:programme/rule-books',
  newRuleBook: '/p/:programme/rule-books/new',
  ruleBook: '/p/:programme/rule-books/:digest',
  log: '/p/:programme/log',
  access: '/p/:programme/access',
  backup: '/p/:programme/backup',
  compute: '/p/:programme/compute',
  catalogue: '/p/:programme/catalogue',
  allotments: '/p/:programme/allotments',
  metering: '/p/:programme/metering',
  register: '/p/:programme/register',
  chip: '/p/:programme/chips/:chip',
  reliance: '/p/:programme/reliance',
  plan: '/p/:programme/plan',
} as const;
export type PageName = keyof typeof ROUTES;

type Names<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : never;
export type Parameters<P extends PageName> = Record<Names<(typeof ROUTES)[P]>, string>;

export type Route = { [P in PageName]: { page: P; parameters: Parameters<P> } }[PageName];

const segments = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/** The page of a path; undefined if no pattern matches. */
export function routeOf(path: string): Route | undefined {
  const given = segments(path);
  for (const [page, pattern] of Object.entries(ROUTES)) {
    const wanted = segments(pattern);
    if (wanted.length !== given.length) continue;
    const parameters: Record<string, string> = {};
    const fits = wanted.every((segment, i) => {
      if (!segment.startsWith(':')) return segment === given[i];
      try {
        parameters[segment.slice(1)] = decodeURIComponent(given[i]);
        return true;
      } catch {
        return false; // a broken escape
      }
    });
    if (fits) return { page, parameters } as Route;
  }
  return undefined;
}

export const pathOf = <P extends PageName>(page: P, parameters: Parameters<P>): string =>
  ROUTES[page].replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent((parameters as Record<string, string>)[name]),
  );

const inBrowser = typeof window !== 'undefined';
export const location = observable(inBrowser ? window.location.pathname : '/');
/** The query of the address, such as `?supplier=a`: the choices on a page, so that it can be linked. */
export const search = observable(inBrowser ? window.location.search : '');

function arrived(): void {
  search.set(window.location.search);
  location.set(window.location.pathname);
}

/** A path of the console; that of the first page in place of any other text. */
export const ownPath = (path: string): string => (routeOf(path.split('?')[0]!) && /^\/(?!\/)/.test(path) ? path : '/');

/** The path of the console that `?next=` names; the first page without one, or for a path of nowhere. */
export const nextPath = (): string => ownPath(new URLSearchParams(search.value).get('next') ?? '');

/** Goes to a path of the console, with an optional query and the anchor of a section. */
export function navigate(path: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', path);
  else history.replaceState(null, '', path);
  arrived();
  if (how === 'push') window.scrollTo(0, 0);
}

/** A link in a picture, as one of the page. */
function ofPicture(link: SVGAElement): HTMLAnchorElement {
  const anchor = document.createElement('a');
  anchor.href = link.href.baseVal;
  anchor.target = link.target.baseVal;
  return anchor;
}

/** Handles the back button and clicks on links to the console; all other links are left to the browser. */
export function startRouter(): void {
  addEventListener('popstate', arrived);
  document.addEventListener('click', (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const found = (event.target as Element).closest?.('a[href]');
    const link = found instanceof SVGAElement ? ofPicture(found) : found;
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.origin !== window.location.origin) return;
    if (link.hash !== '' && link.pathname === window.location.pathname) return; // an anchor on this page
    if (/^\/(api|decisions)\//.test(link.pathname)) return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash);
  });
}
