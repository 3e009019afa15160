import { ProvisoError } from '../../errors.ts'

/**
 * `duplicate=0.3 reorder=8 afterRetries=unpaid retryDays=3,5,7` as a change of knobs: numbers,
 * booleans, null, lists and words.
 */
export function readKnobs(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) {
        throw new ProvisoError(
          'invalid_request',
          `"${pair}" is no knob=value pair; write for example duplicate=0.3`,
        )
      }
      return [pair.slice(0, at), readValue(pair.slice(at + 1))]
    }),
  )
}

function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (/^[\d.]+(,[\d.]+)+$/.test(text)) return text.split(',').map(Number)
  return text
}
