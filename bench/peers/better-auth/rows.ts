/** $1 the Stripe customer, whose user signed up before. */
export const SIGN_UP = `
  insert into "user" (id, name, email, "emailVerified", "stripeCustomerId", "createdAt", "updatedAt")
  values ($1, $1, $1 || '@example.test', true, $1, now(), now())
  on conflict (id) do nothing`

/** $1 id, $2 plan, $3 user and Stripe customer, $4 seats; as subscription.upgrade makes it. */
export const BEGIN_SUBSCRIPTION = `
  insert into subscription (id, plan, "referenceId", "stripeCustomerId", status, seats)
  values ($1, $2, $3, $3, 'incomplete', $4)`

/** What listActiveSubscriptions answers, for every user at once. */
export const ACTIVE_SUBSCRIPTIONS = `
  select plan, seats, "referenceId", "stripeSubscriptionId"
  from subscription where status in ('active', 'trialing')`
