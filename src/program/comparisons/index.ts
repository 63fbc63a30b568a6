// Comparisons of submissions' weights for pages and terminals: who was compared with whom, what was seen, and what is proposed to the panel.

export { comparisonsShown, proposalsShown } from './comparison-view.ts';
export * from './shapes.ts';
