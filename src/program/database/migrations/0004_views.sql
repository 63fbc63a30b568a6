DROP TABLE "jikji"."allotments";--> statement-breakpoint
DROP TABLE "jikji"."appeals";--> statement-breakpoint
DROP TABLE "jikji"."applications";--> statement-breakpoint
DROP TABLE "jikji"."audit_parts";--> statement-breakpoint
DROP TABLE "jikji"."audit_reaches";--> statement-breakpoint
DROP TABLE "jikji"."audit_reports";--> statement-breakpoint
DROP TABLE "jikji"."audits";--> statement-breakpoint
DROP TABLE "jikji"."calls";--> statement-breakpoint
DROP TABLE "jikji"."catalogues";--> statement-breakpoint
DROP TABLE "jikji"."consortia";--> statement-breakpoint
DROP TABLE "jikji"."decisions";--> statement-breakpoint
DROP TABLE "jikji"."entered_scores";--> statement-breakpoint
DROP TABLE "jikji"."evaluations";--> statement-breakpoint
DROP TABLE "jikji"."findings";--> statement-breakpoint
DROP TABLE "jikji"."forms";--> statement-breakpoint
DROP TABLE "jikji"."judgements";--> statement-breakpoint
DROP TABLE "jikji"."lodgings";--> statement-breakpoint
DROP TABLE "jikji"."organisations";--> statement-breakpoint
DROP TABLE "jikji"."placements";--> statement-breakpoint
DROP TABLE "jikji"."programmes";--> statement-breakpoint
DROP TABLE "jikji"."rule_books";--> statement-breakpoint
DROP TABLE "jikji"."run_steps";--> statement-breakpoint
DROP TABLE "jikji"."stages";--> statement-breakpoint
DROP TABLE "jikji"."submissions";--> statement-breakpoint
DROP TABLE "jikji"."usages";--> statement-breakpoint
CREATE VIEW "jikji"."programme_created" AS SELECT seq, time, actor, data->>'id' AS "id", NULLIF(data->'name', 'null') AS "name", data->>'mode' AS "mode", data->>'officeKey' AS "office_key" FROM "jikji"."entries" WHERE kind = 'programme-created';--> statement-breakpoint
COMMENT ON VIEW "jikji"."programme_created" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."organisation_added" AS SELECT seq, time, actor, data->>'id' AS "id", NULLIF(data->'name', 'null') AS "name", data->>'country' AS "country", NULLIF(data->'roles', 'null') AS "roles", NULLIF(data->'source', 'null') AS "source" FROM "jikji"."entries" WHERE kind = 'organisation-added';--> statement-breakpoint
COMMENT ON VIEW "jikji"."organisation_added" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."call_opened" AS SELECT seq, time, actor, data->>'id' AS "id", NULLIF(data->'title', 'null') AS "title" FROM "jikji"."entries" WHERE kind = 'call-opened';--> statement-breakpoint
COMMENT ON VIEW "jikji"."call_opened" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."call_closed" AS SELECT seq, time, actor, data->>'id' AS "id" FROM "jikji"."entries" WHERE kind = 'call-closed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."call_closed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."application_received" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'call' AS "call", NULLIF(data->'name', 'null') AS "name", data->>'lead' AS "lead", NULLIF(data->'members', 'null') AS "members" FROM "jikji"."entries" WHERE kind = 'application-received';--> statement-breakpoint
COMMENT ON VIEW "jikji"."application_received" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."application_reviewed" AS SELECT seq, time, actor, data->>'application' AS "application", data->>'step' AS "step", (data->>'passed')::boolean AS "passed", data->>'note' AS "note", NULLIF(data->'source', 'null') AS "source" FROM "jikji"."entries" WHERE kind = 'application-reviewed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."application_reviewed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."application_selected" AS SELECT seq, time, actor, data->>'application' AS "application", data->>'consortium' AS "consortium" FROM "jikji"."entries" WHERE kind = 'application-selected';--> statement-breakpoint
COMMENT ON VIEW "jikji"."application_selected" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."consortium_formed" AS SELECT seq, time, actor, data->>'id' AS "id", NULLIF(data->'name', 'null') AS "name", data->>'lead' AS "lead", NULLIF(data->'members', 'null') AS "members", NULLIF(data->'source', 'null') AS "source" FROM "jikji"."entries" WHERE kind = 'consortium-formed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."consortium_formed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."consortium_key_named" AS SELECT seq, time, actor, data->>'consortium' AS "consortium", data->>'key' AS "key" FROM "jikji"."entries" WHERE kind = 'consortium-key-named';--> statement-breakpoint
COMMENT ON VIEW "jikji"."consortium_key_named" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."member_joined" AS SELECT seq, time, actor, data->>'consortium' AS "consortium", data->>'organisation' AS "organisation", NULLIF(data->'source', 'null') AS "source" FROM "jikji"."entries" WHERE kind = 'member-joined';--> statement-breakpoint
COMMENT ON VIEW "jikji"."member_joined" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."name_mended" AS SELECT seq, time, actor, data->>'what' AS "what", data->>'id' AS "id", NULLIF(data->'before', 'null') AS "before", NULLIF(data->'name', 'null') AS "name", data->>'reason' AS "reason" FROM "jikji"."entries" WHERE kind = 'name-mended';--> statement-breakpoint
COMMENT ON VIEW "jikji"."name_mended" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."rule_book_registered" AS SELECT seq, time, actor, data->>'digest' AS "digest", data->>'name' AS "name", (data->>'version')::bigint AS "version", data->>'text' AS "text", data->>'signature' AS "signature" FROM "jikji"."entries" WHERE kind = 'rule-book-registered';--> statement-breakpoint
COMMENT ON VIEW "jikji"."rule_book_registered" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."catalogue_registered" AS SELECT seq, time, actor, data->>'digest' AS "digest", NULLIF(data->'texts', 'null') AS "texts" FROM "jikji"."entries" WHERE kind = 'catalogue-registered';--> statement-breakpoint
COMMENT ON VIEW "jikji"."catalogue_registered" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."allotment_given" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'consortium' AS "consortium", data->>'cluster' AS "cluster", data->>'from' AS "from", data->>'to' AS "to", (data->>'deviceHours')::double precision AS "device_hours", NULLIF(data->'source', 'null') AS "source" FROM "jikji"."entries" WHERE kind = 'allotment-given';--> statement-breakpoint
COMMENT ON VIEW "jikji"."allotment_given" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."usage_reported" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'consortium' AS "consortium", data->>'cluster' AS "cluster", data->>'from' AS "from", data->>'to' AS "to", (data->>'deviceHours')::double precision AS "device_hours", data->>'word' AS "word", data->>'submission' AS "submission", NULLIF(data->'sessions', 'null') AS "sessions", NULLIF(data->'runtime', 'null') AS "runtime", NULLIF(data->'data', 'null') AS "data", NULLIF(data->'source', 'null') AS "source", data->>'signature' AS "signature" FROM "jikji"."entries" WHERE kind = 'usage-reported';--> statement-breakpoint
COMMENT ON VIEW "jikji"."usage_reported" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."stage_opened" AS SELECT seq, time, actor, data->>'id' AS "id", NULLIF(data->'title', 'null') AS "title", data->>'ruleBook' AS "rule_book", NULLIF(data->'consortia', 'null') AS "consortia" FROM "jikji"."entries" WHERE kind = 'stage-opened';--> statement-breakpoint
COMMENT ON VIEW "jikji"."stage_opened" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."submission_received" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'stage' AS "stage", data->>'consortium' AS "consortium", data->>'kind' AS "kind", data->>'digest' AS "digest", (data->>'bytes')::bigint AS "bytes", data->>'cluster' AS "cluster" FROM "jikji"."entries" WHERE kind = 'submission-received';--> statement-breakpoint
COMMENT ON VIEW "jikji"."submission_received" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."submission_refused" AS SELECT seq, time, actor, data->>'submission' AS "submission", data->>'code' AS "code", data->>'reason' AS "reason" FROM "jikji"."entries" WHERE kind = 'submission-refused';--> statement-breakpoint
COMMENT ON VIEW "jikji"."submission_refused" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."submission_audited" AS SELECT seq, time, actor, data->>'submission' AS "submission", data->>'verdict' AS "verdict", data->>'maker' AS "maker", data->>'office' AS "office", NULLIF(data->'checks', 'null') AS "checks", NULLIF(data->'reach', 'null') AS "reach", data->>'report' AS "report", NULLIF(data->'curve', 'null') AS "curve" FROM "jikji"."entries" WHERE kind = 'submission-audited';--> statement-breakpoint
COMMENT ON VIEW "jikji"."submission_audited" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."audit_reported" AS SELECT seq, time, actor, data->>'submission' AS "submission", data->>'by' AS "by", data->>'report' AS "report" FROM "jikji"."entries" WHERE kind = 'audit-reported';--> statement-breakpoint
COMMENT ON VIEW "jikji"."audit_reported" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."audit_part_given" AS SELECT seq, time, actor, data->>'submission' AS "submission", data->>'by' AS "by", (data->>'from')::bigint AS "from", (data->>'to')::bigint AS "to" FROM "jikji"."entries" WHERE kind = 'audit-part-given';--> statement-breakpoint
COMMENT ON VIEW "jikji"."audit_part_given" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."submission_evaluated" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'submission' AS "submission", data->>'task' AS "task", data->>'metric' AS "metric", (data->>'value')::double precision AS "value", NULLIF(data->'stderr', 'null') AS "stderr", (data->>'n')::bigint AS "n", NULLIF(data->'items', 'null') AS "items" FROM "jikji"."entries" WHERE kind = 'submission-evaluated';--> statement-breakpoint
COMMENT ON VIEW "jikji"."submission_evaluated" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."score_entered" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'stage' AS "stage", data->>'consortium' AS "consortium", data->>'part' AS "part", NULLIF(data->'value', 'null') AS "value", (data->>'max')::double precision AS "max", NULLIF(data->'source', 'null') AS "source" FROM "jikji"."entries" WHERE kind = 'score-entered';--> statement-breakpoint
COMMENT ON VIEW "jikji"."score_entered" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."form_committed" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'stage' AS "stage", data->>'part' AS "part", data->>'expert' AS "expert", data->>'commitment' AS "commitment" FROM "jikji"."entries" WHERE kind = 'form-committed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."form_committed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."form_revealed" AS SELECT seq, time, actor, data->>'id' AS "id", NULLIF(data->'form', 'null') AS "form", data->>'nonce' AS "nonce" FROM "jikji"."entries" WHERE kind = 'form-revealed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."form_revealed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."judgement_given" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'stage' AS "stage", data->>'judge' AS "judge", data->>'a' AS "a", data->>'b' AS "b", data->>'choice' AS "choice", data->>'item' AS "item", NULLIF(data->'shown', 'null') AS "shown" FROM "jikji"."entries" WHERE kind = 'judgement-given';--> statement-breakpoint
COMMENT ON VIEW "jikji"."judgement_given" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."finding_signed" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'stage' AS "stage", data->>'consortium' AS "consortium", data->>'component' AS "component", data->>'verdict' AS "verdict", data->>'by' AS "by", data->>'text' AS "text", NULLIF(data->'source', 'null') AS "source", data->>'statement' AS "statement" FROM "jikji"."entries" WHERE kind = 'finding-signed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."finding_signed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."lodging_given" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'kind' AS "kind", data->>'requestDigest' AS "request_digest", data->>'statement' AS "statement" FROM "jikji"."entries" WHERE kind = 'lodging-given';--> statement-breakpoint
COMMENT ON VIEW "jikji"."lodging_given" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."answer_registered" AS SELECT seq, time, actor, data->>'line' AS "line" FROM "jikji"."entries" WHERE kind = 'answer-registered';--> statement-breakpoint
COMMENT ON VIEW "jikji"."answer_registered" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."stage_closed" AS SELECT seq, time, actor, data->>'stage' AS "stage", data->>'signature' AS "signature" FROM "jikji"."entries" WHERE kind = 'stage-closed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."stage_closed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."decision_made" AS SELECT seq, time, actor, data->>'stage' AS "stage", data->>'statement' AS "statement", data->>'digest' AS "digest" FROM "jikji"."entries" WHERE kind = 'decision-made';--> statement-breakpoint
COMMENT ON VIEW "jikji"."decision_made" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."decision_recorded" AS SELECT seq, time, actor, data->>'stage' AS "stage", NULLIF(data->'kept', 'null') AS "kept", NULLIF(data->'out', 'null') AS "out", NULLIF(data->'source', 'null') AS "source" FROM "jikji"."entries" WHERE kind = 'decision-recorded';--> statement-breakpoint
COMMENT ON VIEW "jikji"."decision_recorded" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."consortium_dropped" AS SELECT seq, time, actor, data->>'stage' AS "stage", data->>'consortium' AS "consortium", data->>'reason' AS "reason" FROM "jikji"."entries" WHERE kind = 'consortium-dropped';--> statement-breakpoint
COMMENT ON VIEW "jikji"."consortium_dropped" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."decision_final" AS SELECT seq, time, actor, data->>'stage' AS "stage" FROM "jikji"."entries" WHERE kind = 'decision-final';--> statement-breakpoint
COMMENT ON VIEW "jikji"."decision_final" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."appeal_filed" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'stage' AS "stage", data->>'consortium' AS "consortium", data->>'text' AS "text" FROM "jikji"."entries" WHERE kind = 'appeal-filed';--> statement-breakpoint
COMMENT ON VIEW "jikji"."appeal_filed" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."appeal_answered" AS SELECT seq, time, actor, data->>'appeal' AS "appeal", data->>'outcome' AS "outcome", data->>'answer' AS "answer" FROM "jikji"."entries" WHERE kind = 'appeal-answered';--> statement-breakpoint
COMMENT ON VIEW "jikji"."appeal_answered" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';
