// Buttons that zoom a chart by keyboard: closer, wider, earlier, later, the whole.

import { useConsole } from '../state/context.ts';

export function ZoomButtons({
  isWhole,
  move,
  reset,
}: {
  isWhole: boolean;
  move: (by: { factor?: number; shift?: number }) => void;
  reset: () => void;
}) {
  const w = useConsole().words.chart;
  const moves: [text: string, move: () => void][] = [
    [w.zoomIn, () => move({ factor: 0.5 })],
    [w.zoomOut, () => move({ factor: 2 })],
    [w.earlier, () => move({ shift: -0.5 })],
    [w.later, () => move({ shift: 0.5 })],
    [w.whole, reset],
  ];
  return (
    <div class="buttons">
      {moves.map(([text, onClick], i) => (
        // The whole run can only be zoomed into.
        <button key={text} type="button" disabled={i > 0 && isWhole} onClick={onClick}>
          {text}
        </button>
      ))}
    </div>
  );
}
