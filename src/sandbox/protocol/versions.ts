import { invalidRequest } from './stripe-error.ts'

export const CURRENT_VERSION = '2026-10-28.endive'

/** The version before which Checkout makes the subscription first and takes the money after. */
export const BASIL = '2025-03-31'

/** Whether `version` is older than the day given: names after the day do not matter. */
export function isBefore(version: string, day: string): boolean {
  return version.slice(0, 10) < day
}

/**
 * The version a request asks for, or the account's.
 * @throws {StripeError} 400 where the header is no version.
 */
export function versionAsked(header: string | null, account: string): string {
  if (header === null) return account
  // The SDK appends its own preview flags after a semicolon.
  const version = header.split(';', 1)[0]?.trim() ?? ''
  if (
    !/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/u.test(version) ||
    version.slice(0, 10) > CURRENT_VERSION.slice(0, 10)
  ) {
    throw invalidRequest(
      `Invalid Stripe API version: ${version}. The newest this sandbox knows is ${CURRENT_VERSION}.`,
    )
  }
  return version
}
