import type { CreditNote } from '../../tables.ts'

/** One line to credit. */
export interface CreditLineInput {
  readonly type: 'custom_line_item' | 'invoice_line_item'
  /** Minor units of an invoice line, instead of a quantity. */
  readonly amount?: number | undefined
  readonly description?: string | undefined
  readonly invoice_line_item?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly quantity?: number | undefined
  readonly tax_rates?: readonly string[] | null | undefined
  readonly unit_amount?: number | undefined
  readonly unit_amount_decimal?: string | undefined
}

/** Stripe's own parameter names; amounts in minor units. */
export interface CreditNoteInput {
  readonly invoice: string
  /** The total, instead of lines. */
  readonly amount?: number | undefined
  readonly credit_amount?: number | undefined
  readonly effective_at?: number | undefined
  readonly lines?: readonly CreditLineInput[] | undefined
  readonly memo?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly out_of_band_amount?: number | undefined
  readonly reason?: CreditNote['reason'] | undefined
  readonly refund_amount?: number | undefined
  /** Refunds made already. */
  readonly refunds?:
    | readonly { readonly refund: string; readonly amount_refunded?: number | undefined }[]
    | undefined
}
