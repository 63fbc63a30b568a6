// Home, abroad, not known: told apart by shape, pattern and words, so that colour only repeats them.

import { useConsole } from '../state/context.ts';
import type { Place, Shares } from '../types.ts';

const PLACES = ['home', 'abroad', 'unknown'] as const;

/** The fill patterns of bars and marks; once on a page that has any. */
export const Patterns = () => (
  <svg class="patterns" aria-hidden="true">
    <defs>
      <pattern id="fill-abroad" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="ground" width="6" height="6" />
        <rect class="stripe" width="2.5" height="6" />
      </pattern>
      <pattern id="fill-unknown" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect class="ground" width="6" height="6" />
        <circle class="dot" cx="3" cy="3" r="1.1" />
      </pattern>
      <pattern id="fill-failed" width="8" height="8" patternUnits="userSpaceOnUse">
        <rect class="ground" width="8" height="8" />
        <path class="crossing" d="M0 0 8 8M8 0 0 8" />
      </pattern>
    </defs>
  </svg>
);

/** A square, a diamond, a ring. */
const PlaceMark = ({ of }: { of: Place }) => (
  <svg class={`place-mark ${of}`} viewBox="0 0 14 14" aria-hidden="true">
    {of === 'home' && <rect x="2" y="2" width="10" height="10" rx="1" />}
    {of === 'abroad' && <path d="M7 .8 13.2 7 7 13.2.8 7Z" />}
    {of === 'unknown' && <circle cx="7" cy="7" r="5.2" />}
  </svg>
);

export function PlaceText({ of }: { of: Place }) {
  const { words } = useConsole();
  return (
    <span class="place">
      <PlaceMark of={of} />
      {words.places[of]}
    </span>
  );
}

/** What the marks mean. */
export const Legend = () => (
  <p class="places-legend">
    {PLACES.map((place) => (
      <PlaceText key={place} of={place} />
    ))}
  </p>
);

/** `floor`: the home share that the rule book requires, drawn as a mark. `SharesText` beside the bar says the same in words. */
export function SharesBar({ of, floor }: { of: Shares; floor?: number | null }) {
  let from = 0;
  return (
    <svg class="shares" aria-hidden="true">
      {PLACES.map((place) => {
        const x = from;
        from += of[place];
        return (
          of[place] > 0 && (
            <rect key={place} class={place} x={`${100 * x}%`} y="4" width={`${100 * of[place]}%`} height="14" />
          )
        );
      })}
      <rect class="edge" x="0" y="4" width="100%" height="14" />
      {floor !== undefined && floor !== null && (
        <line class="floor" x1={`${100 * floor}%`} x2={`${100 * floor}%`} y1="0" y2="22" />
      )}
    </svg>
  );
}

export function SharesText({ of }: { of: Shares }) {
  const { words, format } = useConsole();
  const [home, abroad, unknown] = PLACES.map((place) => format.share(of[place]));
  return <>{words.valueChain.shares(home, abroad, unknown)}</>;
}
