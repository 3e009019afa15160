import { InvalidArgumentError } from 'commander'
import { parseInstant } from '../instant.ts'
import { localTime } from './local-time.ts'
import type { LocalTime } from './local-time.ts'

/** Parsers for option values; commander prints what they throw beside the option's name. */
export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number.')
}

export function positiveNumber(text: string): number {
  const value = wholeNumber(text)
  if (value > 0) return value
  throw new InvalidArgumentError('Expected a number of at least 1.')
}

export function instant(text: string): number {
  const seconds = parseInstant(text)
  if (seconds !== null) return seconds
  throw new InvalidArgumentError('Expected Unix seconds or a time such as 2026-01-31T12:00:00Z.')
}

export function timeZone(text: string): LocalTime {
  try {
    return localTime(text)
  } catch {
    throw new InvalidArgumentError('Expected a time zone such as Europe/Berlin or UTC.')
  }
}
