CREATE SCHEMA IF NOT EXISTS "jikji";
--> statement-breakpoint
CREATE TABLE "jikji"."appeals" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"stage" text collate "C",
	"consortium" text collate "C",
	"text" text collate "C",
	"outcome" text collate "C",
	"answer" text collate "C",
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."applications" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"call" text collate "C",
	"name" jsonb,
	"lead" text collate "C",
	"members" jsonb,
	"status" text collate "C",
	"reviews" jsonb
);
--> statement-breakpoint
CREATE TABLE "jikji"."audits" (
	"submission" text collate "C" PRIMARY KEY NOT NULL,
	"verdict" text collate "C",
	"office" text collate "C",
	"checks" jsonb,
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."calls" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"title" jsonb,
	"status" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "jikji"."consortia" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"name" jsonb,
	"lead" text collate "C",
	"members" jsonb,
	"status" text collate "C",
	"maker_key" text collate "C",
	"source" jsonb
);
--> statement-breakpoint
CREATE TABLE "jikji"."decisions" (
	"stage" text collate "C" PRIMARY KEY NOT NULL,
	"statement" text collate "C",
	"digest" text collate "C",
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."entered_scores" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"stage" text collate "C",
	"consortium" text collate "C",
	"part" text collate "C",
	"value" jsonb,
	"max" double precision,
	"source" jsonb,
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."entries" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"time" text collate "C" NOT NULL,
	"actor" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"data" jsonb,
	"link" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jikji"."evaluations" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"submission" text collate "C",
	"task" text collate "C",
	"metric" text collate "C",
	"value" double precision,
	"stderr" double precision,
	"n" bigint,
	"items" jsonb,
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."findings" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"stage" text collate "C",
	"consortium" text collate "C",
	"component" text collate "C",
	"verdict" text collate "C",
	"by" text collate "C",
	"text" text collate "C",
	"source" jsonb,
	"signed_by" text collate "C",
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."forms" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"stage" text collate "C",
	"part" text collate "C",
	"expert" text collate "C",
	"commitment" text collate "C",
	"form" jsonb,
	"nonce" text collate "C",
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."jobs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "jikji"."jobs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text collate "C" NOT NULL,
	"input" jsonb,
	"status" text collate "C" NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"taker" integer,
	"started" text collate "C",
	"finished" text collate "C",
	"result" jsonb,
	"error" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "jikji"."judgements" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"stage" text collate "C",
	"judge" text collate "C",
	"a" text collate "C",
	"b" text collate "C",
	"choice" text collate "C",
	"item" text collate "C",
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."lodgings" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"kind" text collate "C",
	"request_digest" text collate "C",
	"statement" text collate "C",
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."organisations" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"name" jsonb,
	"country" text collate "C",
	"roles" jsonb,
	"source" jsonb
);
--> statement-breakpoint
CREATE TABLE "jikji"."programmes" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"name" jsonb,
	"mode" text collate "C",
	"office_key" text collate "C",
	"created" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "jikji"."rule_books" (
	"digest" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C",
	"version" integer,
	"text" text collate "C",
	"registered_seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."run_steps" (
	"submission" text collate "C",
	"step" bigint,
	"loss" double precision,
	"grad_norm" double precision,
	"learning_rate" double precision,
	CONSTRAINT "run_steps_submission_step_pk" PRIMARY KEY("submission","step")
);
--> statement-breakpoint
CREATE TABLE "jikji"."secrets" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"value" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jikji"."stages" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"title" jsonb,
	"rule_book" text collate "C",
	"status" text collate "C",
	"consortia" jsonb,
	"opened_seq" bigint,
	"closed_seq" bigint,
	"maker_keys" jsonb
);
--> statement-breakpoint
CREATE TABLE "jikji"."submissions" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"stage" text collate "C",
	"consortium" text collate "C",
	"kind" text collate "C",
	"digest" text collate "C",
	"bytes" bigint,
	"status" text collate "C",
	"maker" text collate "C",
	"received_seq" bigint
);
--> statement-breakpoint
CREATE INDEX "appeals_stage_index" ON "jikji"."appeals" USING btree ("stage");--> statement-breakpoint
CREATE INDEX "applications_call_index" ON "jikji"."applications" USING btree ("call");--> statement-breakpoint
CREATE INDEX "entered_scores_stage_index" ON "jikji"."entered_scores" USING btree ("stage");--> statement-breakpoint
CREATE INDEX "evaluations_submission_index" ON "jikji"."evaluations" USING btree ("submission");--> statement-breakpoint
CREATE INDEX "findings_stage_index" ON "jikji"."findings" USING btree ("stage");--> statement-breakpoint
CREATE INDEX "forms_stage_index" ON "jikji"."forms" USING btree ("stage");--> statement-breakpoint
CREATE INDEX "jobs_status_id_index" ON "jikji"."jobs" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "judgements_stage_index" ON "jikji"."judgements" USING btree ("stage");--> statement-breakpoint
CREATE INDEX "submissions_stage_index" ON "jikji"."submissions" USING btree ("stage");--> statement-breakpoint
CREATE INDEX "submissions_consortium_index" ON "jikji"."submissions" USING btree ("consortium");