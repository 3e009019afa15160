import type { Need } from '../core/decision.ts'
import type { Scope } from '../core/fact.ts'
import type { Reader } from '../stripe/reads.ts'
import type { Intake } from './intake.ts'

export interface SessionReadOptions {
  reader: Reader
  intake: Intake
  settled: () => Promise<void>
}

/** Asks Stripe for one Checkout Session, for a page that waits: the answer is settled when it resolves. */
export function createSessionRead({ reader, intake, settled }: SessionReadOptions) {
  return async function readSession(session: string, scope: Scope): Promise<void> {
    const need: Pick<Need, 'type' | 'object'> = { type: 'checkout_session', object: session }
    const outcome = await reader.read(need, scope)
    if (outcome.kind !== 'ok') return
    const { body } = outcome
    await intake.submit({
      ...scope,
      kind: 'read',
      id: `read_${session}_${body.requested_at}`.slice(0, 255),
      type: 'proviso.read.checkout_session',
      created: body.requested_at,
      body: new TextEncoder().encode(JSON.stringify(body)),
    })
    await settled()
  }
}
