// Acts of compute: registering a catalogue, allotments, usages entered by hand.

import { z } from 'zod';
import { shippedCatalogue } from '../../fleet/index.ts';
import { catalogueDigest, catalogueOf, deviceHours } from '../state/index.ts';
import { act, entryAct, OFFICE } from './act.ts';
import { id, MAX_FILE_LENGTH, source } from './shapes.ts';
import { programmeOf } from './times.ts';

/** The log also rejects days that no calendar has. */
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a day such as 2026-01-15');
const period = { from: day, to: day, deviceHours };

/** `strangers`: consortia that the catalogue names and the programme does not have (yet). */
export const registerCatalogue = act({
  summary: 'Register a catalogue of the value chain; it is in force from then on',
  roles: OFFICE,
  input: z.strictObject({
    /** Catalogue files, read as one catalogue, and the chip cards that they name. */
    texts: z
      .array(z.strictObject({ file: z.string().min(1).max(100), text: z.string().min(1).max(MAX_FILE_LENGTH) }))
      .min(1)
      .max(59),
    /** Without the catalogue that comes with Jikji, which is otherwise prepended. */
    alone: z.boolean().default(false),
  }),
  async run(programme, { texts: files, alone }, by) {
    programmeOf(programme.tables);
    const texts = alone ? files : [shippedCatalogue(), ...files];
    const digest = catalogueDigest(texts);
    await programme.record(by.actor, [{ kind: 'catalogue-registered', data: { digest, texts } }]);
    const { components, uses } = catalogueOf(digest, texts);
    const named = new Set(uses.flatMap(({ consortium }) => consortium ?? []));
    const strangers = [...named].filter((name) => !programme.tables.get('consortia', name)).sort();
    return { digest, components: components.size, uses: uses.length, strangers };
  },
});

export const allot = entryAct({
  summary: 'Give a consortium hours of a cluster; one of the same id replaces it',
  roles: OFFICE,
  input: z.strictObject({ id, consortium: id, cluster: id, ...period, source: source.optional() }),
  kind: 'allotment-given',
});

export const reportUsage = entryAct({
  summary: 'What the office metered; one of the same id replaces it',
  roles: OFFICE,
  input: z.strictObject({
    id,
    consortium: id,
    cluster: id.nullable().default(null),
    ...period,
    /** The submission; its metered usage replaces the usage that its maker stated. */
    submission: id.nullable().default(null),
    source: source.optional(),
  }),
  kind: 'usage-reported',
  data: (usage) => ({ ...usage, word: 'office' }),
});
