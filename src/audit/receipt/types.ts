// The result of a receipt's audit. Data only.

import type { AnswerParameters, Receipt, ReceiptEnd } from '../../ledger/index.ts';
import type { Lang } from '../../page-kit/text/index.ts';

export type ReceiptCheckName =
  | 'signature'
  | 'model'
  | 'run'
  | 'prompt'
  | 'parameters'
  | 'seed'
  | 'chain'
  | 'replay'
  | 'ending'
  | 'response';

/** `not-checked`: what it takes was not given. */
type Standing = 'holds' | 'refuted' | 'not-checked';

export interface ReceiptCheck {
  name: ReceiptCheckName;
  verdict: Standing;
  /** What was found, or what is missing. */
  detail: string;
  /** The same in Korean; absent where the error behind it has only English, and in results from earlier. */
  ko?: { detail: string };
}

/** A token, or null for the end of the text. */
type Place = { id: number; text: string } | null;

/** A token of an answer that is not the model's. */
export interface ReceiptDifference {
  /** Index of the answer, and of the token in it. */
  answer: number;
  position: number;
  given: Place;
  /** What the model chooses there. */
  chosen: Place;
}

/** What a receipt states. */
export interface ReceiptFacts {
  id: string;
  /** SHA-256 of its statement. */
  digest: string;
  time: string;
  /** Fingerprint of the key that signed it. */
  key: string;
  model: { name: string; digest: string };
  run: Receipt['run'];
  request: { digest: string; parameters: AnswerParameters };
  nonce: string | null;
  seedFrom: Receipt['seedFrom'];
  answers: { seed: number; tokens: number; ended: ReceiptEnd }[];
}

/** What an answer hangs on, from the answer down. `isChecked` is false for what this audit has left to another one. */
export interface ReceiptLink {
  what: 'answer' | 'model' | 'run' | 'training';
  digest: string | null;
  isChecked: boolean;
  text: string;
}

export interface ReceiptAudit {
  /** `holds`: nothing is refuted, and every answer was replayed. `not-told`: nothing is refuted, and the model was not given. */
  verdict: 'holds' | 'refuted' | 'incomplete' | 'not-told';
  checks: ReceiptCheck[];
  /** The saved stream has no end: what is missing in it was not compared. */
  isCutOff?: boolean;
  /** The verdict in sentences. */
  claim: Record<Lang, string[]>;
  differences: ReceiptDifference[];
  /** Null where the receipt could not be read. */
  receipt: ReceiptFacts | null;
  /** Empty unless it holds. */
  chain: ReceiptLink[];
}

export type LinkName = 'answer' | 'model' | 'seal' | 'training' | 'corpus';

/** `partly`: what was checked holds, and a part was not. `unknown`: it was looked for, and cannot be told. */
export type LinkState = 'holds' | 'partly' | 'refuted' | 'not-checked' | 'unknown';

/** One of the links between an answer and the texts that its model learned from. */
export interface LineageLink {
  what: LinkName;
  /** What binds it; null where that is not known. */
  digest: string | null;
  state: LinkState;
  /** What was found. */
  text: Record<Lang, string>;
  /** When the audit of the run ended that found it; null for what the audit of the receipt finds. */
  audited: string | null;
  /** Whether that audit is only noted here by `npm start`. */
  noted: boolean;
}

export interface Lineage {
  /** From the answer down. */
  links: LineageLink[];
  /** Which link is the weakest, and how far it reaches. */
  weakest: Record<Lang, string>;
  /** Whether an audit of the run with the receipt's seal is known here. */
  known: boolean;
}
