import type { SetupIntentState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { ownerOf } from './owner.ts'

export function reduceSetupIntent(fields: Fields): SetupIntentState {
  return {
    status: fields.requiredText('status'),
    customer: ownerOf(fields),
    hasPaymentMethod: fields.id('payment_method') !== null,
  }
}
