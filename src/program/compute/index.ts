// Compute and the value chain of a programme from its log: allotments, usages, uses, and the history over the stages. Accounts and shares
// are computed by src/reliance.
export { activeOf, type Chain, chainAt, usesIn } from './chain.ts';
export { courseOf, indexOf } from './course.ts';
export { allotmentsOf, usagesOf } from './rows.ts';
export { rulesNow } from './rules.ts';
export { type SlurmAccount, slurmAccountOf, slurmAccounts } from './slurm-accounts.ts';
