/**
 * Exact arithmetic on the decimal text of Stripe's `*_decimal` fields and usage: a whole number of
 * 10⁻¹² units, since Stripe allows twelve places.
 */
const PLACES = 12
export const ONE = 10n ** BigInt(PLACES)

export function unitsOf(decimal: string | number): bigint {
  const text = typeof decimal === 'number' ? plain(decimal) : decimal
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = text.replace(/^[-+]/u, '').split('.', 2)
  const units = BigInt(
    `${whole === '' ? '0' : whole}${fraction.slice(0, PLACES).padEnd(PLACES, '0')}`,
  )
  return negative ? -units : units
}

/** `1e-7` and the like written out. */
function plain(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(PLACES) : text
}

/** Without trailing zeros: `0.5`, `12`, `-3.25`. */
export function decimalText(units: bigint): string {
  const size = units < 0n ? -units : units
  const fraction = String(size % ONE)
    .padStart(PLACES, '0')
    .replace(/0+$/u, '')
  return `${units < 0n ? '-' : ''}${String(size / ONE)}${fraction === '' ? '' : `.${fraction}`}`
}

/** `numerator / denominator`, halves away from zero, as Stripe rounds money to the minor unit. */
export function rounded(numerator: bigint, denominator: bigint): number {
  const size = numerator < 0n ? -numerator : numerator
  const whole = (2n * size + denominator) / (2n * denominator)
  return Number(numerator < 0n ? -whole : whole)
}
