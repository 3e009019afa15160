import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { UsageEvent } from '../engine/usage/usage-contract.ts'
import { ProvisoError } from '../errors.ts'
import { invalidRequest } from '../http/invalid-request.ts'
import { usageEventSchema } from '../http/schemas/usage-request.ts'
import { usageEventOf } from '../http/usage-event.ts'

/** One line of JSONL: a use, or what is wrong with it. */
export interface UsageLine {
  /** From 1. */
  number: number
  event: UsageEvent | null
  error: unknown
}

/** Lines of a file, or of the input where it is called `-`, up to `size` at a time; empty ones are skipped. */
export async function* readUsageFile(file: string, size: number): AsyncGenerator<UsageLine[]> {
  let batch: UsageLine[] = []
  let number = 0
  for await (const text of linesOf(file)) {
    number += 1
    if (text.trim() === '') continue
    batch.push(lineOf(number, text))
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** How many lines there are to come; null: the input does not say. */
export async function countLines(file: string): Promise<number | null> {
  if (file === '-') return null
  let count = 0
  for await (const text of linesOf(file)) if (text.trim() !== '') count += 1
  return count
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file, 'utf8')
  try {
    yield* createInterface({ input, crlfDelay: Infinity })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new ProvisoError('invalid_request', `Cannot read usage from ${file}: ${said}.`, { cause })
  }
}

function lineOf(number: number, text: string): UsageLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const error = new ProvisoError(
      'invalid_request',
      'It is not JSON: write one object to a line, with customer, feature and quantity.',
    )
    return { number, event: null, error }
  }
  const { data, error } = usageEventSchema.safeParse(value)
  return data === undefined
    ? { number, event: null, error: invalidRequest(error, `line ${number}`) }
    : { number, event: usageEventOf(data, {}), error: null }
}
