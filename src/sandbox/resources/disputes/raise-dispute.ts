import type { Charge, Dispute } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { DisputeKind } from '../payment-methods/behaviour.ts'
import { instrumentOf } from '../payment-methods/instrument.ts'
import { moveFunds } from './move-funds.ts'
import { NO_EVIDENCE } from './evidence.ts'
import { warnOfFraud } from './early-fraud-warning.ts'

const DAY = 86_400
/** Days to answer a dispute. */
const ANSWER_DAYS = 9

interface Form {
  readonly reason: string
  readonly status: Dispute['status']
  readonly caseType: 'chargeback' | 'compliance' | 'inquiry'
  readonly networkReason: string
}

const FORMS: Readonly<Record<Exclude<DisputeKind, 'warning'>, readonly Form[]>> = {
  fraudulent: [chargeback('fraudulent', '10.4')],
  product_not_received: [chargeback('product_not_received', '13.1')],
  multiple: [chargeback('fraudulent', '10.4'), chargeback('product_not_received', '13.1')],
  compliance: [
    { reason: 'noncompliant', status: 'needs_response', caseType: 'compliance', networkReason: '' },
  ],
  inquiry: [
    {
      reason: 'fraudulent',
      status: 'warning_needs_response',
      caseType: 'inquiry',
      networkReason: '10',
    },
  ],
  // stripe-facts rows 27 and 80: nothing can be answered, it is born lost.
  bank_return: [
    { reason: 'debit_not_authorized', status: 'lost', caseType: 'chargeback', networkReason: '' },
  ],
}

function chargeback(reason: string, networkReason: string): Form {
  return { reason, status: 'needs_response', caseType: 'chargeback', networkReason }
}

/** Does to a charge what the test value behind its payment method promises. */
export function raiseDispute(world: World, id: string): void {
  const charge = world.get('charge', id)
  const method = world.get('payment_method', charge?.payment_method)
  if (charge === undefined || method === undefined) return
  const kind = instrumentOf(world, method).behaviour.dispute
  if (kind === undefined) return
  if (kind === 'warning') {
    warnOfFraud(world, charge)
    return
  }
  for (const form of FORMS[kind]) openDispute(world, charge, form)
}

/** A second from now, as job `charge.raise_dispute`. */
export function disputeLater(world: World, id: string): void {
  const { customer } = world.must('charge', id)
  world.schedule(customer, { at: world.now(customer) + 1, name: 'charge.raise_dispute', id })
}

function openDispute(world: World, charge: Charge, form: Form): void {
  const now = world.now(charge.customer)
  const card = charge.payment_method_details?.card
  const isOver = form.status === 'lost'
  const amount = charge.amount_captured - charge.amount_refunded
  const dispute: Dispute = {
    id: world.id(card === undefined ? 'dp' : 'du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: NO_EVIDENCE,
    evidence_details: {
      due_by: isOver ? null : now + ANSWER_DAYS * DAY,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: form.caseType === 'inquiry',
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    ...(card === undefined || card === null
      ? {}
      : {
          payment_method_details: {
            card: {
              brand: card.brand ?? 'visa',
              case_type: form.caseType,
              network: card.network ?? 'visa',
              network_reason_code: form.networkReason === '' ? null : form.networkReason,
            },
            type: 'card',
          },
        }),
    reason: form.reason,
    status: form.status,
  }
  world.insert('dispute', dispute)
  // An inquiry moves no money (stripe-facts row 79) and is no dispute of the charge until it escalates.
  const takesMoney = form.caseType !== 'inquiry'
  if (takesMoney) world.patch('charge', charge.id, { disputed: true })
  const opened = takesMoney ? moveFunds(world, dispute.id, 'withdrawn') : dispute
  world.emit('charge.dispute.created', opened)
  if (takesMoney) world.emit('charge.dispute.funds_withdrawn', opened)
  if (isOver) world.emit('charge.dispute.closed', opened)
  else {
    world.schedule(charge.customer, {
      at: now + ANSWER_DAYS * DAY,
      name: 'dispute.past_due',
      id: dispute.id,
    })
  }
  world.signal('dispute.created', { id: dispute.id })
}
