import { createHmac } from 'node:crypto'

/**
 * `Stripe-Signature` of a body. `at` is real time (Unix seconds), not the sandbox's: a receiver
 * judges a signature's age by its own clock (stripe-facts §3, "Signature").
 */
export function signatureOf(body: string, secret: string, at: number): string {
  const digest = createHmac('sha256', secret)
    .update(`${String(at)}.${body}`)
    .digest('hex')
  return `t=${String(at)},v1=${digest}`
}
