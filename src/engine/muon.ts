// The constants of Muon. docs/arithmetic.md, "A step".

/**
 * An orthogonalising polynomial of odd degree, X = a X + b X X' X + c X X' X X' X, and how often it is applied: singular values from
 * some hundredths up to 1 come near 1. The coefficients are Keller Jordan's (2024).
 */
export const NEWTON_SCHULZ = { first: 3.4445, third: -4.775, fifth: 2.0315, steps: 5 } as const;

/** Added to the norm by which an update is divided first. */
export const MUON_EPS = 1e-7;

/**
 * The factor of an orthogonalised update of shape [R, C]: its elements are then about as large as AdamW's, so that one learning rate
 * serves both (Liu et al. 2025, "Muon is scalable for LLM training").
 */
export const muonScale = ([R, C]: readonly number[]): number => 0.2 * Math.sqrt(Math.max(R!, C!));
