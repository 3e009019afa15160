import { readFile } from 'node:fs/promises'
import { ProvisoError } from '../errors.ts'

/** One Stripe event out of a file, as text and parsed. */
export interface EventText {
  /** As it stands in the file where that is possible, so that the bytes sent are the bytes held. */
  text: string
  id: string
  type: string
  /** File, and line or index inside it. */
  from: string
}

/**
 * Events of files that hold one JSON object, an array, a list as Stripe's API answers it, or JSONL.
 *
 * @throws ProvisoError `invalid_request` naming the file and line that cannot be read.
 */
export async function readEventFiles(files: readonly string[]): Promise<EventText[]> {
  const events: EventText[] = []
  for (const file of files) {
    let content: string
    try {
      content = await readFile(file, 'utf8')
    } catch (cause) {
      throw unreadable(file, cause)
    }
    events.push(...eventsOf(content, file))
  }
  return events
}

/** @param file what to call the text in messages. */
export function eventsOf(content: string, file: string): EventText[] {
  const whole = parse(content)
  if (whole !== undefined) return fromJson(whole, content.trim(), file)
  const events: EventText[] = []
  content.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '') return
    const from = `${file}:${index + 1}`
    const value = parse(line)
    if (value === undefined) throw unreadable(from, new Error('not JSON, nor a line of JSONL'))
    events.push(eventText(value, line.trim(), from))
  })
  return events
}

function fromJson(value: unknown, text: string, file: string): EventText[] {
  const list = Array.isArray(value) ? (value as unknown[]) : listData(value)
  if (list === null) return [eventText(value, text, file)]
  return list.map((item, index) => eventText(item, JSON.stringify(item), `${file}[${index}]`))
}

/** `{"object":"list","data":[…]}`, what `GET /v1/events` and `stripe events list` give. */
function listData(value: unknown): unknown[] | null {
  const { object, data } = (value ?? {}) as { object?: unknown; data?: unknown }
  return object === 'list' && Array.isArray(data) ? data : null
}

function eventText(value: unknown, text: string, from: string): EventText {
  const { id, type } = (value ?? {}) as { id?: unknown; type?: unknown }
  return { text, from, id: wordOf(id), type: wordOf(type) }
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '(none)'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function unreadable(from: string, cause: unknown): ProvisoError {
  const said = cause instanceof Error ? cause.message : String(cause)
  return new ProvisoError('invalid_request', `Cannot read events from ${from}: ${said}.`, { cause })
}
