-- The schema after every migration, written by npm run schema:dump. Changes go into a new migration.

create table proviso.changes (
  "position" bigint not null,
  account text not null,
  livemode boolean not null,
  customer text not null,
  feature text not null,
  before jsonb not null,
  after jsonb not null,
  cause text not null,
  observations text[] not null,
  decided_at bigint not null,
  committed_at timestamp with time zone default clock_timestamp() not null,
  constraint changes_pkey PRIMARY KEY ("position")
);
CREATE INDEX changes_customer ON proviso.changes USING btree (customer, "position");
comment on table proviso.changes is 'Append-only feed: positions are handed out in one serial step, so no reader can pass one that commits late.';

create table proviso.consumers (
  name text not null,
  "position" bigint not null,
  constraint consumers_pkey PRIMARY KEY (name)
);

create table proviso.customer_roots (
  account text not null,
  livemode boolean not null,
  customer text not null,
  root text not null,
  constraint customer_roots_pkey PRIMARY KEY (account, livemode, customer, root)
);
CREATE INDEX customer_roots_root ON proviso.customer_roots USING btree (account, livemode, root);

create table proviso.customers (
  account text not null,
  livemode boolean not null,
  id text not null,
  access jsonb default '{}'::jsonb not null,
  grants jsonb default '[]'::jsonb not null,
  needs jsonb default '[]'::jsonb not null,
  alerts jsonb default '[]'::jsonb not null,
  payment_method_on_file boolean default false not null,
  test_clocks text[] default '{}'::text[] not null,
  rules integer default 0 not null,
  catalog text default ''::text not null,
  hold jsonb,
  decided_at bigint,
  wake_at bigint,
  constraint customers_pkey PRIMARY KEY (account, livemode, id)
);
CREATE INDEX customers_test_clocks ON proviso.customers USING gin (test_clocks);
CREATE INDEX customers_wake ON proviso.customers USING btree (wake_at) WHERE (wake_at IS NOT NULL);
comment on table proviso.customers is 'The verdict per app customer; access is feature → {allowed, state, value, until, reasons}.';

create table proviso.deliveries (
  consumer text not null,
  "position" bigint not null,
  account text not null,
  livemode boolean not null,
  customer text not null,
  attempts integer default 0 not null,
  due_at timestamp with time zone not null,
  last_error text,
  is_dead boolean default false not null,
  constraint deliveries_pkey PRIMARY KEY (consumer, "position")
);
CREATE INDEX deliveries_customer ON proviso.deliveries USING btree (consumer, account, livemode, customer, "position");
CREATE INDEX deliveries_due ON proviso.deliveries USING btree (consumer, due_at) WHERE (NOT is_dead);
comment on table proviso.deliveries is 'Changes a consumer could not take yet, retried in order per customer; dead ones wait for a person.';

create table proviso.facts (
  account text not null,
  livemode boolean not null,
  key text not null,
  type text not null,
  object text not null,
  snapshots json not null,
  compacted text[] default '{}'::text[] not null,
  constraint facts_pkey PRIMARY KEY (account, livemode, key, type, object)
);
CREATE INDEX facts_object ON proviso.facts USING btree (account, livemode, object);
comment on table proviso.facts is 'Per object the set of reduced snapshots, under the key its payload names.';
comment on column proviso.facts.snapshots is E'json, not jsonb: payload text may hold \\u0000, and nothing queries inside it.';
comment on column proviso.facts.compacted is 'Observations whose snapshots can no longer matter; their raw rows stay.';

create table proviso.feed (
  is_only boolean default true not null,
  "position" bigint not null,
  constraint feed_pkey PRIMARY KEY (is_only),
  constraint feed_only CHECK (is_only)
);

create table proviso.links (
  account text not null,
  livemode boolean not null,
  object text not null,
  parent text,
  constraint links_pkey PRIMARY KEY (account, livemode, object)
);
CREATE INDEX links_parent ON proviso.links USING btree (account, livemode, parent) WHERE (parent IS NOT NULL);
comment on table proviso.links is 'Object key → the key it hangs under; parent null: a root (a Stripe customer, a guest payment…).';

