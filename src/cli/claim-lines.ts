// What may be said of an audited run, as lines for a terminal: the audit's own sentences, the extent and the standing of the data
// always beside the verdict.

interface ClaimText {
  word: string;
  headline: string;
  reach: string;
  data: string;
  room: string | null;
}

/** The verdict with how far it reaches, then a line for each thing to be known beside it. */
export function claimLines({ word, headline, reach, room, data }: ClaimText): [head: string, ...more: string[]] {
  return [`${word}. ${headline}`, reach, ...(room === null ? [] : [room]), data];
}
