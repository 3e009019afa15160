import { checks, PLAIN, PLAIN_DEBIT, type Behaviour } from './behaviour.ts'
import { DECLINES } from './declines.ts'

/**
 * Every test value Stripe publishes (docs.stripe.com/testing and the pages of the bank debits) and
 * what it means. A card's names stand behind both `pm_card_` and `tok_`.
 */
export interface TestCard {
  readonly number: string
  readonly brand: string
  readonly names: readonly string[]
  readonly behaviour: Behaviour
  /** ISO 3166 alpha-2, upper case. */
  readonly country: string
  readonly funding: 'credit' | 'debit' | 'prepaid'
}

export interface TestAccount {
  readonly type: 'sepa_debit' | 'bacs_debit' | 'us_bank_account' | 'au_becs_debit'
  /** IBAN or account number, without spaces. */
  readonly number: string
  /** The whole `pm_…` name, where there is one. */
  readonly names: readonly string[]
  readonly behaviour: Behaviour
}

type Change = Partial<Behaviour>
type Looks = Partial<Pick<TestCard, 'brand' | 'country' | 'funding'>>

/** A card by its number; `names` are separated by spaces. */
function card(number: string, names: string, change: Change = {}, looks: Looks = {}): TestCard {
  return {
    number,
    brand: 'visa',
    names: names === '' ? [] : names.split(' '),
    behaviour: { ...PLAIN, ...change },
    country: 'US',
    funding: 'credit',
    ...looks,
  }
}

/** The issuer declines: such a card cannot be attached to a customer either. */
function declined(decline: Behaviour['decline'] & object): Change {
  return { decline, attachFails: true }
}

// prettier-ignore
const BRANDS: readonly TestCard[] = [
  card('4242424242424242', 'visa us'),
  card('4000056655665556', 'visa_debit', {}, { funding: 'debit' }),
  card('5555555555554444', 'mastercard', {}, { brand: 'mastercard' }),
  card('2223003122003222', '', {}, { brand: 'mastercard' }),
  card('5200828282828210', 'mastercard_debit', {}, { brand: 'mastercard', funding: 'debit' }),
  card('5105105105105100', 'mastercard_prepaid', {}, { brand: 'mastercard', funding: 'prepaid' }),
  card('378282246310005', 'amex amex_threeDSecureNotSupported', { authentication: 'unsupported' }, { brand: 'amex' }),
  card('371449635398431', '', { authentication: 'unsupported' }, { brand: 'amex' }),
  card('6011111111111117', 'discover', {}, { brand: 'discover' }),
  card('6011000990139424', '', {}, { brand: 'discover' }),
  card('6011981111111113', 'discover_debit', {}, { brand: 'discover', funding: 'debit' }),
  card('3056930009020004', 'diners', {}, { brand: 'diners' }),
  card('36227206271667', '', {}, { brand: 'diners' }),
  card('3566002020360505', 'jcb', {}, { brand: 'jcb', country: 'JP' }),
  card('6200000000000005', 'unionpay', {}, { brand: 'unionpay', country: 'CN' }),
  card('6200000000000047', 'unionpay_debit', {}, { brand: 'unionpay', country: 'CN', funding: 'debit' }),
  card('6205500000000000004', '', {}, { brand: 'unionpay', country: 'CN' }),
]

