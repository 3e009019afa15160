-- Usage is told by the app, not by Stripe: like observations it is primary data that nothing derives.

create table proviso.usage (
  seq bigint generated always as identity,
  account text not null,
  livemode boolean not null,
  ledger bigint not null,
  id text not null,
  step smallint not null default 0,
  kind text not null,
  customer text not null,
  feature text not null,
  quantity bigint not null,
  over bigint not null default 0,
  at bigint not null,
  expires_at bigint,
  recorded_at timestamptz not null default clock_timestamp(),
  is_refused boolean not null default false,
  burned json,
  meter text,
  report text,
  -- The id comes first, so that the one index also finds a row by its id alone.
  constraint usage_pkey primary key (id, account, livemode, step),
  constraint usage_kind check (kind in ('track', 'consume', 'reserve', 'finalise', 'release', 'cancel')),
  constraint usage_quantity check (quantity >= 0)
);
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
-- What is tracked is found from where its ledger has got to, without what is taken at once in between.
create index usage_tracked on proviso.usage (ledger, seq) where kind = 'track';
create index usage_taken on proviso.usage (ledger, seq) where kind <> 'track';
create index usage_unreported on proviso.usage (livemode, seq) where report is null and meter is not null;
create index usage_report on proviso.usage (report) where report is not null;

create table proviso.usage_ledgers (
  id bigint generated always as identity,
  account text not null,
  livemode boolean not null,
  customer text not null,
  feature text not null,
  ledger json,
  alerts json not null default '{}',
  folded bigint not null default 0,
  constraint usage_ledgers_pkey primary key (id),
  constraint usage_ledgers_key unique (account, livemode, customer, feature)
) with (fillfactor = 70);
comment on table proviso.usage_ledgers is 'What a customer may use of a feature and what is used; whoever takes of it locks its row.';
comment on column proviso.usage_ledgers.ledger is 'In line with the verdict as of the last use; null: nothing was recorded yet.';
comment on column proviso.usage_ledgers.folded is 'usage.seq of the last tracked usage that the ledger counts; what was tracked since is added before it is used.';
comment on column proviso.usage_ledgers.alerts is 'Which changes of cause `usage` were sent, and for which period or grant.';

create table proviso.usage_unfolded (
  seq bigint generated always as identity,
  ledgers bigint[] not null,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint usage_unfolded_pkey primary key (seq)
);
comment on table proviso.usage_unfolded is 'One row for each transaction that tracked usage, until the ledgers it names have counted it.';

-- A function, so that each session plans it once: without it half of a small batch's time is planning.
-- Whoever tracks usage of a customer holds the lock of its bucket from before its numbers are drawn until
-- the commit, so what a ledger's uses are numbered by is the order in which they can be seen: nothing comes
-- to light later below a number that was counted. A customer with grants, who is on no test clock, stands
-- for itself and has the time of everybody: only then the ledger is looked up here.
create function proviso.track_usage(
  accounts text[], livemodes boolean[], ids text[], customers text[], features text[],
  quantities bigint[], ats bigint[], meters text[], ledgers bigint[], seconds bigint[],
  buckets bigint[], present bigint, late bigint, ahead bigint,
  out clock bigint, out recorded text[]
) language plpgsql as $$
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
end $$;
comment on function proviso.track_usage is 'Records tracked usage that is not on record under its id, lies in its window and has a ledger; the ids are different ones.';

create table proviso.usage_reports (
  account text not null,
  livemode boolean not null,
  identifier text not null,
  generation integer not null default 0,
  customer text not null,
  stripe_customer text,
  feature text not null,
  meter text not null,
  window_start bigint not null,
  segment_start bigint not null,
  at bigint not null,
  quantity bigint not null,
  status text not null,
  is_recounted boolean not null default false,
  attempts integer not null default 0,
  first_sent_at bigint,
  due_at timestamptz,
  error_code text,
  last_error text,
  constraint usage_reports_pkey primary key (account, livemode, identifier),
  constraint usage_reports_status check (status in
    ('pending', 'waiting', 'doubt', 'accepted', 'refused', 'dropped', 'cancelling', 'cancelled'))
);
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
create index usage_reports_due on proviso.usage_reports (due_at) where due_at is not null;
create index usage_reports_window
  on proviso.usage_reports (account, livemode, stripe_customer, meter, window_start);
create index usage_reports_customer on proviso.usage_reports (account, livemode, customer, meter);
create unique index usage_reports_unconfirmed
  on proviso.usage_reports (account, livemode, stripe_customer, meter, window_start)
  where status in ('doubt', 'cancelling');
create index usage_reports_listed
  on proviso.usage_reports (account, livemode, at desc, identifier);
create index usage_reports_for_people
  on proviso.usage_reports (account, livemode, status, at desc, identifier)
  where status in ('refused', 'dropped');
create index usage_reports_open
  on proviso.usage_reports (account, livemode, customer, feature, meter, segment_start)
  where status in ('pending', 'waiting');

create index observations_meter_errors on proviso.observations (seq) where type in
  ('v1.billing.meter.error_report_triggered', 'v1.billing.meter.no_meter_found');
