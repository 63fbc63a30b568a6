CREATE TABLE "jikji"."accesses" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "jikji"."accesses_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"programme" text collate "C" NOT NULL,
	"day" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"role" text collate "C" NOT NULL,
	"consortium" text collate "C" NOT NULL,
	"via" text collate "C" NOT NULL,
	"what" text collate "C" NOT NULL,
	"thing" text collate "C" NOT NULL,
	"time" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jikji"."account_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "jikji"."account_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"time" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"changed_by" text collate "C",
	"what" text collate "C" NOT NULL,
	"before" jsonb,
	"after" jsonb
);
--> statement-breakpoint
CREATE TABLE "jikji"."addresses" (
	"user_id" text collate "C" PRIMARY KEY NOT NULL,
	"address" text collate "C",
	"pending" text collate "C",
	"token" text collate "C",
	"expires_at" text collate "C",
	"lang" text collate "C" NOT NULL,
	"kinds" jsonb NOT NULL,
	"updated_at" text collate "C" NOT NULL,
	CONSTRAINT "addresses_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "jikji"."backups" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"programme" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"recipient" text collate "C" NOT NULL,
	"created_at" text collate "C" NOT NULL,
	"begun_at" text collate "C",
	"ended_at" text collate "C",
	"entries" bigint,
	"link" text collate "C",
	"bytes" bigint,
	"sha256" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "jikji"."identities" (
	"issuer" text collate "C" NOT NULL,
	"subject" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"only" boolean NOT NULL,
	"linked_at" text collate "C" NOT NULL,
	"used_at" text collate "C",
	CONSTRAINT "identities_issuer_subject_pk" PRIMARY KEY("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "jikji"."mail_cursors" (
	"programme" text collate "C" PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"link" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jikji"."openid_flows" (
	"state" text collate "C" PRIMARY KEY NOT NULL,
	"browser" text collate "C" NOT NULL,
	"nonce" text collate "C" NOT NULL,
	"verifier" text collate "C" NOT NULL,
	"purpose" text collate "C" NOT NULL,
	"invitation" text collate "C",
	"user_id" text collate "C",
	"expires_at" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jikji"."outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "jikji"."outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"message_id" text collate "C" NOT NULL,
	"key" text collate "C",
	"kind" text collate "C" NOT NULL,
	"user_id" text collate "C",
	"address" text collate "C" NOT NULL,
	"membership" text collate "C",
	"lang" text collate "C" NOT NULL,
	"subject" text collate "C",
	"body" text collate "C",
	"status" text collate "C" NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"interrupted" integer DEFAULT 0 NOT NULL,
	"taker" integer,
	"created_at" text collate "C" NOT NULL,
	"due_at" text collate "C" NOT NULL,
	"until" text collate "C",
	"ended_at" text collate "C",
	"error" text collate "C",
	CONSTRAINT "outbox_messageId_unique" UNIQUE("message_id"),
	CONSTRAINT "outbox_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "jikji"."resets" (
	"user_id" text collate "C" PRIMARY KEY NOT NULL,
	"token" text collate "C" NOT NULL,
	"made_by" text collate "C",
	"created_at" text collate "C" NOT NULL,
	"expires_at" text collate "C" NOT NULL,
	"used_at" text collate "C",
	CONSTRAINT "resets_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "jikji"."verifications" (
	"programme" text collate "C" PRIMARY KEY NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"ended_at" text collate "C" NOT NULL,
	"result" jsonb
);
--> statement-breakpoint
ALTER TABLE "jikji"."sessions" ADD COLUMN "confirmed_at" text collate "C";--> statement-breakpoint
ALTER TABLE "jikji"."addresses" ADD CONSTRAINT "addresses_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jikji"."identities" ADD CONSTRAINT "identities_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jikji"."openid_flows" ADD CONSTRAINT "openid_flows_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jikji"."outbox" ADD CONSTRAINT "outbox_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jikji"."resets" ADD CONSTRAINT "resets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accesses_once" ON "jikji"."accesses" USING btree ("programme","day","user_id","role","consortium","via","what","thing");--> statement-breakpoint
CREATE INDEX "accesses_programme_id_index" ON "jikji"."accesses" USING btree ("programme","id");--> statement-breakpoint
CREATE UNIQUE INDEX "identities_user_id_issuer_index" ON "jikji"."identities" USING btree ("user_id","issuer");--> statement-breakpoint
CREATE INDEX "outbox_status_due_at_index" ON "jikji"."outbox" USING btree ("status","due_at");--> statement-breakpoint
CREATE INDEX "outbox_kind_created_at_index" ON "jikji"."outbox" USING btree ("kind","created_at");--> statement-breakpoint
DROP VIEW "jikji"."call_opened";--> statement-breakpoint
CREATE VIEW "jikji"."call_opened" AS SELECT seq, time, actor, data->>'id' AS "id", NULLIF(data->'title', 'null') AS "title", data->>'text' AS "text", data->>'until' AS "until", data->>'ruleBook' AS "rule_book" FROM "jikji"."entries" WHERE kind = 'call-opened';--> statement-breakpoint
COMMENT ON VIEW "jikji"."call_opened" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."application_file_added" AS SELECT seq, time, actor, data->>'name' AS "name", (data->>'bytes')::bigint AS "bytes", data->>'sha256' AS "sha256", data->>'application' AS "application" FROM "jikji"."entries" WHERE kind = 'application-file-added';--> statement-breakpoint
COMMENT ON VIEW "jikji"."application_file_added" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."review_given" AS SELECT seq, time, actor, data->>'id' AS "id", data->>'application' AS "application", data->>'step' AS "step", data->>'reviewer' AS "reviewer", NULLIF(data->'points', 'null') AS "points", data->>'comment' AS "comment" FROM "jikji"."entries" WHERE kind = 'review-given';--> statement-breakpoint
COMMENT ON VIEW "jikji"."review_given" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."stage_dates_set" AS SELECT seq, time, actor, data->>'stage' AS "stage", NULLIF(data->'title', 'null') AS "title", data->>'opens' AS "opens", data->>'closes' AS "closes", data->>'appealsUntil' AS "appeals_until" FROM "jikji"."entries" WHERE kind = 'stage-dates-set';--> statement-breakpoint
COMMENT ON VIEW "jikji"."stage_dates_set" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."expert_assigned" AS SELECT seq, time, actor, data->>'stage' AS "stage", data->>'part' AS "part", data->>'expert' AS "expert" FROM "jikji"."entries" WHERE kind = 'expert-assigned';--> statement-breakpoint
COMMENT ON VIEW "jikji"."expert_assigned" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."expert_released" AS SELECT seq, time, actor, data->>'stage' AS "stage", data->>'part' AS "part", data->>'expert' AS "expert" FROM "jikji"."entries" WHERE kind = 'expert-released';--> statement-breakpoint
COMMENT ON VIEW "jikji"."expert_released" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';--> statement-breakpoint
CREATE VIEW "jikji"."interests_declared" AS SELECT seq, time, actor, data->>'stage' AS "stage", data->>'expert' AS "expert", data->>'organisation' AS "organisation", NULLIF(data->'teams', 'null') AS "teams" FROM "jikji"."entries" WHERE kind = 'interests-declared';--> statement-breakpoint
COMMENT ON VIEW "jikji"."interests_declared" IS 'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';
