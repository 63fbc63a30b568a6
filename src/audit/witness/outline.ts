// What a witnessed run states about itself, as far as its evidence could be read. Checks nothing.

import { elementsOf } from '../../engine/index.ts';
import { outlineStatements } from '../run-outline.ts';
import { WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessAudit } from './types.ts';

/** Elements of the parameters that the optimizer's groups name, in a recorded state. */
function parametersOf({ folder, states, recipe }: WitnessEvidence): number | null {
  const [step] = states;
  if (step === undefined || !recipe) return null;
  const state = WitnessState.open(folder, step);
  try {
    const names = recipe.optimizer.groups.flatMap(({ parameters }) => parameters);
    return names.reduce((sum, name) => sum + elementsOf(state.tensors.get(name)?.shape ?? [0]), 0);
  } finally {
    state.close();
  }
}

export function outlineWitness(evidence: WitnessEvidence): WitnessAudit['run'] {
  const { statements, steps } = evidence;
  const commitment = statements?.genesis.predicate.commitment;
  const seal = statements?.seal;
  return {
    ...outlineStatements(statements, statements?.genesis.predicate.time),
    parameters: parametersOf(evidence),
    steps: steps?.count ?? null,
    planned: commitment?.steps ?? null,
    stateRoot: seal?.subjects.get('state') ?? null,
    head: steps?.head ?? null,
    code: commitment?.code ?? null,
    ranks: commitment?.ranks ?? null,
  };
}
