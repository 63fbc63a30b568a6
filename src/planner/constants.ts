// The numbers of the planner that no data sheet gives. `fitted` come from measured steps by scripts/fit-planner.ts, without the models and
// chips that docs/planner.md names as set aside; `assumed` come from the source beside them, or are round numbers that say so.

export interface Constants {
  /** Share of the published peak that large products of matrices reach on an H100, by format. 8 bits: per tensor and in blocks of 32. */
  bf16: number;
  fp8: number;
  fp4: number;
  /** The same for products of many experts at once, of the above. */
  grouped: number;
  /** Share of the bf16 peak that linear attention and state-space layers reach. */
  recurrent: number;
  /** How strongly a rate falls with the watts that a chip has for each FLOP/s; 0: not at all, 1: in proportion. */
  power: number;
  /** Share of the exchange between experts that nothing hides. */
  expertExchange: number;
  /** Seconds that the host waits, in each layer with experts and each micro batch, if the step is not recorded as a graph. */
  expertWait: number;
  /** Seconds of each step, whatever its size. */
  step: number;
}

export const FITTED: Constants = {
  bf16: 0.65,
  fp8: 0.792,
  fp4: 0.583,
  grouped: 0.712,
  recurrent: 0.0207,
  power: 0.78,
  expertExchange: 0.169,
  expertWait: 0.00543,
  step: 0.036,
};

export const ASSUMED = {
  /** Share of the bf16 peak in attention, forward and backward: FlashAttention-3 (arXiv 2407.08608) reaches 0.75 forward, less backward. */
  attention: 0.6,
  /** Attention in 8 bits against 16: the same paper measures about 1.5 forward. */
  lowAttention: 1.5,
  /** The largest share of the published peak that products of matrices reach on any chip (round number). */
  product: 0.85,
  /** Share of the published bandwidth: of memory, of links inside a domain, of the network (round numbers). */
  memory: 0.9,
  link: 0.85,
  network: 0.85,
  /** Share of the exchange that nothing hides: between parts of a sequence, and of gradients (round numbers). */
  contextExchange: 0.5,
  gradientExchange: 0.1,
  /** Seconds to launch the work of one layer, forward and backward, where it is not recorded (round number). */
  launch: 0.0005,
  /** What recording layer by layer leaves of the host's wait, and of launching (round numbers). */
  graphedWait: 0.6,
  graphedLaunch: 0.3,
  /** The host's wait in software of before March 2026, against later. */
  earlyWait: 1.5,
  /** Positions in a tile of an attention kernel, and rows in a tile of a product. */
  tile: 128,
} as const;
