DROP VIEW "jikji"."stage_closed";--> statement-breakpoint
CREATE VIEW "jikji"."stage_closed" AS SELECT seq, time, actor, data->>'stage' AS "stage", data->>'signature' AS "signature", NULLIF(data->'lacking', 'null') AS "lacking" FROM "jikji"."entries" WHERE kind = 'stage-closed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."stage_closed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';
