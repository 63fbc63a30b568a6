// Compute and the value chain of a programme, as its log has them: accounts of hours, here and in Slurm, what is made and served, the course over the
// stages. Reads the programme's tables; knows neither database nor HTTP.
export { type Account, type Allotment, accountsOf, countedOf, type Usage } from './accounts.ts';
export { activeOf, type Chain, chainAt, usesIn } from './chain.ts';
export { courseOf, type Point } from './course.ts';
export { allotmentsOf, usagesOf } from './rows.ts';
export { type RulesNow, rulesNow } from './rules.ts';
export { type SlurmAccount, slurmAccountOf, slurmAccounts } from './slurm-accounts.ts';
