import { oneOf } from '../../protocol/parameters.ts'

/** Stripe's kinds of payment methods that both intents and invoices name, played here or not. */
const NAMED = [
  ...(['acss_debit', 'affirm', 'alipay', 'amazon_pay', 'au_becs_debit'] as const),
  ...(['bacs_debit', 'bancontact', 'billie', 'blik', 'boleto', 'card', 'cashapp'] as const),
  ...(['crypto', 'customer_balance', 'eps', 'fpx', 'giropay', 'grabpay', 'ideal'] as const),
  ...(['kakao_pay', 'klarna', 'konbini', 'kr_card', 'mb_way', 'multibanco'] as const),
  ...(['naver_pay', 'nz_bank_account', 'p24', 'pay_by_bank', 'payco', 'paynow'] as const),
  ...(['paypal', 'payto', 'pix', 'promptpay', 'revolut_pay', 'satispay'] as const),
  ...(['sepa_debit', 'sequra', 'sofort', 'swish', 'twint', 'upi'] as const),
  ...(['us_bank_account', 'wechat_pay'] as const),
] as const

/** What an intent may be told to allow or exclude. */
export const intentMethodType = oneOf(
  ...NAMED,
  ...(['afterpay_clearpay', 'alma', 'bizum', 'mobilepay', 'oxxo', 'paypay'] as const),
  ...(['samsung_pay', 'scalapay', 'sunbit', 'zip'] as const),
)

/** What may be allowed, and needs no excluding. */
export const allowedMethodType = oneOf(
  ...NAMED,
  ...(['afterpay_clearpay', 'alma', 'bizum', 'mobilepay', 'oxxo', 'paypay'] as const),
  ...(['samsung_pay', 'scalapay', 'sunbit', 'zip', 'link', 'card_present'] as const),
)

/** What the payment settings of an invoice or a subscription may name. */
export const invoiceMethodType = oneOf(
  ...NAMED,
  ...(['ach_credit_transfer', 'ach_debit', 'custom', 'jp_credit_transfer', 'link'] as const),
  ...(['sepa_credit_transfer'] as const),
)
