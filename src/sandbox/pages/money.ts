import type { Price } from '../tables.ts'

/** Minor units as people read them: `$29.00`. */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
  })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits)
}

/** `$29.00 / month`, or the amount alone for what is bought once. */
export function priceText(price: Price): string {
  const amount = price.unit_amount === null ? 'Usage' : money(price.unit_amount, price.currency)
  return price.recurring === null ? amount : `${amount} ${periodText(price.recurring)}`
}

export function periodText({
  interval,
  interval_count: count,
}: NonNullable<Price['recurring']>): string {
  return count === 1 ? `/ ${interval}` : `every ${String(count)} ${interval}s`
}

/** `14 March 2027`, in UTC. */
export function dayText(seconds: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    seconds * 1_000,
  )
}
