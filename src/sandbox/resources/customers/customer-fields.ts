import type { Customer } from '../../tables.ts'

/** What a customer is told by its maker and may be told anew. */
export interface CustomerFields {
  readonly address?: Customer['address'] | undefined
  readonly business_name?: string | null | undefined
  readonly description?: string | null | undefined
  readonly email?: string | null | undefined
  readonly individual_name?: string | null | undefined
  readonly invoice_prefix?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly name?: string | null | undefined
  readonly next_invoice_sequence?: number | undefined
  readonly phone?: string | null | undefined
  readonly preferred_locales?: readonly string[] | undefined
  readonly shipping?: Customer['shipping'] | undefined
  readonly tax_exempt?: 'exempt' | 'none' | 'reverse' | undefined
}
