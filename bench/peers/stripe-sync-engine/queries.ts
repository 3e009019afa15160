/** $1 the metadata key that names the app's customer, $2 whether a client_reference_id is believed */
const OWNERS = `
  with sessions as (
    select id, subscription, customer,
      coalesce(metadata ->> $1, case
        when $2 = 'always' or $2 = 'exceptPaymentLinks' and _raw_data ->> 'payment_link' is null
        then client_reference_id
      end) as named
    from stripe.checkout_sessions
  ),
  owners as (
    select c.id, coalesce(
      (select metadata ->> $1 from stripe.customers where id = c.id),
      (select min(named) from sessions where customer = c.id)
    ) as named
    from (select customer as id from stripe.subscriptions
      union select customer from stripe.checkout_sessions) c
  )`

/** Stripe: a subscription may be served while it is active or trialing. */
export const SERVED_SUBSCRIPTIONS = `
  ${OWNERS}
  select
    coalesce(
      s.metadata ->> $1,
      (select min(named) from sessions where subscription = s.id),
      o.named,
      s.customer
    ) as customer,
    item -> 'price' ->> 'id' as price,
    item -> 'price' ->> 'product' as product,
    item -> 'price' ->> 'lookup_key' as "lookupKey",
    (item ->> 'quantity')::int as quantity
  from stripe.subscriptions s
    cross join jsonb_array_elements(s.items -> 'data') item
    left join owners o on o.id = s.customer
  where s.status in ('active', 'trialing')`

/** Stripe: a Session is fulfilled unless it is unpaid. Its lines are there with \`autoExpandLists\`. */
export const SERVED_PURCHASES = `
  ${OWNERS}
  select
    coalesce(n.named, o.named, s.customer, s.id) as customer,
    line -> 'price' ->> 'id' as price,
    line -> 'price' ->> 'product' as product,
    line -> 'price' ->> 'lookup_key' as "lookupKey",
    (line ->> 'quantity')::int as quantity,
    s.created::float8 as "paidAt"
  from stripe.checkout_sessions s
    cross join jsonb_array_elements(s._raw_data -> 'lines' -> 'data') line
    join sessions n on n.id = s.id
    left join owners o on o.id = s.customer
  where s.status = 'complete' and s.payment_status <> 'unpaid'
    and line -> 'price' ->> 'type' = 'one_time'
    and not exists (
      select from stripe.charges c where c.payment_intent = s.payment_intent and c.refunded
    )`
