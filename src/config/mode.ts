/** Stripe writes the mode into every API key: `sk_live_…`, `rk_test_…`. */
export function livemodeOfKey(stripeApiKey: string | undefined): boolean | null {
  const mode = /^(?:sk|rk)_(live|test)_/.exec(stripeApiKey ?? '')?.[1]
  return mode === undefined ? null : mode === 'live'
}
