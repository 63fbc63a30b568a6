// Lines at the bottom of a terminal that are redrawn in place: a block with finished lines above it, or a single line. Knows nothing of
// their content.

import { textWidth } from '../base/index.ts';
import { fit } from './text.ts';

export interface Screen {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
  isTTY?: boolean;
}

/** Whether the screen is a terminal that can redraw in place. */
export const canRedraw = ({ isTTY }: Screen): boolean => isTTY === true && process.env.TERM !== 'dumb';

export class LiveBlock {
  readonly #screen: Screen;
  /** Widths of the lines on the screen. */
  #drawn: number[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  get columns(): number {
    return Math.max(1, this.#screen.columns || 80);
  }

  get rows(): number {
    return Math.max(1, this.#screen.rows || 24);
  }

  /** The escape sequence that removes the block. A resize may have wrapped its lines, so rows are counted again. */
  #erase(): string {
    if (this.#drawn.length === 0) return '';
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / this.columns)), 0);
    const up = Math.min(rows, this.rows) - 1;
    return `\r${up > 0 ? `\x1b[${up}A` : ''}\x1b[J`;
  }

  /** Replaces the block. Lines must be narrower than the terminal. One write, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    const text = this.#erase() + lines.join('\n');
    this.#drawn = lines.map(textWidth);
    if (text) this.#screen.write(text);
  }

  /** Prints a finished line in place of the block; the next `draw` shows the block below it. */
  above(line: string): void {
    const erase = this.#erase();
    this.#drawn = [];
    this.#screen.write(`${erase}${line}\n`);
  }

  /** Leaves the block on the screen for good. */
  keep(): void {
    if (this.#drawn.length > 0) this.#screen.write('\n');
    this.#drawn = [];
  }
}

/** One line that is redrawn in place on a terminal; elsewhere plain lines are printed one after the other. */
export class LiveLine {
  readonly #screen: Screen;
  readonly #block: LiveBlock | undefined;
  readonly #minMs: number;
  #drawnAt = -Infinity;
  #printed = '';

  /** @param minMs milliseconds between two drawings */
  constructor(screen: Screen, minMs = 0) {
    this.#screen = screen;
    this.#block = canRedraw(screen) ? new LiveBlock(screen) : undefined;
    this.#minMs = minMs;
  }

  /** Draws `text` on a terminal; elsewhere prints `plain`, unless it was the last line printed. */
  show(text: string, plain = this.#printed): void {
    const now = performance.now();
    if (this.#block && now - this.#drawnAt >= this.#minMs) {
      this.#drawnAt = now;
      this.#block.draw([fit(text, this.#block.columns - 1)]);
    } else if (!this.#block && plain !== this.#printed) this.#screen.write(`${plain}\n`);
    this.#printed = plain;
  }

  clear(): void {
    this.#block?.draw([]);
    this.#printed = '';
  }
}
