// Prints the SQL that makes the views of the log, for a migration: node scripts/view-statements.ts >> src/program/database/migrations/NAME.sql
// If a kind of entry has changed, add a DROP VIEW for each changed view before the output.

import { viewStatements } from '../src/program/state/views.ts';

console.log(viewStatements().join('--> statement-breakpoint\n'));
