import { isHash, type JsonHash } from './json.ts'

/** What a thin event tells of meter events that cannot count (stripe-facts §5). */
export interface MeterErrorReport {
  /** All of them; of most Stripe names only some. */
  errors: number
  /** Those that are named. */
  samples: { identifier: string; code: string; message: string }[]
}

/** null: the event has no data, as it is delivered. */
export function readMeterErrorReport(event: JsonHash): MeterErrorReport | null {
  const data = event['data']
  const reason = isHash(data) ? data['reason'] : undefined
  if (!isHash(reason)) return null
  const samples = hashes(reason['error_types']).flatMap((type) =>
    hashes(type['sample_errors']).map((sample) => {
      const request = sample['request']
      const identifier = isHash(request) ? request['identifier'] : undefined
      return {
        identifier: typeof identifier === 'string' ? identifier : '',
        code: String(type['code']),
        message: String(sample['error_message']),
      }
    }),
  )
  return { errors: Number(reason['error_count'] ?? samples.length), samples }
}

function hashes(value: unknown): JsonHash[] {
  return Array.isArray(value) ? value.filter(isHash) : []
}