create table proviso.migrations (
  number integer not null,
  name text not null,
  is_breaking boolean not null,
  applied_at timestamp with time zone default clock_timestamp() not null,
  constraint migrations_pkey PRIMARY KEY (number)
);
comment on table proviso.migrations is 'Schema changes applied so far; older code refuses a breaking one it does not know.';

create table proviso.needs (
  account text not null,
  livemode boolean not null,
  type text not null,
  object text not null,
  reason text not null,
  raised_at timestamp with time zone default clock_timestamp() not null,
  due_at timestamp with time zone,
  attempts integer default 0 not null,
  last_error text,
  constraint needs_pkey PRIMARY KEY (account, livemode, type, object)
);
CREATE INDEX needs_due ON proviso.needs USING btree (due_at) WHERE (due_at IS NOT NULL);
comment on column proviso.needs.due_at is 'When to read next; null: satisfied, kept so that raising it again backs off.';

create table proviso.observations (
  seq bigint generated always as identity not null,
  account text not null,
  livemode boolean not null,
  id text not null,
  hash bytea not null,
  kind text not null,
  type text not null,
  created bigint not null,
  received_at timestamp with time zone default clock_timestamp() not null,
  is_pending boolean default true not null,
  problem text,
  body bytea not null,
  constraint observations_pkey PRIMARY KEY (seq),
  constraint observations_identity UNIQUE (id, account, livemode, hash),
  constraint observations_kind CHECK ((kind = ANY (ARRAY['event'::text, 'read'::text, 'manual'::text])))
);
CREATE INDEX observations_meter_errors ON proviso.observations USING btree (seq) WHERE (type = ANY (ARRAY['v1.billing.meter.error_report_triggered'::text, 'v1.billing.meter.no_meter_found'::text]));
CREATE INDEX observations_pending ON proviso.observations USING btree (seq) WHERE is_pending;
comment on table proviso.observations is 'Raw, append-only: a delivered event, an API read or a manual act.';
comment on column proviso.observations.id is 'evt_… as Stripe names it; read_… and act_… are ours.';
comment on column proviso.observations.hash is 'SHA-256 of the body without pending_webhooks: one event id may come in two shapes.';
comment on column proviso.observations.created is 'Unix seconds: event created, or when the read or act began.';
comment on column proviso.observations.problem is 'Why no fact could be read from it; null when one was, or none is expected.';

create table proviso.settings (
  name text not null,
  value jsonb not null,
  constraint settings_pkey PRIMARY KEY (name)
);

create table proviso.usage (
  seq bigint generated always as identity not null,
  account text not null,
  livemode boolean not null,
  ledger bigint not null,
  id text not null,
  step smallint default 0 not null,
  kind text not null,
  customer text not null,
  feature text not null,
  quantity bigint not null,
  over bigint default 0 not null,
  at bigint not null,
  expires_at bigint,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  is_refused boolean default false not null,
  burned json,
  meter text,
  report text,
  constraint usage_pkey PRIMARY KEY (id, account, livemode, step),
  constraint usage_kind CHECK ((kind = ANY (ARRAY['track'::text, 'consume'::text, 'reserve'::text, 'finalise'::text, 'release'::text, 'cancel'::text]))),
  constraint usage_quantity CHECK ((quantity >= 0))
);
CREATE INDEX usage_report ON proviso.usage USING btree (report) WHERE (report IS NOT NULL);
CREATE INDEX usage_taken ON proviso.usage USING btree (ledger, seq) WHERE (kind <> 'track'::text);
CREATE INDEX usage_tracked ON proviso.usage USING btree (ledger, seq) WHERE (kind = 'track'::text);
CREATE INDEX usage_unreported ON proviso.usage USING btree (livemode, seq) WHERE ((report IS NULL) AND (meter IS NOT NULL));
comment on table proviso.usage is 'Append-only: what an app said a customer used, once per id for good.';
comment on column proviso.usage.seq is 'Of one ledger what is tracked is committed in the order of its numbers.';
comment on column proviso.usage.ledger is 'The row of usage_ledgers it counts in.';
comment on column proviso.usage.step is '1: what became of the reservation of this id; 2: its use was taken back; 0: everything else.';
comment on column proviso.usage.over is 'The part of the quantity that nothing included covers; of tracked metered usage only the ledger tells.';
comment on column proviso.usage.at is 'Unix seconds: when it was used, which may be earlier than when it was told.';
comment on column proviso.usage.expires_at is 'Reservations only: Unix seconds from which it counts as released.';
comment on column proviso.usage.is_refused is 'A consume or reserve that was not allowed: kept so that the same id gets the same answer.';
comment on column proviso.usage.burned is 'Allowances it was taken from: [{allowance, quantity}]; null: tracked metered usage, and credits not folded yet.';
comment on column proviso.usage.meter is 'Event name of the Stripe meter it is to be reported to; null: not reported.';
comment on column proviso.usage.report is 'Identifier of the report that carries it; null: none does yet.';