/** The cards of the world: `pm_card_de` is the one of Germany. */
// prettier-ignore
const COUNTRIES: readonly TestCard[] = Object.entries({
  ar: '4000000320000021', br: '4000000760000002', ca: '4000001240000000', cl: '4000001520000001',
  co: '4000001700000003', cr: '4000001880000005', ec: '4000002180000000', mx: '4000004840008001',
  pa: '4000005910000000', py: '4000006000000066', pe: '4000006040000068', uy: '4000008580000003',
  ae: '4000007840000001', at: '4000000400000008', be: '4000000560000004', bg: '4000001000000000',
  by: '4000001120000005', hr: '4000001910000009', cy: '4000001960000008', cz: '4000002030000002',
  dk: '4000002080000001', ee: '4000002330000009', fi: '4000002460000001', fr: '4000002500000003',
  de: '4000002760000016', gi: '4000002920000005', gr: '4000003000000030', hu: '4000003480000005',
  ie: '4000003720000005', it: '4000003800000008', lv: '4000004280000005', li: '4000004380000004',
  lt: '4000004400000000', lu: '4000004420000006', mt: '4000004700000007', nl: '4000005280000002',
  no: '4000005780000007', pl: '4000006160000005', pt: '4000006200000007', ro: '4000006420000001',
  sa: '4000006820000007', si: '4000007050000006', sk: '4000007030000001', es: '4000007240000007',
  se: '4000007520000008', ch: '4000007560000009', gb: '4000008260000000', au: '4000000360000006',
  cn: '4000001560000002', hk: '4000003440000004', in: '4000003560000008', jp: '4000003920000003',
  my: '4000004580000002', nz: '4000005540000008', sg: '4000007020000003', tw: '4000001580000008',
  th: '4000007640000003',
}).map(([code, number]) => card(number, code, {}, { country: code.toUpperCase() }))

// prettier-ignore
const DECLINED: readonly TestCard[] = [
  card('4000000000000002', 'chargeDeclined visa_chargeDeclined', declined(DECLINES.generic)),
  card('4000000000009995', 'chargeDeclinedInsufficientFunds visa_chargeDeclinedInsufficientFunds visa_debit_chargeDeclinedInsufficientFunds', declined(DECLINES.insufficientFunds)),
  card('4000000000009987', 'chargeDeclinedLostCard visa_chargeDeclinedLostCard', declined(DECLINES.lost)),
  card('4000000000009979', 'chargeDeclinedStolenCard visa_chargeDeclinedStolenCard', declined(DECLINES.stolen)),
  card('4000000000000069', 'chargeDeclinedExpiredCard visa_chargeDeclinedExpiredCard', declined(DECLINES.expired)),
  card('4000000000000127', 'chargeDeclinedIncorrectCvc visa_chargeDeclinedIncorrectCvc', { ...declined(DECLINES.incorrectCvc), checks: checks({ cvc: 'fail' }) }),
  card('4000000000000119', 'chargeDeclinedProcessingError visa_chargeDeclinedProcessingError', declined(DECLINES.processingError)),
  card('4000000000006975', 'chargeDeclinedVelocityLimitExceeded visa_chargeDeclinedVelocityLimitExceeded', declined(DECLINES.velocity)),
  card('4000000000000341', 'chargeCustomerFail visa_chargeCustomerFail', { decline: DECLINES.generic }),
  // Published by name only.
  card('4000000000000341', 'visa_chargeCustomerFailLostCard', { decline: DECLINES.lost }),
  card('4000000000000341', 'visa_chargeCustomerFailStolenCard', { decline: DECLINES.stolen }),
  card('4100000000000019', 'radarBlock chargeDeclinedFraudulent visa_chargeDeclinedFraudulent', { ...declined(DECLINES.blocked), risk: 'highest' }),
]

// prettier-ignore
const RISK: readonly TestCard[] = [
  card('4000000000004954', 'riskLevelHighest', { risk: 'highest' }),
  card('4000000000009235', 'riskLevelElevated', { risk: 'elevated' }),
  card('4000008400000407', 'highFraudDisputeScore', { risk: 'elevated' }),
  card('4000008400000159', 'highEfwScore', { risk: 'elevated' }),
  card('4000008400001017', 'radarDynamicRiskThreshold'),
  card('4000008405600003', 'adaptive3dsChallenge'),
  card('4000000000000101', 'cvcCheckFail', { checks: checks({ cvc: 'fail' }) }),
  card('4000000000000036', 'avsZipFail', { checks: checks({ postalCode: 'fail' }) }),
  card('4000058400307872', 'cvcCheckFailElevatedRisk', { risk: 'elevated', checks: checks({ cvc: 'fail' }) }),
  card('4000058400306072', 'avsZipFailElevatedRisk', { risk: 'elevated', checks: checks({ postalCode: 'fail' }) }),
  card('4000000000000028', 'avsLine1Fail', { checks: checks({ line1: 'fail' }) }),
  card('4000000000000010', 'avsFail', { checks: checks({ line1: 'fail', postalCode: 'fail' }) }),
  card('4000000000000044', 'avsUnchecked', { checks: checks({ line1: 'unavailable', postalCode: 'unavailable' }) }),
  card('4000000000001208', ''),
  card('4000000000003725', ''),
]

