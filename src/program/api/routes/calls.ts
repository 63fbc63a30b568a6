// Routes of organisations, calls and applications: files, reviewers' points, results, selection.

import { z } from 'zod';
import { countryCodes } from '../../../formats/index.ts';
import { readApplicationFile } from '../../intake/index.ts';
import { ACTS, canSeeFiles, notPublic } from '../../office/index.ts';
import { fileName, requireRow } from '../../state/index.ts';
import { noteAccess } from '../access-notes.ts';
import { addAct, byOf } from '../act-route.ts';
import { TEXT } from '../body.ts';
import { applicationPageOf, callPageOf, callRow, organisationsOf } from '../call-pages.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';
import * as shape from '../shapes/calls.ts';
import { digest, recorded } from '../shapes/common.ts';
import { piecesOf } from '../upload.ts';

const PROGRAMME = '/api/programmes/{programme}';
const CALL = `${PROGRAMME}/calls/{call}`;
const APPLICATION = `${PROGRAMME}/applications/{application}`;

/** Always saved, never shown: what applicants send could be a page with scripts. */
const attachment = (name: string): string => {
  const plain = name.replace(/[^\w.-]/g, '_');
  const whole = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
};

export function addCalls(api: Api): void {
  api.on(
    'get /api/countries',
    { summary: 'Codes of all countries, ISO 3166', roles: EVERYBODY, answer: z.array(z.string()) },
    () => countryCodes(),
  );
  api.on(
    `get ${PROGRAMME}/organisations`,
    { summary: 'All organisations', roles: EVERYBODY, answer: shape.organisations },
    ({ tables }) => organisationsOf(tables),
  );
  addAct(api, ACTS.addOrganisation, { path: `${PROGRAMME}/organisations`, answer: recorded });

  api.on(`get ${PROGRAMME}/calls`, { summary: 'All calls', roles: EVERYBODY, answer: shape.calls }, ({ tables }) =>
    tables.all('calls').map((row) => callRow(tables, row)),
  );
  addAct(api, ACTS.openCall, { path: `${PROGRAMME}/calls`, maxBody: TEXT, answer: recorded });
  api.on(
    `get ${CALL}`,
    { summary: 'A call and its applications', roles: EVERYBODY, answer: shape.callPage },
    ({ tables, params, viewer }) => callPageOf(tables, params.call, viewer),
  );
  addAct(api, ACTS.closeCall, { path: `${CALL}/close`, answer: recorded });
  addAct(api, ACTS.receiveApplication, { path: `${CALL}/applications`, maxBody: TEXT, answer: recorded });
  addAct(api, ACTS.declareForCall, { path: `${CALL}/interests`, maxBody: TEXT, answer: recorded });
  addAct(api, ACTS.selectApplications, { path: `${CALL}/selection`, maxBody: TEXT, answer: shape.selected });

  api.on(
    `get ${APPLICATION}`,
    { summary: 'An application', roles: EVERYBODY, answer: shape.applicationPage },
    async ({ programme, tables, params, viewer, c }) => {
      const page = applicationPageOf(tables, params.application, viewer);
      const shows = page.files !== null || page.steps.some(({ reviews }) => reviews.length > 0);
      if (shows) await noteAccess(api.context, { programme, viewer, c }, [{ what: 'application', of: page.id }]);
      return page;
    },
  );
  addAct(api, ACTS.giveReview, { path: `${APPLICATION}/reviews`, maxBody: TEXT, answer: recorded });
  addAct(api, ACTS.reviewApplication, { path: `${APPLICATION}/results`, maxBody: TEXT, answer: recorded });
  addFiles(api);
}

function addFiles(api: Api): void {
  api.on(
    `post ${APPLICATION}/files`,
    {
      summary: ACTS.addApplicationFile.summary,
      roles: ACTS.addApplicationFile.roles,
      query: z.object({ name: fileName, sha256: digest.optional() }),
      requestType: 'application/octet-stream',
      answer: shape.fileAdded,
    },
    ({ params: { application }, query, viewer, c, ...place }) => {
      const given = { application, ...query, path: 'the upload', pieces: piecesOf(c.req.raw.body, c.get('remains')) };
      return ACTS.addApplicationFile.run(place.programme, given, byOf(api.context, place, viewer));
    },
  );
  api.on(
    `get ${APPLICATION}/files/{digest}`,
    {
      summary: 'A file of an application, to save',
      roles: ['office', 'expert'],
      params: { digest },
      responseType: 'application/octet-stream',
    },
    async ({ programme, tables, files, params, viewer, c }) => {
      const row = requireRow(tables, 'applications', params.application, 'application');
      if (!canSeeFiles(viewer, tables, row.id)) throw notPublic(row.id);
      await noteAccess(api.context, { programme, viewer, c }, [{ what: 'application', of: row.id }]);
      const file = row.files.find(({ sha256 }) => sha256 === params.digest);
      if (!file) throw refuse.noFile(params.digest);
      const bytes = await readApplicationFile(files, file);
      return c.body(bytes, 200, {
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': attachment(file.name),
        'Content-Length': String(bytes.length),
        'X-Content-Type-Options': 'nosniff',
        // If a browser shows it all the same, it may do nothing.
        'Content-Security-Policy': "default-src 'none'; sandbox",
      });
    },
  );
}
