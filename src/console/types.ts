// The response types of the API and names for parts of them. Types only: no code of the server reaches the pages.

import type * as api from '../program/api/index.ts';

export type * from '../program/api/index.ts';

/** A title in English, and in Korean if there is one. */
export type Title = api.Me['programmes'][number]['name'];
/** Announced moments of a stage. */
export type Dates = api.StagePage['dates'];
export type Receipt = api.Given;
export type RunPoints = Omit<Extract<api.RunEvent, { kind: 'points' }>, 'kind'>;
export type Verdict = api.Audit['checks'][number]['verdict'];
/** The claim of an audited run, in both languages. */
export type Claims = NonNullable<api.Audit['claim']>;
export type Check = api.Audit['checks'][number];
export type TeamOfReport = api.StageReport['teams'][number];
export type Figure = TeamOfReport['total'];
/** Where a figure was published. */
export type Sources = api.Overview['facts'][number]['source'];
export type Score = api.Card['scores'][number];
type Block = api.RuleBook['blocks'][number];
export type Problem = api.CheckedRuleBook['problems'][number];
/** Where points come from. */
export type RuleSource = Exclude<Block['source'], { kind: 'parts' }>;
type LayerOfChain = api.ValueChain['layers'][number];
export type Layer = LayerOfChain['layer'];
/** Home, abroad or not known; as shares they add up to 1. */
export type Place = 'home' | 'abroad' | 'unknown';
export type Shares = Record<Place, number>;
export type Index = NonNullable<api.ReliancePage['index']>;
export type LayerIndex = Index['layers'][number];
export type Overall = Index['overall'];
/** Components of the catalogue that a response mentions, by id. */
export type Operation = api.ComputePage['operations'][string];
export type Mentioned = api.ReliancePage['components'];
export type Use = api.ReliancePage['uses'][number];
export type Fate = api.WhatIfPage['uses'][number]['fate'];
export type Chip = api.ComputePage['chips'][number];
export type ChipCard = api.ChipPage['cards'][number];
export type ChipFigure = NonNullable<Chip['figures'][keyof Chip['figures']]>;
export type Account = api.ComputePage['accounts'][number];
/** What rests on what in the value chain, and what becomes of it without some suppliers. */
export type FlowPicture = api.ValueChain['picture'];
export type FlowFates = api.WhatIfPage['picture'];
