// Layouts of the parts of a layer, of which the tables of families are made.
export { gated, gatedHalves, plain } from './mlp.ts';
export { fusedValues, values } from './values.ts';
