DROP VIEW "jikji"."submission_refused";--> statement-breakpoint
CREATE VIEW "jikji"."submission_refused" AS SELECT seq, time, actor, data->>'submission' AS "submission", data->>'code' AS "code", data->>'reason' AS "reason", data->>'reasonKo' AS "reason_ko" FROM "jikji"."entries" WHERE kind = 'submission-refused';--> statement-breakpoint
COMMENT ON VIEW "jikji"."submission_refused" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';
