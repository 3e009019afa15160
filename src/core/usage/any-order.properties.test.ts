import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { givenAt, itemOf, lineOf, used } from '../../../test/support/allowances.ts'
import { holds } from '../../../test/support/property.ts'
import { DAY, decisions, FEBRUARY, HOUR, JANUARY, MARCH, told } from '../../../test/support/told.ts'
import { METERED } from '../../../test/support/allowances.ts'
import type { AnySnapshot } from '../fact.ts'
import { EMPTY_LEDGER, type Ledger } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'
import { balanceAt, usageAt } from './usage-at.ts'

const sold = (product: string, id: string) =>
  told('payment_intent', id, { metadata: { customer_id: 'ada', proviso_product: product } })

const month = (from: number, to: number, invoice: string, price: string) => [
  told(
    'subscription',
    'sub_1',
    { items: [itemOf(price, { periodStart: from, periodEnd: to })], latestInvoice: invoice },
    { at: from },
  ),
  told(
    'invoice',
    invoice,
    { created: from, lines: [lineOf(price, { periodStart: from, periodEnd: to })] },
    { at: from },
  ),
]

/** Everything that is ever heard of Ada: a plan renewed once, packs, one disputed and won, one refunded. */
const heard: AnySnapshot[] = [
  ...month(JANUARY, FEBRUARY, 'in_1', 'price_large'),
  ...month(FEBRUARY, MARCH, 'in_2', 'price_large'),
  sold('pack', 'pi_1'),
  sold('pack', 'pi_2'),
  sold('brief', 'pi_3'),
  told('charge', 'ch_1', { paymentIntent: 'pi_1' }),
  told('charge', 'ch_2', { paymentIntent: 'pi_2' }),
  told('dispute', 'dp_1', { charge: 'ch_1', paymentIntent: 'pi_1' }),
  told(
    'dispute',
    'dp_1',
    { charge: 'ch_1', paymentIntent: 'pi_1', status: 'won' },
    { at: JANUARY + DAY },
  ),
  told('refund', 're_1', { charge: 'ch_2', paymentIntent: 'pi_2' }, { at: JANUARY + DAY }),
]

const at = FEBRUARY + DAY

const order = fc
  .tuple(
    fc.shuffledSubarray(heard, { minLength: heard.length }),
    fc.array(fc.nat({ max: heard.length - 1 }), { maxLength: 6 }),
  )
  .map(([once, again]) => [...once, ...again.flatMap((index) => once[index] ?? [])])

/** Hears one thing after the other, brings the ledger in line after each, and uses a little between. */
function lived(
  feature: string,
  snapshots: readonly AnySnapshot[],
  uses: readonly number[],
): { ledger: Ledger; units: number } {
  let ledger = EMPTY_LEDGER
  let units = 0
  snapshots.forEach((_, index) => {
    const known = [...new Set(snapshots.slice(0, index + 1))]
    const hours = index - snapshots.length
    const now = at + hours * HOUR
    // Not everything names her: a charge alone is nobody's.
    if (decisions(known, { at: now, catalog: METERED })['ada'] === undefined) return
    ledger = syncLedger(ledger, givenAt(feature, known, now), now)
    const quantity = uses[index] ?? 0
    if (quantity === 0) return
    ledger = used(ledger, quantity, now)
    units += quantity
  })
  return { ledger: syncLedger(ledger, givenAt(feature, heard, at), at), units }
}

describe('in whatever order and however often news comes', () => {
  it.each(['calls', 'credits'])('as much is left of %s in the end', (feature) => {
    const whole = syncLedger(EMPTY_LEDGER, givenAt(feature, heard, at), at)
    const standing = (ledger: Ledger) =>
      feature === 'calls' ? usageAt(ledger, at) : balanceAt(ledger, at)
    expect(standing(whole).remaining).toBe(feature === 'calls' ? 1000 : 200)
    holds(
      fc.property(fc.tuple(order), ([snapshots]) => {
        expect(standing(lived(feature, snapshots, []).ledger)).toEqual(standing(whole))
      }),
      60,
    )
  })

  it.each(['calls', 'credits'])('no unit of %s that was used meanwhile is lost', (feature) => {
    holds(
      fc.property(
        fc.tuple(order, fc.array(fc.nat({ max: 30 }), { maxLength: 16 })),
        ([snapshots, uses]) => {
          const { ledger, units } = lived(feature, snapshots, uses)
          const counted = ledger.allowances.reduce((sum, { spent, over }) => sum + spent + over, 0)
          expect(counted).toBe(units)
        },
      ),
      60,
    )
  })
})