// prettier-ignore
const DISPUTED: readonly TestCard[] = [
  card('4000000000000259', 'createDispute', { dispute: 'fraudulent' }),
  card('4000000000002685', 'createDisputeProductNotReceived', { dispute: 'product_not_received' }),
  card('4000000000001976', 'createDisputeInquiry', { dispute: 'inquiry' }),
  card('4000000000005423', 'createIssuerFraudRecord', { dispute: 'warning' }),
  card('4000000404000079', 'createMultipleDisputes', { dispute: 'multiple' }),
  card('4000000404000038', 'createCe3EligibleDispute', { dispute: 'fraudulent' }),
  card('4000008400000779', 'createComplianceDispute', { dispute: 'compliance' }),
  card('5105008400000002', 'createMastercardComplianceDispute', { dispute: 'compliance' }, { brand: 'mastercard' }),
  card('4000000001000043', 'createAutoRepresentmentEligibleDispute', { dispute: 'fraudulent' }),
  // Prevention is off by default, and these then are disputed like any other.
  card('4000000404004816', 'createRapidDisputeResolutionDispute', { dispute: 'fraudulent' }),
  card('4000000404005649', 'createCe3BlockDispute', { dispute: 'fraudulent' }),
  card('5105000300000018', 'createEthocaAlert', { dispute: 'fraudulent' }, { brand: 'mastercard' }),
]

// prettier-ignore
const REFUNDED: readonly TestCard[] = [
  card('4000000000007726', 'pendingRefund', { refund: 'pending' }),
  card('4000000000005126', 'refundFail', { refund: 'fails' }),
  card('4000000000000077', 'bypassPending', { bypassesPending: true }),
  card('4000003720000278', 'bypassPendingInternational', { bypassesPending: true }, { country: 'IE' }),
]

// prettier-ignore
const AUTHENTICATED: readonly TestCard[] = [
  card('4000002500003155', 'authenticationRequiredOnSetup', { authentication: 'unless_set_up' }),
  card('4000002760003184', 'authenticationRequired', { authentication: 'always' }, { country: 'DE' }),
  card('4000003800000446', 'authenticationRequiredSetupForOffSession', { authentication: 'unless_set_up', setUp: true }, { country: 'IT' }),
  card('4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds', { authentication: 'unless_set_up', decline: DECLINES.insufficientFunds }, { country: 'GB' }),
  card('4000000000003220', 'threeDSecure2Required', { authentication: 'always' }, { country: 'IE' }),
  card('4000000000003063', 'threeDSecureRequired', { authentication: 'always' }),
  card('4000008400000027', '', { authentication: 'always' }),
  card('4000008400001629', 'threeDSecureRequiredChargeDeclined', { authentication: 'always', decline: DECLINES.generic }),
  card('4000008400001280', 'threeDSecureRequiredProcessingError', { authentication: 'broken' }),
  card('4000000000003055', 'threeDSecureOptional', { authentication: 'on_request' }),
  card('4000000000003097', 'threeDSecureOptionalProcessingError', { authentication: 'broken_on_request' }),
  card('4000000032200000', '', { authentication: 'frictionless' }),
  card('4000582600000094', '', { authentication: 'always' }),
  card('4000582600000045', '', { authentication: 'always' }),
  card('4000582600000102', '', { authentication: 'always' }),
  card('4000582600000110', '', { authentication: 'always' }),
]

export const TEST_CARDS: readonly TestCard[] = [
  ...BRANDS,
  ...COUNTRIES,
  ...DECLINED,
  ...RISK,
  ...DISPUTED,
  ...REFUNDED,
  ...AUTHENTICATED,
]

