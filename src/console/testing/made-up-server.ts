// A server on loopback for the built pages, with made-up responses and the content security policy of the real server. It refuses
// nothing and stores nothing; it records its requests.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Audit, FlowPicture, Me, TrainingData } from '../types.ts';
import * as made from './made-up.ts';
import * as accounts from './made-up-accounts.ts';
import { answerChunks, LAST } from './made-up-answer.ts';
import * as call from './made-up-call.ts';
import * as chain from './made-up-chain.ts';
import * as office from './made-up-office.ts';
import { planChoices, planPage } from './made-up-plan.ts';
import { answerReceipt, checkedReceipt } from './made-up-receipt.ts';
import * as ruleBook from './made-up-rule-book.ts';
import { runAudits, sameSeal, stopped, trainingData } from './made-up-run.ts';
import * as runs from './made-up-runs.ts';
import { searched } from './made-up-search.ts';
import * as witness from './made-up-witness.ts';

const PAGES = join(import.meta.dirname, '../../../dist/console');
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface MadeUp {
  url: string;
  /** The role of the viewer. */
  role: Me['viewer']['role'];
  /** The sequence number of the last entry of the log; undefined: that of the example. */
  head: number | undefined;
  /** Failures to respond with, by method and path. */
  failures: Map<
    string,
    Record<'code' | 'message' | 'input' | 'hint', string> & { status: number; ko?: Record<'message' | 'hint', string> }
  >;
  /** Method, path and query of every request. */
  asked: string[];
  /** Body of the last writing request. */
  body: string;
  /** Whether a checked catalogue needs a higher version. */
  stale: boolean;
  /** The picture of the value chain; undefined: that of the example. */
  picture: FlowPicture | undefined;
  /** Where a reading of the accounting comes from. */
  by: 'sacct' | 'file';
  /** What every run was trained on, in place of the example. */
  trainingData: TrainingData | undefined;
  /** Whether answers of models never end. */
  hold: boolean;
  /** The page of runs. */
  runs: runs.MadeUpRuns;
  /** Closes all connections, and accepts none until `rise`. */
  fall(): Promise<void>;
  rise(): Promise<void>;
  /** Sends an event to every stream of a path. */
  tell(path: string, event: string, data: unknown, id?: string): void;
  close(): Promise<void>;
}

