// The data of a run: checked from its texts alone, and from its sources where the auditor has them.
export { checkData } from './check.ts';
