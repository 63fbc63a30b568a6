// The claim of an audited run as terminal lines. The sentences are the audit's; a verdict never appears without its extent and what is
// known of the data.

interface ClaimText {
  word: string;
  headline: string;
  beginning: string | null;
  reach: string;
  data: string;
  room: string | null;
}

/** The verdict with its headline, then beginning (if any), reach, room (if any) and data, one line each. */
export function claimLines({
  word,
  headline,
  beginning,
  reach,
  room,
  data,
}: ClaimText): [head: string, ...more: string[]] {
  return [`${word}. ${headline}`, ...[beginning, reach, room, data].filter((line) => line !== null)];
}
