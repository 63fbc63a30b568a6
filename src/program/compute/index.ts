// Compute and the value chain of a programme, as its log has them: what was allotted and used, what is made and served, the course
// over the stages. Reads the programme's tables; how accounts and shares are worked out is in reliance.
export { activeOf, type Chain, chainAt, usesIn } from './chain.ts';
export { courseOf, indexOf } from './course.ts';
export { allotmentsOf, usagesOf } from './rows.ts';
export { rulesNow } from './rules.ts';
export { type SlurmAccount, slurmAccountOf, slurmAccounts } from './slurm-accounts.ts';
