import { html } from 'hono/html'
import type {
  Customer,
  Invoice,
  PaymentMethod,
  PortalSession,
  Price,
  Subscription,
} from '../tables.ts'
import type { Fields } from './entered-method.ts'
import { layout, type Html } from './layout.ts'
import { defaultButton, methodFields } from './method-fields.ts'
import { dayText, money, priceText } from './money.ts'

export interface PlanOption {
  readonly price: Price
  readonly name: string
}

export interface SubscriptionView {
  readonly subscription: Subscription
  readonly name: string
  /** What it can be changed to. */
  readonly options: readonly PlanOption[]
}

export interface PortalView {
  readonly session: PortalSession
  readonly customer: Customer
  readonly subscriptions: readonly SubscriptionView[]
  readonly method: PaymentMethod | undefined
  readonly invoices: readonly Invoice[]
  readonly offers: {
    readonly cancel: 'at_period_end' | 'immediately' | null
    readonly card: boolean
    readonly invoices: boolean
  }
  readonly fields: Fields
  readonly notice?: { readonly kind: 'good' | 'bad'; readonly text: string } | undefined
}

export function portalPage(view: PortalView): Html {
  const { session, customer, notice } = view
  return layout({
    title: 'Your subscriptions and invoices',
    body: html`<div class="row">
        <div>
          <h1>Your subscriptions and invoices</h1>
          <p class="soft">${customer.name ?? customer.email ?? customer.id}</p>
        </div>
        ${
          session.return_url === null
            ? ''
            : html`<a class="button plain" href="${session.return_url}">← Return</a>`
        }
      </div>
      ${
        notice === undefined
          ? ''
          : html`<div
              class="notice ${notice.kind}"
              role="${notice.kind === 'bad' ? 'alert' : 'status'}"
            >
              ${notice.text}
            </div>`
      }
      ${
        view.subscriptions.length === 0
          ? html`<div class="panel soft">No subscription.</div>`
          : view.subscriptions.map((one) => subscriptionPanel(one, view.offers.cancel))
      }
      ${view.offers.card ? cardPanel(view) : ''}
      ${view.offers.invoices ? invoicesPanel(view.invoices) : ''}`,
  })
}

const TAGS: Readonly<Record<string, string>> = {
  active: 'good',
  trialing: 'good',
  past_due: 'bad',
  unpaid: 'bad',
  incomplete: 'wait',
  paused: 'wait',
}

function subscriptionPanel(
  { subscription, name, options }: SubscriptionView,
  cancel: PortalView['offers']['cancel'],
): Html {
  const [item] = subscription.items.data
  const { status } = subscription
  const isOver = status === 'canceled' || status === 'incomplete_expired'
  return html`<section class="panel" aria-label="${name}">
    <div class="row">
      <h2>${name} <span class="tag ${TAGS[status] ?? ''}">${status.replaceAll('_', ' ')}</span></h2>
      <strong
        >${item === undefined ? '' : priceText(item.price)}${
          (item?.quantity ?? 1) > 1 ? ` × ${String(item?.quantity)}` : ''
        }</strong
      >
    </div>
    <p class="soft">${nextStep(subscription)}</p>
    ${
      isOver
        ? ''
        : html`${options.length === 0 ? '' : planForm(subscription, options)}
          ${cancel === null ? '' : cancelForm(subscription, cancel)}`
    }
  </section>`
}

function nextStep(subscription: Subscription): string {
  const { status, cancel_at: cancelAt, ended_at: ended, trial_end: trialEnd } = subscription
  const end = subscription.items.data[0]?.current_period_end
  if (ended !== null) return `Ended on ${dayText(ended)}.`
  if (cancelAt !== null) return `Ends on ${dayText(cancelAt)}. It will not renew.`
  if (status === 'trialing' && trialEnd !== null) return `Free until ${dayText(trialEnd)}.`
  return end === undefined ? '' : `Renews on ${dayText(end)}.`
}

function planForm({ id, items }: Subscription, options: readonly PlanOption[]): Html {
  const current = items.data[0]?.price.id
  return html`<form
    method="post"
    class="row"
    style="justify-content:flex-start;margin-bottom:.75rem"
  >
    <input type="hidden" name="subscription" value="${id}" />
    <div style="flex:1;min-width:14rem">
      <label for="plan-${id}">Plan</label>
      <select id="plan-${id}" name="price">
        ${options.map(
          ({ price, name }) =>
            html`<option value="${price.id}" ${price.id === current ? 'selected' : ''}>
              ${name}, ${priceText(price)}
            </option>`,
        )}
      </select>
    </div>
    <button class="plain" style="align-self:flex-end" name="act" value="change">Change plan</button>
  </form>`
}

function cancelForm(
  { id, cancel_at: cancelAt }: Subscription,
  mode: 'at_period_end' | 'immediately',
): Html {
  return html`<form method="post">
    <input type="hidden" name="subscription" value="${id}" />
    ${
      cancelAt === null
        ? html`<button class="danger" name="act" value="cancel">
            ${mode === 'immediately' ? 'Cancel now' : 'Cancel at the end of the period'}
          </button>`
        : html`<button class="plain" name="act" value="keep">Keep this subscription</button>`
    }
  </form>`
}

function cardPanel({ method, fields }: PortalView): Html {
  const card = method?.card
  const debit = method?.sepa_debit
  return html`<section class="panel" aria-label="Payment method">
    <h2>Payment method</h2>
    <p>
      ${
        card !== undefined
          ? html`${card.brand} ending in <strong>${card.last4}</strong>, expires
              ${String(card.exp_month).padStart(2, '0')}/${String(card.exp_year)}`
          : debit !== undefined
            ? html`Bank account ending in <strong>${debit.last4 ?? ''}</strong>`
            : html`<span class="soft">None on file.</span>`
      }
    </p>
    <details ${fields['card'] === undefined ? '' : 'open'}>
      <summary>Update the card</summary>
      <form method="post" novalidate style="margin-top:1rem">
        ${defaultButton('act', 'card')} ${methodFields(['card'], fields)}
        <button name="act" value="card">Save card</button>
      </form>
    </details>
  </section>`
}

function invoicesPanel(invoices: readonly Invoice[]): Html {
  return html`<section class="panel" aria-label="Invoices">
    <h2>Invoices</h2>
    ${
      invoices.length === 0
        ? html`<p class="soft">None yet.</p>`
        : html`<table>
            <thead>
              <tr>
                <th scope="col">Date</th>
                <th scope="col">Number</th>
                <th scope="col">Status</th>
                <th scope="col" class="end">Total</th>
              </tr>
            </thead>
            <tbody>
              ${invoices.map(invoiceRow)}
            </tbody>
          </table>`
    }
  </section>`
}

function invoiceRow(invoice: Invoice): Html {
  const isOpen = invoice.status === 'open' && invoice.amount_remaining > 0
  return html`<tr>
    <td>${dayText(invoice.created)}</td>
    <td>${invoice.number ?? 'draft'}</td>
    <td>
      <span class="tag ${invoice.status === 'paid' ? 'good' : isOpen ? 'wait' : ''}"
        >${invoice.status ?? ''}</span
      >
      ${
        isOpen
          ? html`<form method="post" style="display:inline">
              <input type="hidden" name="invoice" value="${invoice.id}" />
              <button class="plain small" style="padding:.15rem .6rem" name="act" value="pay">
                Pay
              </button>
            </form>`
          : ''
      }
    </td>
    <td class="end">${money(invoice.total, invoice.currency)}</td>
  </tr>`
}
