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
import { dayText, priceText } from './money.ts'
import { invoicesPanel } from './portal-invoices.ts'

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
  return html`<form method="post" class="row low" style="margin-bottom:.75rem">
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
    <button class="plain" name="act" value="change">Change plan</button>
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

function cardPanel({ session, method, fields }: PortalView): Html {
  const opensCard = fields['card'] !== undefined || session.flow?.type === 'payment_method_update'
  const card = method?.card
  const debit = method?.sepa_debit
  return html`<section class="panel" aria-label="Payment method">
    <h2>Payment method</h2>
    <p>
      ${
        card !== undefined
          ? html`${brandText(card.brand)} ending in <strong>${card.last4}</strong>, expires
              ${String(card.exp_month).padStart(2, '0')}/${String(card.exp_year)}`
          : debit !== undefined
            ? html`Bank account ending in <strong>${debit.last4 ?? ''}</strong>`
            : html`<span class="soft">None on file.</span>`
      }
    </p>
    <details ${opensCard ? 'open' : ''}>
      <summary>Update the card</summary>
      <form method="post" novalidate style="margin-top:1rem">
        ${defaultButton('act', 'card')} ${methodFields(['card'], fields)}
        <button name="act" value="card">Save card</button>
      </form>
    </details>
  </section>`
}

function brandText(brand: string): string {
  return brand.charAt(0).toUpperCase() + brand.slice(1)
}