/** By country: succeeds, succeeds slowly, fails, fails slowly, is returned after it succeeded. */
// prettier-ignore
const SEPA = {
  at: 'AT611904300234573201 AT321904300235473204 AT861904300235473202 AT051904300235473205 AT591904300235473203',
  be: 'BE62510007547061 BE78510007547064 BE68539007547034 BE51510007547065 BE08510007547063',
  hr: 'HR7624020064583467589 HR6323600002337876649 HR2725000096983499248 HR6723600004878117427 HR8724840081455523553',
  ee: 'EE382200221020145685 EE222200221020145682 EE762200221020145680 EE922200221020145683 EE492200221020145681',
  fi: 'FI2112345600000785 FI3712345600000788 FI9112345600000786 FI1012345600000789 FI6412345600000787',
  fr: 'FR1420041010050500013M02606 FR3020041010050500013M02609 FR8420041010050500013M02607 FR7920041010050500013M02600 FR5720041010050500013M02608',
  de: 'DE89370400440532013000 DE08370400440532013003 DE62370400440532013001 DE78370400440532013004 DE35370400440532013002',
  gi: 'GI60MPFS599327643783385 GI08RRNW626436291644533 GI41SAFA461293238477751 GI50LROG772261344693297 GI26KJBC361883934534696',
  ie: 'IE29AIBK93115212345678 IE24AIBK93115212345671 IE02AIBK93115212345679 IE94AIBK93115212345672 IE51AIBK93115212345670',
  li: 'LI0508800636123378777 LI4408800387787111369 LI1208800143823175626 LI4908800356441975566 LI7708800125525347723',
  lt: 'LT121000011101001000 LT281000011101001003 LT821000011101001001 LT981000011101001004 LT551000011101001002',
  lu: 'LU280019400644750000 LU440019400644750003 LU980019400644750001 LU170019400644750004 LU710019400644750002',
  nl: 'NL39RABO0300065264 NL55RABO0300065267 NL91ABNA0417164300 NL28RABO0300065268 NL82RABO0300065266',
  no: 'NO9386011117947 NO8886011117940 NO6686011117948 NO6186011117941 NO3986011117949',
  pt: 'PT50000201231234567890154 PT66000201231234567890157 PT23000201231234567890155 PT39000201231234567890158 PT93000201231234567890156',
  es: 'ES0700120345030000067890 ES2300120345030000067893 ES9121000418450200051332 ES9300120345030000067894 ES5000120345030000067892',
  se: 'SE3550000000054910000003 SE5150000000054910000006 SE0850000000054910000004 SE2450000000054910000007 SE7850000000054910000005',
  ch: 'CH9300762011623852957 CH8656663438253651553 CH5362200119938136497 CH1843597160341964438 CH1260378413965193069',
  gb: 'GB82WEST12345698765432 GB98WEST12345698765435 GB55WEST12345698765433 GB71WEST12345698765436 GB28WEST12345698765434',
} as const

const SEPA_SCENARIOS: readonly (readonly [string, Change])[] = [
  ['success', {}],
  ['successDelayed', { settles: 'slowly' }],
  ['failed', { decline: DECLINES.bankFailed }],
  ['failedDelayed', { decline: DECLINES.bankFailed, settles: 'slowly' }],
  ['disputed', { dispute: 'bank_return' }],
]

/** IBANs of every country end so: the same accounts by the end of their number. */
export const SEPA_ENDINGS: readonly (readonly [ending: string, name: string, change: Change])[] = [
  ['0343434', 'exceedsWeeklyVolumeLimit', { decline: DECLINES.sourceLimit }],
  ['0121212', 'exceedsWeeklyTransactionLimit', { decline: DECLINES.weeklyLimit }],
  ['2222227', 'insufficientFunds', { decline: DECLINES.bankInsufficientFunds }],
]

/** IBANs with these ends make no payment method. */
export const SEPA_UNUSABLE: Readonly<Record<string, { code: string; message: string }>> = {
  '0055555': {
    code: 'payment_method_invalid_parameter_testmode',
    message:
      "The customer's bank does not support SEPA Direct Debit (sepa_debit_bank_not_supported).",
  },
  '0066666': {
    code: 'bank_account_unusable',
    message: "The customer's bank account cannot be debited (sepa_debit_debits_not_supported).",
  },
}

