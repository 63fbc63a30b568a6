// Comparisons of submissions' weights for pages and terminals: who was compared with whom, what was seen, and what is proposed to the panel.
export * from './shapes.ts';
export { comparisonsShown, proposalsShown } from './shown.ts';
