// Rule books: parsing and checks, digest, parts, moving targets, points. Pure.
export type { Citation, Title } from '../../formats/index.ts';
export { type ComparedReference, type LineageRules, WEIGHT_PARTS, type WeightPart } from './lineage.ts';
export { parseRuleBook, ruleBookDigest } from './parse.ts';
export { type PartOfBook, partsOf, type TaskTarget, targetOf, tasksOf } from './parts.ts';
export { averageOf, linearShare, roundHalfUp, taskShare } from './points.ts';
export { CHOOSE, type Problem, problemsOf, requireChosen, titleIn } from './problems.ts';
export { ROLES, type Role, roleSchema } from './schema.ts';
export {
  hasThreeDecimals,
  SELECTION_STEPS,
  type SelectionRules,
  type SelectionStep,
  type StepFigures,
  stepFigures,
  sumOfPoints,
} from './selection.ts';
export type * from './types.ts';
