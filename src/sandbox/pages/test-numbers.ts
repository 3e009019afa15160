/** A published test number with what it does, for the buttons beside the field. */
export interface TestNumber {
  readonly text: string
  readonly number: string
}

export const CARD_NUMBERS: readonly TestNumber[] = [
  { text: 'Succeeds', number: '4242 4242 4242 4242' },
  { text: 'Declined', number: '4000 0000 0000 0002' },
  { text: 'Insufficient funds', number: '4000 0000 0000 9995' },
  { text: '3D Secure', number: '4000 0025 0000 3155' },
  { text: 'Saves, then declines', number: '4000 0000 0000 0341' },
]

export interface BankKind {
  readonly type: 'sepa_debit' | 'bacs_debit' | 'us_bank_account' | 'au_becs_debit'
  readonly text: string
  /** The label of the one field it needs. */
  readonly field: string
  readonly numbers: readonly TestNumber[]
}

const SUCCEEDS = 'Succeeds later'
const FAILS = 'Fails later'

/** Bank debits: all settle after the purchase is complete. */
export const BANKS: readonly BankKind[] = [
  {
    type: 'sepa_debit',
    text: 'SEPA Direct Debit',
    field: 'IBAN',
    numbers: [
      { text: SUCCEEDS, number: 'AT61 1904 3002 3457 3201' },
      { text: FAILS, number: 'AT86 1904 3002 3547 3202' },
      { text: 'Succeeds after 3 minutes', number: 'AT32 1904 3002 3547 3204' },
      { text: 'Returned after success', number: 'AT59 1904 3002 3547 3203' },
    ],
  },
  {
    type: 'bacs_debit',
    text: 'Bacs Direct Debit',
    field: 'Account number',
    numbers: [
      { text: SUCCEEDS, number: '00012345' },
      { text: FAILS, number: '22222227' },
    ],
  },
  {
    type: 'us_bank_account',
    text: 'US bank account',
    field: 'Account number',
    numbers: [
      { text: SUCCEEDS, number: '000123456789' },
      { text: FAILS, number: '000222222227' },
    ],
  },
  {
    type: 'au_becs_debit',
    text: 'BECS Direct Debit',
    field: 'Account number',
    numbers: [
      { text: SUCCEEDS, number: '000123456' },
      { text: FAILS, number: '222222227' },
    ],
  },
]
