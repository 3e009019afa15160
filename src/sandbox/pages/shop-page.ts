import { html } from 'hono/html'
import type { CheckoutSession, Price } from '../tables.ts'
import { layout, type Html } from './layout.ts'
import { dayText, money, priceText } from './money.ts'
import { OFFERS } from './shop-offers.ts'

export interface ShopView {
  /** The app's customer id. */
  readonly customer: string
  readonly prices: Readonly<Record<string, Price | undefined>>
  readonly error?: string | undefined
  /** Whether a purchase of this customer can be managed in the portal. */
  readonly hasPortal: boolean
}

export function shopPage({ customer, prices, error, hasPortal }: ShopView): Html {
  return layout({
    title: 'Sample shop',
    body: html`<h1>Sample shop</h1>
      <p class="soft">A small SaaS that sells through Checkout. Its app decides who may do what.</p>
      ${error === undefined ? '' : html`<div class="notice bad" role="alert">${error}</div>`}
      <form method="post">
        <div class="panel row">
          <div style="flex:1;min-width:16rem">
            <label for="customer">Your customer id in the app</label>
            <input
              id="customer"
              name="customer"
              required
              autocomplete="off"
              value="${customer}"
              aria-describedby="customer-hint"
            />
            <p id="customer-hint" class="small soft" style="margin:.35rem 0 0">
              Sent along as <code>client_reference_id</code> and as metadata.
            </p>
          </div>
          ${
            hasPortal
              ? html`<button class="plain" formaction="/shop/portal" name="portal" value="1">
                  Manage my purchases
                </button>`
              : ''
          }
        </div>
        <div class="cards">
          ${OFFERS.map((offer) => {
            const price = prices[offer.price]
            return price === undefined
              ? ''
              : html`<div class="panel">
                  <h2>${offer.title}</h2>
                  <strong>${priceText(price)}</strong>
                  <p class="soft small">${offer.text}</p>
                  <button name="offer" value="${offer.id}">${offer.button}</button>
                </div>`
          })}
        </div>
      </form>`,
  })
}

export interface ThanksView {
  readonly session: CheckoutSession
  readonly customer: string
  /** What the service under test answers, or undefined where none is attached. */
  readonly access: unknown
  readonly checkout: unknown
  /** Why it could not be asked. */
  readonly problem?: string | undefined
  readonly isWaiting: boolean
}

/** The app's page after a purchase: what was bought, and what the customer may do now. */
export function thanksPage(view: ThanksView): Html {
  const { session, customer, isWaiting } = view
  const isUnpaid = session.payment_status === 'unpaid'
  return layout({
    title: 'Thank you',
    narrow: false,
    refresh: isWaiting ? 2 : undefined,
    body: html`<div class="panel">
        <h1>Thank you</h1>
        <p>${isUnpaid ? 'Your bank is asked for the money.' : 'Your purchase is complete.'}</p>
        <div class="sum soft"><span>Customer</span><strong>${customer}</strong></div>
        <div class="sum soft">
          <span>${isUnpaid ? 'On its way' : 'Paid now'}</span
          ><span>${money(session.amount_total ?? 0, session.currency ?? 'usd')}</span>
        </div>
        <div class="sum soft"><span>Session</span><code>${session.id.slice(0, 22)}…</code></div>
      </div>
      ${answers(view)}
      <p>
        <a href="/shop?customer=${encodeURIComponent(customer)}">Back to the shop</a>
        ${
          session.customer === null
            ? ''
            : html` ·
                <a href="/shop/portal?customer=${encodeURIComponent(customer)}"
                  >Manage my purchases</a
                >`
        }
      </p>`,
  })
}

function answers({ access, checkout, problem, isWaiting }: ThanksView): Html | '' {
  if (problem !== undefined) {
    return html`<div class="notice bad" role="alert">The app cannot say: ${problem}</div>`
  }
  if (access === undefined && checkout === undefined) {
    return html`<div class="notice wait">
      No service is attached to this sandbox, so nobody says what this purchase gives.
    </div>`
  }
  const status = (checkout as { readonly status?: unknown } | undefined)?.status
  return html`${
      isWaiting
        ? html`<div class="notice wait" role="status">
            The app waits for news of this purchase. This page asks again by itself.
          </div>`
        : ''
    }
    <section class="panel">
      <div class="row">
        <h2>Access now</h2>
        ${typeof status === 'string' ? html`<span class="tag">purchase: ${status}</span>` : ''}
      </div>
      ${accessTable(access)}
      <details>
        <summary class="small soft">What the service answered</summary>
        <pre>${JSON.stringify({ checkout, access }, null, 2)}</pre>
      </details>
    </section>`
}

interface FeatureAnswer {
  readonly allowed?: unknown
  readonly state?: unknown
  readonly value?: unknown
  readonly until?: unknown
  readonly reasons?: unknown
}

/** Features as the service lists them; any other answer is shown as it came, below. */
function accessTable(access: unknown): Html | '' {
  const features = (access as { readonly features?: unknown } | undefined)?.features
  if (typeof features !== 'object' || features === null) return ''
  const rows = Object.entries(features as Readonly<Record<string, FeatureAnswer>>)
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Feature</th>
        <th scope="col">Access</th>
        <th scope="col">Until</th>
        <th scope="col">Why</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(([name, { allowed, state, value, until, reasons }]) => {
        const isAllowed = allowed === true
        return html`<tr>
          <td>${name}</td>
          <td>
            <span class="tag ${isAllowed ? 'good' : state === 'pending' ? 'wait' : ''}"
              >${isAllowed ? 'allowed' : String(state ?? 'no')}</span
            >
            ${isAllowed && typeof value !== 'boolean' ? String(value ?? 'unlimited') : ''}
          </td>
          <td class="soft small">${typeof until === 'number' ? dayText(until) : ''}</td>
          <td class="small">${why(name, reasons)}</td>
        </tr>`
      })}
    </tbody>
  </table>`
}

interface Reason {
  readonly message?: unknown
  readonly events?: unknown
}

/** The sentences the verdict rests on, and the events behind each. */
function why(feature: string, reasons: unknown): Html | '' {
  if (!Array.isArray(reasons) || reasons.length === 0) return ''
  return html`<details>
    <summary aria-label="Why ${feature}">why</summary>
    ${(reasons as readonly Reason[]).map(
      ({ message, events }) =>
        html`<p>
          ${String(message ?? '')}
          ${(Array.isArray(events) ? events : []).map(
            (event) => html`<code class="soft">${String(event)}</code> `,
          )}
        </p>`,
    )}
  </details>`
}