create table proviso.usage_ledgers (
  id bigint generated always as identity not null,
  account text not null,
  livemode boolean not null,
  customer text not null,
  feature text not null,
  ledger json,
  alerts json default '{}'::json not null,
  folded bigint default 0 not null,
  constraint usage_ledgers_pkey PRIMARY KEY (id),
  constraint usage_ledgers_key UNIQUE (account, livemode, customer, feature)
);
comment on table proviso.usage_ledgers is 'What a customer may use of a feature and what is used; whoever takes of it locks its row.';
comment on column proviso.usage_ledgers.ledger is 'In line with the verdict as of the last use; null: nothing was recorded yet.';
comment on column proviso.usage_ledgers.alerts is 'Which changes of cause `usage` were sent, and for which period or grant.';
comment on column proviso.usage_ledgers.folded is 'usage.seq of the last tracked usage that the ledger counts; what was tracked since is added before it is used.';

create table proviso.usage_reports (
  account text not null,
  livemode boolean not null,
  identifier text not null,
  generation integer default 0 not null,
  customer text not null,
  stripe_customer text,
  feature text not null,
  meter text not null,
  window_start bigint not null,
  segment_start bigint not null,
  at bigint not null,
  quantity bigint not null,
  status text not null,
  is_recounted boolean default false not null,
  attempts integer default 0 not null,
  first_sent_at bigint,
  due_at timestamp with time zone,
  error_code text,
  last_error text,
  constraint usage_reports_pkey PRIMARY KEY (account, livemode, identifier),
  constraint usage_reports_status CHECK ((status = ANY (ARRAY['pending'::text, 'waiting'::text, 'doubt'::text, 'accepted'::text, 'refused'::text, 'dropped'::text, 'cancelling'::text, 'cancelled'::text])))
);
CREATE INDEX usage_reports_customer ON proviso.usage_reports USING btree (account, livemode, customer, meter);
CREATE INDEX usage_reports_due ON proviso.usage_reports USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX usage_reports_for_people ON proviso.usage_reports USING btree (account, livemode, status, at DESC, identifier) WHERE (status = ANY (ARRAY['refused'::text, 'dropped'::text]));
CREATE INDEX usage_reports_listed ON proviso.usage_reports USING btree (account, livemode, at DESC, identifier);
CREATE INDEX usage_reports_open ON proviso.usage_reports USING btree (account, livemode, customer, feature, meter, segment_start) WHERE (status = ANY (ARRAY['pending'::text, 'waiting'::text]));
CREATE UNIQUE INDEX usage_reports_unconfirmed ON proviso.usage_reports USING btree (account, livemode, stripe_customer, meter, window_start) WHERE (status = ANY (ARRAY['doubt'::text, 'cancelling'::text]));
CREATE INDEX usage_reports_window ON proviso.usage_reports USING btree (account, livemode, stripe_customer, meter, window_start);
comment on table proviso.usage_reports is 'What is told to Stripe''s meters: each report sums the usage that names it.';
comment on column proviso.usage_reports.identifier is 'Stripe drops a second meter event of the same identifier for 24 hours at least.';
comment on column proviso.usage_reports.generation is 'Rises when it must be sent under another identifier: 1 is sent as `<identifier>.1`.';
comment on column proviso.usage_reports.stripe_customer is 'Whom it is billed to; null: not known yet.';
comment on column proviso.usage_reports.window_start is 'Unix seconds: the UTC hour that `at` lies in. One report of a Stripe customer, meter and hour is unconfirmed at most.';
comment on column proviso.usage_reports.segment_start is 'Unix seconds: the hour that its usage lies in, or the billing period that begins within it.';
comment on column proviso.usage_reports.at is 'Unix seconds: the timestamp of the meter event.';
comment on column proviso.usage_reports.status is 'waiting: nobody to bill yet; doubt: sent, and nobody knows whether it counts; refused and dropped wait for a person.';
comment on column proviso.usage_reports.is_recounted is 'Some of its usage was taken back after it was sent.';
comment on column proviso.usage_reports.first_sent_at is 'Unix seconds: when this generation was first sent; null: it was not.';
comment on column proviso.usage_reports.due_at is 'When to look at it next; null: settled, or waits for a person.';

