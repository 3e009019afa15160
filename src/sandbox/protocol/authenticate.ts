import { StripeError } from './stripe-error.ts'

/**
 * The key of a request, from `Authorization: Bearer` or Basic's user name. Any well-formed test key
 * is taken: there is one account.
 * @throws {StripeError} 401 where there is none, or it is no test key.
 */
export function authenticate(authorization: string | null): string {
  const key = keyIn(authorization)
  if (key === '') {
    throw unauthenticated(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  }
  if (/^(sk|rk)_live_/u.test(key)) {
    throw unauthenticated(
      'This is the Proviso sandbox, which has test mode only: use a key that starts with sk_test_, never a live one.',
    )
  }
  if (!/^(sk|rk|rkcs)_test_\w+$/u.test(key)) {
    throw unauthenticated(`Invalid API Key provided: ${masked(key)}`)
  }
  return key
}

function keyIn(authorization: string | null): string {
  const [scheme = '', value = ''] = (authorization ?? '').split(/\s+/u, 2)
  if (/^bearer$/iu.test(scheme)) return value
  if (!/^basic$/iu.test(scheme)) return ''
  return Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0] ?? ''
}

function masked(key: string): string {
  return key.length < 12
    ? '*'.repeat(key.length)
    : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`
}

function unauthenticated(message: string): StripeError {
  return new StripeError(
    401,
    { type: 'invalid_request_error', message },
    {
      'www-authenticate': 'Bearer realm="Stripe"',
    },
  )
}
