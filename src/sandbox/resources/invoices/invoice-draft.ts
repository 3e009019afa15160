import type { Invoice } from '../../tables.ts'
import type { LineDraft } from './line-draft.ts'

/** What an invoice is made from. */
export interface InvoiceDraft {
  /** Its id to be, where its items had to be told before it. */
  readonly id?: string | undefined
  readonly customer: string
  readonly currency: string
  /** The subscription it bills, and the metadata that has now. */
  readonly subscription?: {
    readonly id: string
    readonly metadata: Readonly<Record<string, string>> | null
    readonly prorationDate?: number
  }
  /** Id of the quote it came from. */
  readonly quote?: string
  readonly billingReason: NonNullable<Invoice['billing_reason']>
  readonly collectionMethod: 'charge_automatically' | 'send_invoice'
  readonly daysUntilDue?: number | null
  readonly dueDate?: number | null
  /** Whether it finalises itself after `settings.finalizeAfter` and is then collected. */
  readonly autoAdvance: boolean
  /** Unix seconds at which it finalises itself, where that is not `settings.finalizeAfter` from now. */
  readonly finalizesAt?: number
  readonly lines: readonly LineDraft[]
  /** Takes in the customer's pending invoice items: those of this subscription and of none. */
  readonly includePendingItems: boolean
  /** Unix seconds. */
  readonly periodStart: number
  readonly periodEnd: number
  /** Ids of discounts; absent: the customer's own. */
  readonly discounts?: readonly string[] | undefined
  readonly defaultPaymentMethod?: string | null
  readonly defaultSource?: string | null
  /** Ids of tax rates for lines that have none. */
  readonly defaultTaxRates?: readonly string[]
  readonly automaticTax?: boolean
  readonly description?: string | null
  readonly footer?: string | null
  readonly number?: string | null
  readonly statementDescriptor?: string | null
  readonly customFields?: Invoice['custom_fields']
  readonly metadata?: Readonly<Record<string, string>> | null
  readonly paymentSettings?: Partial<Invoice['payment_settings']>
  /** Unix seconds; default: the time of finalisation. */
  readonly effectiveAt?: number | null
  readonly rendering?: Invoice['rendering']
  readonly thresholdReason?: Invoice['threshold_reason']
  /** Called between the invoice's coming to be and its event, for who must be first to tell of it. */
  readonly opened?: (invoice: Invoice) => void
}