const IBANS: readonly TestAccount[] = Object.entries(SEPA).flatMap(([country, numbers]) =>
  numbers.split(' ').map((number, at) => {
    const [name, change] = SEPA_SCENARIOS[at] ?? ['', {}]
    return account(
      'sepa_debit',
      number,
      [`pm_sepaDebit_${name}_${country}`, `pm_${name}_${country}`],
      change,
    )
  }),
)

function account(
  type: TestAccount['type'],
  number: string,
  names: readonly string[],
  change: Change = {},
): TestAccount {
  return { type, number, names, behaviour: { ...PLAIN_DEBIT, ...change } }
}

function us(number: string, name: string, change: Change = {}): TestAccount {
  return account('us_bank_account', number, name === '' ? [] : [`pm_usBankAccount_${name}`], change)
}

function bacs(number: string, name: string, change: Change = {}): TestAccount {
  return account('bacs_debit', number, name === '' ? [] : [`pm_bacsDebit_${name}`], change)
}

// prettier-ignore
export const TEST_ACCOUNTS: readonly TestAccount[] = [
  ...IBANS,
  // Of older guides; the second is the one the official CLI fails with.
  account('sepa_debit', 'IT40S0542811101000000123456', []),
  account('sepa_debit', 'IT60X0542811101000000123456', [], { decline: DECLINES.bankFailed }),
  us('000123456789', 'success'),
  us('000111111113', 'accountClosed', { decline: DECLINES.accountClosed }),
  us('000000004954', 'riskLevelHighest', { decline: DECLINES.blocked, risk: 'highest' }),
  us('000111111116', 'noAccount', { decline: DECLINES.noAccount }),
  us('000222222227', 'insufficientFunds', { decline: DECLINES.bankInsufficientFunds }),
  us('000333333335', 'debitNotAuthorized', { decline: DECLINES.debitNotAuthorized }),
  us('000444444440', 'invalidCurrency', { decline: DECLINES.invalidCurrency }),
  us('000666666661', 'failMicrodeposits', { microdepositsFail: true }),
  us('000555555559', 'dispute', { dispute: 'bank_return' }),
  us('000000000009', 'processing', { settles: 'never' }),
  us('000777777771', 'weeklyLimitExceeded', { decline: DECLINES.sourceLimit }),
  us('000888888885', '', { decline: DECLINES.accountClosed }),
  bacs('00012345', 'success'),
  bacs('90012345', 'successDelayed', { settles: 'slowly' }),
  bacs('33333335', 'debitNotAuthorized', { decline: DECLINES.debitNotAuthorized, mandate: 'ends' }),
  bacs('93333335', 'debitNotAuthorizedDelayed', { decline: DECLINES.debitNotAuthorized, mandate: 'ends', settles: 'slowly' }),
  bacs('22222227', 'insufficientFunds', { decline: DECLINES.bankInsufficientFunds }),
  bacs('92222227', 'insufficientFundsDelayed', { decline: DECLINES.bankInsufficientFunds, settles: 'slowly' }),
  bacs('55555559', 'dispute', { dispute: 'bank_return', settles: 'slowly' }),
  bacs('00033333', 'mandateRefused', { decline: DECLINES.debitNotAuthorized, mandate: 'refused' }),
  bacs('34343434', 'exceedsWeeklyLimit', { decline: DECLINES.sourceLimit }),
  bacs('12121212', 'exceedsTransactionLimit', { decline: DECLINES.transactionLimit }),
  account('au_becs_debit', '000123456', []),
  account('au_becs_debit', '900123456', [], { settles: 'slowly' }),
  account('au_becs_debit', '111111113', [], { decline: DECLINES.accountClosed, settles: 'slowly' }),
  account('au_becs_debit', '222222227', [], { decline: DECLINES.bankInsufficientFunds, settles: 'slowly' }),
  account('au_becs_debit', '666666660', [], { decline: DECLINES.noAccount, settles: 'slowly' }),
]

/** The Bacs account that cannot be set up at all. */
export const BACS_UNUSABLE = '00044444'