create table proviso.usage_unfolded (
  seq bigint generated always as identity not null,
  ledgers bigint[] not null,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  constraint usage_unfolded_pkey PRIMARY KEY (seq)
);
comment on table proviso.usage_unfolded is 'One row for each transaction that tracked usage, until the ledgers it names have counted it.';

create view proviso.access as
SELECT c.account,
    c.livemode,
    c.id AS customer,
    f.key AS feature,
    ((f.value ->> 'allowed'::text)::boolean) AND COALESCE(((f.value ->> 'until'::text)::bigint)::numeric > EXTRACT(epoch FROM now()), true) AS allowed,
    f.value ->> 'state'::text AS state,
    f.value -> 'value'::text AS value,
    (f.value ->> 'until'::text)::bigint AS until,
    f.value -> 'reasons'::text AS reasons
   FROM proviso.customers c
     CROSS JOIN LATERAL jsonb_each(c.access) f(key, value);
comment on view proviso.access is 'For SQL users: one row per customer and feature, `until` applied.';

CREATE OR REPLACE FUNCTION proviso.track_usage(accounts text[], livemodes boolean[], ids text[], customers text[], features text[], quantities bigint[], ats bigint[], meters text[], ledgers bigint[], seconds bigint[], buckets bigint[], present bigint, late bigint, ahead bigint, OUT clock bigint, OUT recorded text[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  second constant bigint := coalesce(present, floor(extract(epoch from clock_timestamp())));
  touched bigint[];
begin
  perform pg_advisory_xact_lock(b.key)
  from (
    select hashtextextended('proviso track ' || '"proviso"', r.bucket) as key
    from unnest(buckets) as r (bucket)
    order by 1
  ) as b;

  with inserted as (
    insert into proviso.usage
      (account, livemode, id, kind, ledger, customer, feature, quantity, at, meter)
    select r.account, r.livemode, r.id, 'track', coalesce(r.ledger, l.id), r.customer, r.feature,
      r.quantity, coalesce(r.at, r.clock, second), r.meter
    from unnest(
      accounts, livemodes, ids, customers, features, quantities, ats, meters, ledgers, seconds
    ) as r (account, livemode, id, customer, feature, quantity, at, meter, ledger, clock)
    left join proviso.usage_ledgers l
      on l.account = r.account and l.livemode = r.livemode and l.customer = r.customer
        and l.feature = r.feature
    left join proviso.customers c
      on c.account = r.account and c.livemode = r.livemode and c.id = r.customer
    where (r.ledger is not null or (l.id is not null and c.grants <> '[]' and c.test_clocks = '{}'))
      and (
        r.at is null
        or r.at between coalesce(r.clock, second) - late and coalesce(r.clock, second) + ahead
      )
    on conflict on constraint usage_pkey do nothing
    returning account, livemode, id, ledger
  )
  select array_agg(distinct i.ledger),
    case when count(*) < cardinality(ids) then coalesce(array_agg(
      i.account || E'\n' || case when i.livemode then 'live' else 'test' end || E'\n' || i.id
    ), '{}') end
  into touched, recorded
  from inserted i;

  if touched is not null then
    insert into proviso.usage_unfolded (ledgers) values (touched);
  end if;
  clock := second;
end $function$;
