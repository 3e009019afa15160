import type { Fault } from './fault.ts'
import { MONEY_FAULTS } from './money-faults.ts'
import { ORDER_FAULTS } from './order-faults.ts'
import { SERVICE_FAULTS } from './service-faults.ts'

export type { Edit, Fault } from './fault.ts'
export const FAULTS: readonly Fault[] = [...ORDER_FAULTS, ...MONEY_FAULTS, ...SERVICE_FAULTS]
