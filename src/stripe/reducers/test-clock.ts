import type { TestClockState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'

export function reduceTestClock(fields: Fields): TestClockState {
  return { frozenTime: fields.integer('frozen_time'), status: fields.text('status') }
}