type Answer = (match: RegExpExecArray, query: URLSearchParams, server: MadeUp) => unknown;
const GETS: [RegExp, Answer][] = [
  [/^\/api\/me$/, (_, __, { role }) => made.me(role)],
  [
    /^\/api\/programmes\/practice$/,
    (_, __, { head }) => ({
      ...made.overview,
      head: { ...made.overview.head, seq: head ?? made.overview.head.seq },
    }),
  ],
  [
    /^\/api\/programmes\/practice\/log$/,
    (_, query) => ({ ...made.log, entries: made.log.entries.slice(-Number(query.get('count'))) }),
  ],
  [/^\/api\/programmes\/practice\/consortia\/azalea$/, () => made.consortium],
  [/^\/api\/countries$/, () => call.countries],
  [/^\/api\/programmes\/practice\/organisations$/, () => call.organisations],
  [/^\/api\/programmes\/practice\/calls$/, () => call.calls],
  [/^\/api\/programmes\/practice\/calls\/call-1$/, () => call.emptyCall],
  [/^\/api\/programmes\/practice\/calls\/call-2$/, (_, __, { role }) => call.callPage(role)],
  [/^\/api\/programmes\/practice\/applications\/([\w-]+)$/, ([, id], _, { role }) => call.applicationPage(id!, role)],
  [/^\/api\/rule-book-templates$/, () => ruleBook.templates],
  [/^\/api\/programmes\/practice\/rule-books$/, () => made.books],
  [/^\/api\/programmes\/practice\/rule-books\/\w+$/, () => made.book],
  [/^\/api\/programmes\/practice\/stages\/stage-1$/, (_, __, { role }) => made.decidedStage(role)],
  [/^\/api\/programmes\/practice\/stages\/stage-2$/, (_, __, { role }) => made.openStage(role)],
  [/^\/api\/programmes\/practice\/stages\/stage-2\/form$/, () => made.blank],
  [/^\/api\/programmes\/practice\/opening$/, () => made.lackingToOpen],
  [/^\/api\/programmes\/practice\/compute$/, () => chain.compute],
  [/^\/api\/programmes\/practice\/metering$/, () => office.metering],
  [
    /^\/api\/programmes\/practice\/metering\/[ef]{24}$/,
    (_, __, { asked, by }) => {
      const isRead = by === 'sacct' || asked.some((one) => one.endsWith('/file'));
      return office.reading(isRead ? 'read' : 'waiting', by);
    },
  ],
  [/^\/api\/programmes\/practice\/register\/entries$/, () => office.register],
  [/^\/api\/programmes\/practice\/register\/heads\/(\w+)$/, ([, head]) => office.registerHead(head)],
  [/^\/api\/programmes\/practice\/chips\/nw100$/, () => chain.chip],
  [/^\/api\/programmes\/practice\/reliance$/, () => chain.reliance],
  [
    /^\/api\/programmes\/practice\/reliance\/chain$/,
    (_, __, { picture }) => (picture ? { ...chain.chain, picture } : chain.chain),
  ],
  [/^\/api\/programmes\/practice\/reliance\/what-if$/, (_, query, { picture }) => chain.whatIf(query, picture)],
  [/^\/api\/programmes\/practice\/reliance\/smallest$/, (_, query) => chain.smallest(query)],
  [/^\/api\/programmes\/practice\/reliance\/choices$/, () => chain.choices],
  [/^\/api\/programmes\/practice\/plans\/choices$/, () => planChoices],
  [/^\/api\/programmes\/practice\/submissions\/azalea-1$/, () => made.submission],
  [/^\/api\/programmes\/practice\/submissions\/azalea-1\/curve$/, () => made.curve(1, 1000, 600)],
  [/^\/api\/programmes\/practice\/lodgings$/, () => made.lodgings],
  [/^\/api\/runs\/([\w-]+)\/lodgings$/, () => made.lodgings],
  [/^\/api\/search$/, (_, query) => searched(query.get('q') ?? '')],
  [/^\/api\/runs$/, () => made.runs],
  [/^\/api\/run-table$/, (_, query, server) => runs.runTable(query, server.runs, server.asked.length)],
  [/^\/api\/run-curves$/, (_, query) => runs.runCurves(query)],
  [/^\/api\/run-differences$/, (_, query) => runs.runDifferences(query)],
  [/^\/api\/runs\/llama-4b1d$/, () => witness.witnessedDetail()],
  [/^\/api\/runs\/llama-4b1d\/evidence$/, () => witness.witnessedEvidence()],
  [/^\/api\/runs\/llama-4b1d\/family$/, () => ({ learned: null, ancestors: [], complete: false, children: [] })],
  [/^\/api\/audits\/audit-2$/, () => witness.witnessedAudit()],
  [/^\/api\/runs\/([\w-]+)$/, ([, id]) => made.runDetail(id)],
  [/^\/api\/runs\/([\w-]+)\/family$/, ([, id]) => made.family(!id.startsWith('hello'))],
  [/^\/api\/runs\/([\w-]+)\/training-data$/, ([, id], _, server) => server.trainingData ?? trainingData(id!)],
  [/^\/api\/runs\/small-77aa21\/submissions$/, () => sameSeal],
  [/^\/api\/runs\/([\w-]+)\/submissions$/, () => []],
  [/^\/api\/runs\/([\w-]+)\/audits$/, ([, id]) => runAudits(id!, audited)],
  [/^\/api\/runs\/([\w-]+)\/evidence$/, ([, id]) => made.evidence(!id.startsWith('hello'))],
  [
    /^\/api\/runs\/([\w-]+)\/curve$/,
    ([, id], query) => {
      const number = (name: string, or: number) => Number(query.get(name) ?? or);
      const curve = made.curve(number('from', 1), number('to', 100_000), number('points', 1500));
      return id === 'seed-2-5e2f' ? { ...curve, loss: curve.loss.map((loss) => (loss ?? 0) + 1) } : curve;
    },
  ],
  [/^\/api\/runs\/([\w-]+)\/model$/, () => made.card],
  [/^\/api\/runs\/[\w-]+\/receipts\/\w{32}$/, () => answerReceipt],
  [/^\/api\/audits\/audit-1$/, () => audited ?? made.audit(0.4)],
  [/^\/api\/invitations$/, () => made.invitations],
  [/^\/api\/users$/, () => made.users],
  [/^\/api\/tokens$/, () => made.tokens],
  [/^\/api\/log-ins$/, () => accounts.logIns],
  [/\/account-changes$/, (_, query) => (query.has('before') ? [] : accounts.accountChanges)],
  [/\/access$/, (_, query) => (query.has('before') ? accounts.accesses.slice(-2) : accounts.accesses)],
  [/\/backups$/, () => accounts.backups],
  [/\/backups\/b4$/, () => ({})],
  [/\/verification$/, (_, __, { role }) => (role === 'auditor' ? accounts.refuted : accounts.verified)],
  [/^\/api\/mail$/, () => made.ownMail],
  [/^\/api\/mail\/outbox$/, () => made.outbox],
  [/^\/api\/openid$/, () => made.openid],
  [/^\/api\/openid\/identities$/, () => made.identities],
];
/** The response to a sealed form. */
export const SEALED = { id: 'form-2', commitment: 'c'.repeat(64), nonce: 'd'.repeat(64) };
const POSTS: [RegExp, Answer][] = [
  [
    /^\/api\/run-tags$/,
    (_, __, server) => {
      const { runs: ids, tag, on } = JSON.parse(server.body) as { runs: string[]; tag: string; on: boolean };
      const { tags } = server.runs;
      for (const id of ids) {
        const others = (tags.get(id) ?? []).filter((one) => one !== tag);
        tags.set(id, on ? [...others, tag] : others);
      }
      return { changed: ids.length };
    },
  ],
  [/\/catalogue\/check$/, (_, __, { stale }) => ({ ...office.checkedCatalogue, ...(!stale && { stale: [] }) })],
  [/\/allotments\/check$/, () => office.checkedAllotments],
  [/\/allotments\/all$/, () => ({ entries: [{ seq: 62 }, { seq: 63 }] })],
  [
    /\/metering$/,
    (_, __, made) => {
      made.by = made.body.includes('"by":"file"') ? 'file' : 'sacct';
      return office.reading(made.by === 'file' ? 'waiting' : 'reading', made.by);
    },
  ],
  [/\/metering\/[ef]+\/file$/, () => office.reading('reading', 'file')],
  [/\/metering\/[ef]+\/preview$/, () => office.preview],
  [/\/metering\/[ef]+\/register$/, () => ({ recorded: 2, unnamed: [] })],
  [/\/lodgings$/, () => office.answered],
  [/\/submissions\/[\w-]+\/audits$/, () => made.submission.joined],
  [
    /\/audit-parts$/,
    () => ({
      part: { from: 13, to: 16, steps: 48, share: 0.125, segments: 32 },
      command: 'jikji audit azalea-1.tar --segments 13-16 --sign azalea-1-13-16.json',
      bundle: 'b'.repeat(64),
    }),
  ],
  [/\/plans$/, (_, __, { body }) => planPage(body)],
  [/\/rule-books\/check$/, (_, __, { body }) => ruleBook.checked(body)],
  [/\/rule-books$/, () => ({ name: 'research-grant', version: 1, digest: 'e'.repeat(64) })],
  [/\/receipt-checks$/, (_, __, { body }) => checkedReceipt(!body.includes('tampered'))],
  [
    /\/llama-4b1d\/audits$/,
    () => {
      audited = { ...witness.witnessedAudit(), id: 'audit-2' };
      return audited;
    },
  ],
  [
    /\/audits$/,
    () => {
      audited = made.audit(0);
      return audited;
    },
  ],
  [
    /\/audits\/audit-1$/,
    () => {
      audited = stopped;
      return audited;
    },
  ],
  [/\/forms$/, () => SEALED],
  [/\/questions$/, () => ({ id: 'abc', prompt: 'The river ', first: 'is wide.', second: 'runs.' })],
  [/\/questions\/abc$/, () => ({ first: 'azalea', second: 'bellflower' })],
  [/\/resets\/look$/, () => ({ user: 'kim', expires: made.tokens[0].expires })],
  [/\/backups$/, () => ({ id: 'b4' })],
  [
    /\/users\/[\w-]+\/reset$/,
    () => ({ id: 'park', token: 'tok', link: 'http://x/reset#tok', expires: made.tokens[0].expires, mailed: true }),
  ],
  [/\/mail\/invitations$/, () => ({ id: 'i3', address: 'lee@azalea.example', expires: made.tokens[0].expires })],
  [/\/openid\/begin$/, () => ({ url: '/openid?code=c&state=s' })],
  [/\/openid\/finish$/, (_, __, { role }) => ({ purpose: 'log-in', viewer: made.me(role).viewer })],
  [/\/invitations\/look$/, () => made.invitations[0]],
  [
    /\/invitations$/,
    () => ({ id: 'i2', token: 'tok', link: 'http://x/invitation#tok', expires: made.tokens[0].expires }),
  ],
  [/./, () => ({})],
];

