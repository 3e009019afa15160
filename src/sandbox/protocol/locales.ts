import { oneOf } from './parameters.ts'

const COMMON = [
  ...(['auto', 'bg', 'cs', 'da', 'de', 'el', 'en', 'en-GB', 'es', 'es-419', 'et', 'fi'] as const),
  ...(['fil', 'fr', 'fr-CA', 'hr', 'hu', 'id', 'it', 'ja', 'ko', 'lt', 'lv', 'ms', 'mt'] as const),
  ...(['nb', 'nl', 'pl', 'pt', 'pt-BR', 'ro', 'ru', 'sk', 'sl', 'sv', 'th', 'tr', 'vi'] as const),
  ...(['zh', 'zh-HK', 'zh-TW'] as const),
] as const

/** The languages of hosted Checkout. */
export const checkoutLocale = oneOf(...COMMON, 'hi-IN')

/** The languages of the customer portal. */
export const portalLocale = oneOf(
  ...COMMON,
  ...(['en-AU', 'en-CA', 'en-IE', 'en-IN', 'en-NZ', 'en-SG'] as const),
)
