import type { ManualGrantState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'

export function reduceManualGrant(fields: Fields): ManualGrantState {
  return {
    customer: fields.requiredText('customer'),
    feature: fields.requiredText('feature'),
    value: fields.flagOrNumber('value'),
    from: fields.requiredInteger('from'),
    until: fields.integer('until'),
    isRevoked: fields.text('act') === 'revoke',
    note: fields.text('note'),
  }
}
