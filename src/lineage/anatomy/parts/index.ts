// Layouts of the parts of a layer, of which the tables of families are made.
export { fusedExperts, listedExperts, router, stackedExperts } from './experts.ts';
export { latentValues, stackedLatentValues } from './latent-values.ts';
export { gated, gatedHalves, plain } from './mlp.ts';
export { fusedValues, values } from './values.ts';
