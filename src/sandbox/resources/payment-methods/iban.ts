/** Lengths of whole IBANs and of their bank codes, for the countries SEPA debits reach. */
export const SEPA_COUNTRIES: Readonly<
  Record<string, { readonly length: number; readonly bankCode: number }>
> = {
  AT: { length: 20, bankCode: 5 },
  BE: { length: 16, bankCode: 3 },
  BG: { length: 22, bankCode: 4 },
  CH: { length: 21, bankCode: 5 },
  CY: { length: 28, bankCode: 3 },
  CZ: { length: 24, bankCode: 4 },
  DE: { length: 22, bankCode: 8 },
  DK: { length: 18, bankCode: 4 },
  EE: { length: 20, bankCode: 2 },
  ES: { length: 24, bankCode: 4 },
  FI: { length: 18, bankCode: 3 },
  FR: { length: 27, bankCode: 5 },
  GB: { length: 22, bankCode: 4 },
  GI: { length: 23, bankCode: 4 },
  GR: { length: 27, bankCode: 3 },
  HR: { length: 21, bankCode: 7 },
  HU: { length: 28, bankCode: 3 },
  IE: { length: 22, bankCode: 4 },
  IT: { length: 27, bankCode: 5 },
  LI: { length: 21, bankCode: 5 },
  LT: { length: 20, bankCode: 5 },
  LU: { length: 20, bankCode: 3 },
  LV: { length: 21, bankCode: 4 },
  MT: { length: 31, bankCode: 4 },
  NL: { length: 18, bankCode: 4 },
  NO: { length: 15, bankCode: 4 },
  PL: { length: 28, bankCode: 8 },
  PT: { length: 25, bankCode: 4 },
  RO: { length: 24, bankCode: 4 },
  SE: { length: 24, bankCode: 3 },
  SI: { length: 19, bankCode: 5 },
  SK: { length: 24, bankCode: 4 },
}

/** An IBAN without spaces and in upper case. */
export function bareIban(iban: string): string {
  return iban.replaceAll(/\s/gu, '').toUpperCase()
}

/** Whether a bare IBAN has the length of its country and check digits that fit (ISO 7064, 97-10). */
export function isIban(iban: string): boolean {
  if (SEPA_COUNTRIES[iban.slice(0, 2)]?.length !== iban.length) return false
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/u.test(iban)) return false
  let remainder = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const digits = /\d/u.test(character) ? character : String(character.charCodeAt(0) - 55)
    for (const digit of digits) remainder = (remainder * 10 + Number(digit)) % 97
  }
  return remainder === 1
}
