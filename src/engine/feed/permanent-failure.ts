const BRAND = Symbol.for('proviso.permanent-failure')

/**
 * Thrown by a handler that will never take this change: it becomes a dead letter at once.
 *
 * @example
 * proviso.onChange('crm', async (change) => {
 *   if (!(await crm.has(change.customer))) throw new PermanentFailure('The CRM has no such account.')
 * })
 */
export class PermanentFailure extends Error {
  readonly [BRAND] = true

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'PermanentFailure'
  }
}

/** True across duplicate installs of the package, where `instanceof` is not. */
export function isPermanentFailure(error: unknown): error is PermanentFailure {
  return typeof error === 'object' && error !== null && BRAND in error
}
