import type { CustomerState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'

export function reduceCustomer(fields: Fields, eventType: string): CustomerState {
  return {
    // Old `customer.deleted` payloads are the whole customer without the `deleted` mark.
    deleted: fields.flag('deleted') ?? eventType === 'customer.deleted',
    metadata: fields.metadata('metadata'),
    paymentMethodOnFile:
      fields.child('invoice_settings').id('default_payment_method') !== null ||
      fields.id('default_source') !== null ||
      fields.has('active_card'),
    testClock: fields.id('test_clock'),
  }
}