/** The audit of the last event, for later requests. */
let audited: Audit | undefined;

export async function madeUp(): Promise<MadeUp> {
  const streams = new Map<ServerResponse, string>();
  audited = undefined;
  const made: MadeUp = {
    url: '',
    role: 'office',
    head: undefined,
    failures: new Map(),
    asked: [],
    body: '',
    stale: true,
    picture: undefined,
    by: 'sacct',
    trainingData: undefined,
    hold: false,
    runs: { count: 0, tags: new Map([['small-77aa21', ['baseline', '기준']]]), gone: '', pace: 0 },
    async fall() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    rise: () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve)),
    tell(path, event, data, id) {
      if (event === 'audit') audited = data as Audit;
      for (const [stream, at] of streams)
        if (at === path)
          stream.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
    },
    close: () => made.fall(),
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://127.0.0.1');
    const method = request.method!;
    if (!pathname.startsWith('/api/')) return page(pathname, response);
    const after = request.headers['last-event-id'];
    made.asked.push(`${method} ${request.url}${after === undefined ? '' : ` last-event-id ${after}`}`);
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const failure = made.failures.get(`${method} ${pathname}`);
    if (method !== 'GET') {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      made.body = Buffer.concat(parts).toString();
    }
    if (failure) {
      const { status, ...error } = failure;
      return json({ error }, status);
    }
    if (pathname.endsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 200\n\n');
      streams.set(response, pathname);
      request.on('close', () => streams.delete(response));
      return;
    }
    if (pathname.endsWith('/rehearse')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: progress\ndata: {"share":0.5}\n\n');
      if (made.hold) return; // until the page goes away
      return response.end(`event: result\ndata: ${JSON.stringify(ruleBook.rehearsal)}\n\n`);
    }
    if (pathname.endsWith('/completions')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const chunk of answerChunks(pathname.endsWith('/chat/completions'))) {
        if (made.hold && chunk === LAST) return; // until the page goes away
        response.write(`data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`);
      }
      return response.end();
    }
    for (const [pattern, answer] of method === 'GET' ? GETS : POSTS) {
      const match = pattern.exec(pathname);
      if (match) return json(answer(match, searchParams, made));
    }
    json({ error: { code: 'not-found', message: 'there is no such route', input: pathname, hint: 'look again' } }, 404);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  made.url = `http://127.0.0.1:${port}`;
  return made;
}

function page(pathname: string, response: ServerResponse): void {
  const asset = pathname.startsWith('/assets/');
  const headers = {
    'content-security-policy': POLICY,
    'content-type': asset ? (TYPES[extname(pathname)] ?? 'text/plain') : 'text/html; charset=utf-8',
  };
  response.writeHead(200, headers).end(readFileSync(join(PAGES, asset ? pathname : 'index.html')));
}
