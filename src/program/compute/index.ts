// Compute and the value chain of a programme, as its log has them: accounts of hours, here and in Slurm, what is made and served, the course over the
// stages. Reads the programme's tables; knows neither database nor HTTP.
export { accountsOf, countedOf } from './accounts.ts';
export { activeOf, type Chain, chainAt, usesIn } from './chain.ts';
export { courseOf } from './course.ts';
export { allotmentsOf, usagesOf } from './rows.ts';
export { rulesNow } from './rules.ts';
export { type SlurmAccount, slurmAccountOf, slurmAccounts } from './slurm-accounts.ts';
