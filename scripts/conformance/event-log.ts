import { API_KEY } from './stripe-cli.ts'

/** An event as the sandbox lists it. */
export type ListedEvent = Record<string, unknown> & { id: string; type: string }

interface Page {
  data: ListedEvent[]
  has_more?: boolean
  next_page_url?: string | null
}

/** The sandbox's own record of events, read past the proxy. */
export interface EventLog {
  /** The newest hundred of a type, thin ones included. */
  newest(type: string): Promise<ListedEvent[]>
  /** Every event of `/v1/events`. */
  all(): Promise<ListedEvent[]>
  /** Every thin event of `/v2/core/events`. */
  allThin(): Promise<ListedEvent[]>
}

export function openEventLog(baseUrl: string): EventLog {
  async function page(path: string): Promise<Page> {
    const response = await fetch(new URL(path, baseUrl), {
      headers: { authorization: `Bearer ${API_KEY}` },
    })
    const body = (await response.json()) as Partial<Page>
    if (!response.ok || !Array.isArray(body.data)) {
      throw new Error(
        `GET ${path} answered ${response.status}: ${JSON.stringify(body).slice(0, 300)}`,
      )
    }
    return { ...body, data: body.data }
  }

  async function all(): Promise<ListedEvent[]> {
    const events: ListedEvent[] = []
    for (let path = '/v1/events?limit=100'; ;) {
      const { data, has_more: hasMore } = await page(path)
      events.push(...data)
      const last = data.at(-1)
      if (hasMore !== true || last === undefined) return events
      path = `/v1/events?limit=100&starting_after=${last.id}`
    }
  }

  async function allThin(): Promise<ListedEvent[]> {
    const events: ListedEvent[] = []
    for (let path: string | null = '/v2/core/events?limit=100'; path !== null;) {
      const { data, next_page_url: next }: Page = await page(path)
      events.push(...data)
      path = next ?? null
    }
    return events
  }

  return {
    all,
    allThin,
    async newest(type) {
      const { data } = await page(`/v1/events?limit=100&type=${type}`)
      if (!type.startsWith('v1.')) return data
      // Types that begin with their version have no snapshot event; Stripe lists them elsewhere.
      const thin = await page(`/v2/core/events?limit=100&types[0]=${type}`).catch(() => undefined)
      return [...data, ...(thin?.data ?? [])]
    },
  }
}
