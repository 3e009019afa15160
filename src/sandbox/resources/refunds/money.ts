/** Currencies without minor units. */
const ZERO_DECIMAL = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '),
)

/** `$20.00`, as Stripe writes amounts in its errors. */
export function money(amount: number, currency: string): string {
  const places = ZERO_DECIMAL.has(currency) ? 0 : 2
  const value = (amount / 10 ** places).toFixed(places)
  const symbol = { usd: '$', eur: '€', gbp: '£', jpy: '¥' }[currency]
  return symbol === undefined ? `${value} ${currency}` : `${symbol}${value}`
}
