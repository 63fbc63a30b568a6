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
ALTER TABLE "jikji"."resets" ADD CONSTRAINT "resets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accesses_once" ON "jikji"."accesses" USING btree ("programme","day","user_id","role","consortium","via","what","thing");--> statement-breakpoint
CREATE INDEX "accesses_programme_id_index" ON "jikji"."accesses" USING btree ("programme","id");