import type { Catalog, CatalogProduct } from './compile-catalog.ts'
import { endAtCancellation } from './cancellation.ts'
import { coverItem } from './coverage.ts'
import type { ItemContext } from './item-line.ts'
import type { Alert } from './decision.ts'
import type { SubscriptionItemState } from './fact.ts'
import type { Facts } from './facts.ts'
import { sessionCoverage } from './first-session.ts'
import { itemTimeline } from './item-timeline.ts'
import { itemUsage } from './item-usage.ts'
import type { Joins } from './joins.ts'
import { matchProduct } from './match.ts'
import { coverFromSiblings } from './sibling-coverage.ts'
import { always, because, type Source } from './source.ts'
import { subscriptionAlerts, unmatchedAlert } from './subscription-alerts.ts'
import { targetOf } from './target.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

export interface JudgeContext {
  facts: Facts
  joins: Joins
  catalog: Catalog
  now: number
}

/** One source per subscription item: ending one item never hurts another. */
export function judgeSubscription(
  context: JudgeContext,
  subscription: SubscriptionView,
  owner: string,
): Source[] {
  const alerts = subscriptionAlerts(subscription)
  return subscription.state.items.flatMap((item, position) =>
    judgeItem(context, subscription, item, owner, position === 0 ? alerts : []),
  )
}

function judgeItem(
  context: JudgeContext,
  subscription: SubscriptionView,
  item: SubscriptionItemState,
  owner: string,
  alerts: Alert[],
): Source[] {
  const { catalog, facts, joins, now } = context
  // Newer invoice lines name no lookup key: the subscription has shown which key its prices carry.
  const keysOf = (price: string | null) => subscription.lookupKeys.get(price ?? '') ?? []
  const listed = matchProduct(catalog, item, keysOf(item.price))
  const policy = listed?.policy ?? catalog.policy
  const itemContext: ItemContext = { facts, joins, subscription, item, policy }
  const coverage = coverItem(itemContext)
  sessionCoverage(itemContext, coverage)
  coverFromSiblings(itemContext, coverage)
  const target = targetOf(itemContext, coverage, now)
  const product =
    target.bought === item
      ? listed
      : matchProduct(catalog, target.bought, keysOf(target.bought.price))
  if (product === null) {
    const hole = unmatchedAlert(subscription, item)
    return hole === null && alerts.length === 0
      ? []
      : [emptySource(subscription, item, owner, [...alerts, ...(hole === null ? [] : [hole])])]
  }
  const needs = [...coverage.needs, ...target.needs]
  const lookAgain: number[] = []
  const segments = endAtCancellation(
    subscription,
    itemTimeline({
      context: { ...itemContext, policy: product.policy },
      coverage,
      needs,
      alerts,
      lookAgain,
      now,
    }),
  )
  if (subscription.isAmbiguous) {
    needs.push({
      type: 'subscription',
      object: subscription.id,
      reason: 'two states of the same second: only a read can tell the latest',
    })
  }
  const isOver = subscription.endedAt !== null
  return [
    {
      id: `${subscription.id}/${item.id}`,
      kind: 'subscription',
      owner,
      segments,
      gives: { kind: 'product', product, quantity: target.bought.quantity },
      ...(isUsedUp(catalog, product) && {
        usage: itemUsage({
          context: itemContext,
          coverage,
          product,
          quantity: target.bought.quantity,
          match: (bought) => matchProduct(catalog, bought, keysOf(bought.price)),
        }),
      }),
      needs: isOver ? [] : needs,
      alerts,
      lookAgainAt: isOver || lookAgain.length === 0 ? null : Math.min(...lookAgain),
    },
  ]
}

function isUsedUp({ features }: Catalog, { grants }: CatalogProduct): boolean {
  return [...grants.keys()].some((name) => {
    const type = features.get(name)?.type
    return type === 'metered' || type === 'credits'
  })
}

/** Carries alerts for an item that gives nothing. */
function emptySource(
  subscription: SubscriptionView,
  item: SubscriptionItemState,
  owner: string,
  alerts: Alert[],
): Source {
  return {
    id: `${subscription.id}/${item.id}`,
    kind: 'subscription',
    owner,
    segments: always(
      'none',
      because(
        'unmatched_price',
        'No product of the catalog matches this price.',
        subscription.evidence,
        [subscription.id],
      ),
    ),
    gives: { kind: 'features', values: new Map() },
    needs: [],
    alerts,
  }
}
