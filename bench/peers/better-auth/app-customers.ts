import type { Setting } from '../../../test/gauntlet/live/contestant.ts'
import { namedBy, namedIn } from '../selling/app-customer.ts'

/**
 * Which of the app's customers a user is. The plugin's users are the app's own; the stories name them
 * in metadata, so that is where they are looked up, whatever was delivered of it.
 */
export function appCustomerOf(
  { sandbox: { world }, catalog }: Setting,
  user: string,
  subscription: string | null,
): string {
  const sessions = [...world.table('checkout.session').values()]
  const begun = sessions.find((session) => session.subscription === subscription)
  const named =
    namedIn(world.get('subscription', subscription ?? '')?.metadata, catalog) ??
    (begun === undefined || subscription === null ? null : namedBy(begun, catalog)) ??
    namedIn(world.get('customer', user)?.metadata, catalog)
  if (named !== null) return named
  const others = [
    ...sessions
      .filter(({ customer }) => customer === user)
      .map((session) => namedBy(session, catalog)),
    ...[...world.table('subscription').values()]
      .filter(({ customer }) => customer === user)
      .map(({ metadata }) => namedIn(metadata, catalog)),
  ]
  const known = new Set(others.filter((other) => other !== null))
  return known.size === 1 ? [...known].join('') : user
}
