CREATE TABLE "jikji"."allotments" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"consortium" text collate "C",
	"cluster" text collate "C",
	"from" text collate "C",
	"to" text collate "C",
	"device_hours" double precision,
	"source" jsonb,
	"seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."catalogues" (
	"digest" text collate "C" PRIMARY KEY NOT NULL,
	"parts" jsonb,
	"texts" jsonb,
	"registered_seq" bigint
);
--> statement-breakpoint
CREATE TABLE "jikji"."placements" (
	"submission" text collate "C" PRIMARY KEY NOT NULL,
	"cluster" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "jikji"."usages" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"consortium" text collate "C",
	"cluster" text collate "C",
	"from" text collate "C",
	"to" text collate "C",
	"device_hours" double precision,
	"word" text collate "C",
	"submission" text collate "C",
	"sessions" jsonb,
	"runtime" jsonb,
	"data" jsonb,
	"source" jsonb,
	"seq" bigint
);
--> statement-breakpoint
CREATE INDEX "usages_submission_index" ON "jikji"."usages" USING btree ("submission");