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
ALTER TABLE "jikji"."addresses" ADD CONSTRAINT "addresses_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jikji"."identities" ADD CONSTRAINT "identities_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jikji"."openid_flows" ADD CONSTRAINT "openid_flows_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jikji"."outbox" ADD CONSTRAINT "outbox_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "jikji"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "identities_user_id_issuer_index" ON "jikji"."identities" USING btree ("user_id","issuer");--> statement-breakpoint
CREATE INDEX "outbox_status_due_at_index" ON "jikji"."outbox" USING btree ("status","due_at");--> statement-breakpoint
CREATE INDEX "outbox_kind_created_at_index" ON "jikji"."outbox" USING btree ("kind","created_at");