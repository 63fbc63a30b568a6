DROP VIEW "jikji"."submission_audited";--> statement-breakpoint
DROP VIEW "jikji"."answer_registered";--> statement-breakpoint
CREATE VIEW "jikji"."submission_audited" AS SELECT seq, time, actor, data->>'submission' AS "submission", data->>'verdict' AS "verdict", data->>'maker' AS "maker", data->>'office' AS "office", NULLIF(data->'checks', 'null') AS "checks", NULLIF(data->'reach', 'null') AS "reach", NULLIF(data->'witness', 'null') AS "witness", data->>'report' AS "report", NULLIF(data->'curve', 'null') AS "curve" FROM "jikji"."entries" WHERE kind = 'submission-audited';--> statement-breakpoint
COMMENT ON VIEW "jikji"."submission_audited" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."answer_registered" AS SELECT seq, time, actor, data->>'line' AS "line", NULLIF(data->'record', 'null') AS "record" FROM "jikji"."entries" WHERE kind = 'answer-registered';--> statement-breakpoint
COMMENT ON VIEW "jikji"."answer_registered" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';
