/** The tables most apps keep: one row each, and the last that is written wins. */
export const TABLES = `
  create table customers (
    id text primary key,
    named text,
    linked text
  );
  create table subscriptions (
    id text primary key,
    customer text,
    named text,
    linked text,
    status text,
    items jsonb not null default '[]',
    current_period_end bigint,
    cancel_at_period_end boolean
  );
  create table purchases (
    session text primary key,
    customer text,
    named text,
    payment_intent text,
    status text not null,
    items jsonb not null,
    paid_at bigint not null
  )`

/** $1 id, $2 customer, $3 app customer, $4 status, $5 items, $6 period end, $7 ends with it */
export const KEEP_SUBSCRIPTION = `
  insert into subscriptions
    (id, customer, named, status, items, current_period_end, cancel_at_period_end)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (id) do update set
    customer = excluded.customer, named = excluded.named, status = excluded.status,
    items = excluded.items, current_period_end = excluded.current_period_end,
    cancel_at_period_end = excluded.cancel_at_period_end`

/** $1 the subscription of a Checkout Session, $2 its customer, $3 the app customer the session names */
export const LINK_SUBSCRIPTION = `
  insert into subscriptions (id, customer, linked) values ($1, $2, $3)
  on conflict (id) do update set linked = coalesce(excluded.linked, subscriptions.linked)`

/** $1 id, $2 status, $3 period end or null; what has ended is left alone, though few guides say so. */
export const BILL_SUBSCRIPTION = `
  update subscriptions
  set status = $2, current_period_end = coalesce($3, current_period_end)
  where id = $1 and status not in ('canceled', 'incomplete_expired')`

/** $1 customer, $2 app customer its metadata names */
export const NAME_CUSTOMER = `
  insert into customers (id, named) values ($1, $2)
  on conflict (id) do update set named = excluded.named`

/** $1 customer, $2 app customer a Checkout Session of its names */
export const LINK_CUSTOMER = `
  insert into customers (id, linked) values ($1, $2)
  on conflict (id) do update set linked = excluded.linked`

/** $1 session, $2 customer, $3 app customer, $4 payment intent, $5 status, $6 items, $7 when paid */
const INSERT_PURCHASE = `
  insert into purchases (session, customer, named, payment_intent, status, items, paid_at)
  values ($1, $2, $3, $4, $5, $6, $7)`

/** Fulfilled once, however often it is told. */
export const FULFILL_PURCHASE = `${INSERT_PURCHASE} on conflict (session) do nothing`

/** As the API told it just now. */
export const KEEP_PURCHASE = `
  ${INSERT_PURCHASE} on conflict (session) do update set status = excluded.status`

/** $1 payment intent */
export const REFUND_PURCHASE = `update purchases set status = 'refunded' where payment_intent = $1`

/** Stripe: a subscription may be served while it is active or trialing. */
export const SERVED_SUBSCRIPTIONS = `
  select s.items,
    coalesce(s.named, s.linked, c.named, c.linked, s.customer) as customer
  from subscriptions s left join customers c on c.id = s.customer
  where s.status in ('active', 'trialing')`

export const SERVED_PURCHASES = `
  select p.items, p.paid_at::float8 as "paidAt",
    coalesce(p.named, c.named, c.linked, p.customer, p.session) as customer
  from purchases p left join customers c on c.id = p.customer
  where p.status = 'paid'`
