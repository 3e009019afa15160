import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedWebhook {
  body: string
  signature: string
}

/** An application's webhook endpoint on a port, which keeps what it gets. */
export interface WebhookReceiver {
  url: string
  received: ReceivedWebhook[]
  /** What it answers from now on. */
  answer(status: number): void
  close(): Promise<void>
}

export async function openWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  let status = 200
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ body, signature: String(request.headers['stripe-signature']) })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`,
    received,
    answer: (next) => void (status = next),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
