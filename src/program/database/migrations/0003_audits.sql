CREATE TABLE "jikji"."audit_parts" (
	"submission" text collate "C",
	"seq" bigint,
	"by" text collate "C",
	"segments" jsonb,
	"time" text collate "C",
	CONSTRAINT "audit_parts_submission_seq_pk" PRIMARY KEY("submission","seq")
);
--> statement-breakpoint
CREATE TABLE "jikji"."audit_reaches" (
	"submission" text collate "C" PRIMARY KEY NOT NULL,
	"extent" text collate "C",
	"data" text collate "C",
	"share" double precision,
	"chance" double precision,
	"room" double precision,
	"replayed" jsonb,
	"evidence" jsonb
);
--> statement-breakpoint
CREATE TABLE "jikji"."audit_reports" (
	"digest" text collate "C" PRIMARY KEY NOT NULL,
	"submission" text collate "C",
	"by" text collate "C",
	"key" text collate "C",
	"verdict" text collate "C",
	"statement" text collate "C",
	"seq" bigint
);
