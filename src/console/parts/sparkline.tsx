// A small picture of a series, for a cell of a table. The figures beside it say what it ends with; the picture itself is for the eye only.

const WIDTH = 96;
const HEIGHT = 24;
const MARGIN = 2;

/** The points of the unbroken stretches of a series, in the picture; null breaks it. */
function stretchesOf(x: readonly number[], y: readonly (number | null)[]): [x: number, y: number][][] {
  const known = y.filter((one) => one !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const [first, last] = [x[0], x[x.length - 1]];
  const place = (value: number, from: number, to: number, room: number) =>
    MARGIN + (to > from ? (value - from) / (to - from) : 0.5) * (room - 2 * MARGIN);
  const stretches: [number, number][][] = [[]];
  y.forEach((value, i) => {
    if (value === null) stretches.push([]);
    else stretches.at(-1)!.push([place(x[i], first, last, WIDTH), HEIGHT - place(value, low, high, HEIGHT)]);
  });
  return stretches.filter((points) => points.length > 0);
}

export function Sparkline({ x, y }: { x: readonly number[]; y: readonly (number | null)[] }) {
  const stretches = stretchesOf(x, y);
  if (stretches.length === 0) return null;
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {stretches.map((points) => {
        const [[x, y]] = points;
        return points.length === 1 ? (
          <circle key={x} cx={x.toFixed(1)} cy={y.toFixed(1)} r="1.5" />
        ) : (
          <polyline key={x} points={points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
        );
      })}
    </svg>
  );
}
