import type { Need } from '../../../src/core/decision.ts'
import { renderEvent } from '../../../src/sandbox/delivery/render-event.ts'

import { CURRENT } from '../../sandbox/decided/decided-stage.ts'
import type { Json, StripeRead } from '../../support/stripe/event.ts'
import type { Told } from './play-life.ts'

/**
 * What Stripe's API would have answered at a second: an event shows its object as a GET would at that
 * moment, and the books hold the lists that an answer carries beyond it.
 */
export function answerNeed(
  told: Told,
  { type, object }: Pick<Need, 'type' | 'object'>,
  second: number,
): StripeRead & { readonly type: Need['type'] } {
  return {
    object: 'proviso.read',
    type,
    id: object,
    // Once the second is over: what is read within it may be of before its last change.
    requested_at: second + 1,
    result: answer(told, type, object, second),
  }
}

function answer(told: Told, type: Need['type'], id: string, second: number): Json | null {
  const shown = lastShown(told, id, second)
  if (shown === null) return null
  const page = told.books.page(second)
  switch (type) {
    case 'invoice':
      return {
        ...shown,
        payments: list(page.all('invoice_payment').filter(({ invoice }) => invoice === id)),
      }
    case 'charge':
      return { ...shown, refunds: list(page.all('refund').filter(({ charge }) => charge === id)) }
    default:
      return shown
  }
}

function lastShown({ sandbox }: Told, id: string, second: number): Json | null {
  const event = sandbox
    .events()
    .findLast(
      ({ created, data }) =>
        created <= second && (data.object as unknown as { id?: string }).id === id,
    )
  if (event === undefined) return null
  const { data } = JSON.parse(JSON.stringify(renderEvent(sandbox.world, event, CURRENT, 0))) as {
    data: { object: Json }
  }
  return data.object
}

function list(data: readonly unknown[]): Json {
  return { object: 'list', data, has_more: false, url: '/v1/list' }
}
