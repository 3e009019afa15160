import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Exchange } from '../../../scripts/conformance/recording-proxy.ts'
import { driftsAfter } from '../../../scripts/conformance/snapshots.ts'
import { sampleCustomer, sampleEvent } from './samples.ts'

/** What the server of this file answers, by path. */
const answers = new Map<string, unknown>()
const server = createServer((request, response) => {
  response.end(JSON.stringify(answers.get(new URL(request.url ?? '', 'http://x').pathname)))
})
let url: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const posted: Exchange = {
  ...{ method: 'POST', path: '/v1/customers/cus_1', parameters: [], sent: '' },
  ...{ status: 200, body: {}, requestId: 'req_1' },
}

function tell(object: object, ...events: object[]) {
  answers.set('/v1/customers/cus_1', object)
  answers.set('/v1/events', { object: 'list', data: events, has_more: false, url: '/v1/events' })
}

const updated = (object: object) => sampleEvent('customer.updated', object)

it('an event that tells what is read is none', async () => {
  tell(sampleCustomer(), updated(sampleCustomer()))
  expect(await driftsAfter(posted, url)).toEqual([])
})

it('an event that was frozen too early is told, with the fields that differ', async () => {
  const later = { ...sampleCustomer(), email: 'bo@example.com', metadata: {} }
  tell(later, updated(sampleCustomer()))
  expect(await driftsAfter(posted, url)).toEqual([
    {
      type: 'customer.updated',
      event: 'evt_1',
      differences: [
        'email: "ada@example.com" in the event, "bo@example.com" as read',
        'metadata.team: "blue" in the event, nothing as read',
      ],
    },
  ])
})

it('only the last event of an object, and only of the request, is compared', async () => {
  const later = { ...sampleCustomer(), email: 'bo@example.com' }
  tell(later, updated(later), updated(sampleCustomer()))
  expect(await driftsAfter(posted, url)).toEqual([])
  tell(later, updated(sampleCustomer()))
  expect(await driftsAfter({ ...posted, requestId: 'req_2' }, url)).toEqual([])
  expect(await driftsAfter({ ...posted, method: 'GET' }, url)).toEqual([])
})
