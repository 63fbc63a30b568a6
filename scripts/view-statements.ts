// Prints the SQL that makes the views of the log, for a migration: node scripts/view-statements.ts >> src/program/database/migrations/NAME.sql
// Where a kind of entry has changed, put a DROP VIEW for each changed view before it.

import { viewStatements } from '../src/program/state/views.ts';

console.log(viewStatements().join('--> statement-breakpoint\n'));
