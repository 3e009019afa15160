import { Random } from '../random.ts'
import { NO_FAULTS, withFaults, type ApiFaults, type Fault } from './api-faults.ts'

type Handle = (request: Request) => Promise<Response>

/** Thrown in place of an answer where the connection is to be closed; in process it is the failure. */
export class ConnectionClosed extends TypeError {
  constructor() {
    super('fetch failed')
    this.name = 'ConnectionClosed'
  }
}

/** Stands before the API and spoils a share of its answers. */
export class Faulty {
  faults: ApiFaults = NO_FAULTS
  readonly #random: Random
  readonly #api: Handle

  constructor(api: Handle, seed: string) {
    this.#api = api
    this.#random = new Random(`${seed} faults`)
  }

  set(change: Partial<ApiFaults>): ApiFaults {
    this.faults = withFaults(this.faults, change)
    return this.faults
  }

  async fetch(request: Request): Promise<Response> {
    const fault = this.#draw()
    const requestId = fault === undefined ? '' : `req_${this.#random.text(14)}`
    switch (fault) {
      case undefined:
        return this.#api(request)
      case 'rateLimit':
        return refusal(
          429,
          {
            type: 'rate_limit_error',
            code: 'rate_limit',
            message:
              'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
          },
          requestId,
        )
      case 'error':
        return refusal(500, UNKNOWN, requestId)
      case 'errorAfter':
        await this.#api(request)
        return refusal(500, UNKNOWN, requestId)
      case 'close':
        throw new ConnectionClosed()
      case 'closeAfter':
        await this.#api(request)
        throw new ConnectionClosed()
      case 'timeout':
        return never(request.signal)
      case 'timeoutAfter': {
        const { signal } = request
        await this.#api(request)
        return never(signal)
      }
    }
  }

  /** One draw decides among all faults, so that their rates add up to the share that fails. */
  #draw(): Fault | undefined {
    const rates = Object.entries(this.faults) as [Fault, number][]
    if (rates.every(([, rate]) => rate === 0)) return undefined
    let left = this.#random.next()
    for (const [fault, rate] of rates) {
      if (left < rate) return fault
      left -= rate
    }
    return undefined
  }
}

const UNKNOWN = {
  type: 'api_error',
  message: 'An unknown error occurred',
}

function refusal(
  status: number,
  error: Readonly<Record<string, string>>,
  requestId: string,
): Response {
  return new Response(JSON.stringify({ error }, null, 2), {
    status,
    headers: {
      'content-type': 'application/json',
      'request-id': requestId,
      // stripe-facts §3, "Limits": the bucket that ran over is named.
      ...(status === 429 ? { 'x-stripe-rate-limit-bucket': 'endpoint-rate' } : {}),
    },
  })
}

function never(signal: AbortSignal): Promise<Response> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new ConnectionClosed())
    signal.addEventListener('abort', () => reject(new ConnectionClosed()), { once: true })
  })
}
