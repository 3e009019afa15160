import { html } from 'hono/html'
import type { CheckoutSession, LineItem } from '../tables.ts'
import type { Fields } from './entered-method.ts'
import { layout, type Html } from './layout.ts'
import { defaultButton, methodFields } from './method-fields.ts'
import { money, periodText } from './money.ts'

export interface CheckoutView {
  readonly session: CheckoutSession
  readonly lines: readonly LineItem[]
  readonly trialDays: number | null
  readonly fields: Fields
  /** What went wrong with the last attempt. */
  readonly error?: string | undefined
}

export function checkoutPage(view: CheckoutView): Html {
  const { session } = view
  const [first] = view.lines
  return layout({
    title: session.mode === 'setup' ? 'Save a payment method' : (first?.description ?? 'Checkout'),
    body: html`<div class="columns">
      <section class="aside" aria-label="Your order">${summary(view)}</section>
      <section class="panel" aria-label="Payment">${form(view)}</section>
    </div>`,
  })
}

function summary({ session, lines, trialDays }: CheckoutView): Html {
  const currency = session.currency ?? 'usd'
  if (session.mode === 'setup') {
    return html`<h1>Save a payment method</h1>
      <p class="soft">Nothing is charged now.</p>
      ${cancelLink(session)}`
  }
  const total = session.amount_total ?? 0
  const details = session.total_details
  return html`<p class="soft">${session.mode === 'subscription' ? 'Subscribe' : 'Pay'}</p>
    <p class="amount">${money(total, currency)}</p>
    ${
      trialDays === null
        ? ''
        : html`<p class="soft">${String(trialDays)} days free, then billed as listed.</p>`
    }
    <ul class="lines">
      ${lines.map((line) => lineRow(line, trialDays !== null))}
    </ul>
    <div class="sums">
      ${sum('Subtotal', session.amount_subtotal ?? 0, currency)}
      ${
        details !== null && details.amount_discount > 0
          ? sum('Discount', -details.amount_discount, currency)
          : ''
      }
      ${details !== null && details.amount_tax > 0 ? sum('Tax', details.amount_tax, currency) : ''}
      <div class="sum total"><span>Due now</span><span>${money(total, currency)}</span></div>
    </div>
    ${cancelLink(session)}`
}

function lineRow(line: LineItem, hasTrial: boolean): Html {
  const recurring = line.price?.recurring ?? null
  const unit = line.price?.unit_amount ?? null
  const each = unit === null ? 'by usage' : money(unit, line.currency)
  const period = recurring === null ? '' : ` ${periodText(recurring)}`
  const isLater = recurring !== null && (hasTrial || recurring.usage_type === 'metered')
  return html`<li>
    <span
      >${line.description ?? 'Item'}<br /><span class="soft small"
        >${
          line.quantity !== null && line.quantity !== 1 ? `${String(line.quantity)} × ` : ''
        }${each}${period}</span
      ></span
    ><span>${isLater ? 'later' : money(line.amount_subtotal, line.currency)}</span>
  </li>`
}

function sum(text: string, amount: number, currency: string): Html {
  return html`<div class="sum soft">
    <span>${text}</span><span>${money(amount, currency)}</span>
  </div>`
}

function cancelLink(session: CheckoutSession): Html | '' {
  return session.cancel_url === null
    ? ''
    : html`<p><a href="${session.cancel_url}">← Cancel and go back</a></p>`
}

function form({ session, lines, fields, error }: CheckoutView): Html {
  const asksForMethod =
    session.mode === 'setup' ||
    (session.amount_total ?? 0) > 0 ||
    (session.mode === 'subscription' && session.payment_method_collection === 'always')
  const adjustable = lines.filter((line) => line.adjustable_quantity?.enabled === true)
  const knownEmail = session.customer_details?.email ?? session.customer_email
  return html`${
      error === undefined ? '' : html`<div class="notice bad" role="alert">${error}</div>`
    }
    <form method="post" novalidate>
      ${defaultButton('pay', '1')}
      <div class="field">
        <label for="email">Email</label>
        <input
          id="email"
          name="email"
          type="email"
          required
          autocomplete="email"
          value="${fields['email'] ?? knownEmail ?? ''}"
        />
      </div>
      <div class="field">
        <label for="name">Name</label>
        <input id="name" name="name" autocomplete="name" value="${fields['name'] ?? ''}" />
      </div>
      ${adjustable.map((line) => quantityField(line, fields))}
      ${session.allow_promotion_codes === true ? promotionField(session, fields) : ''}
      ${asksForMethod ? methodFields(session.payment_method_types, fields) : ''}
      <button class="wide" name="pay" value="1">${buttonText(session)}</button>
    </form>`
}

function quantityField(line: LineItem, fields: Fields): Html {
  return html`<div class="field">
    <label for="quantity-${line.id}">Quantity: ${line.description ?? 'Item'}</label>
    <input
      id="quantity-${line.id}"
      name="quantity-${line.id}"
      type="number"
      min="${String(line.adjustable_quantity?.minimum ?? 1)}"
      max="${String(line.adjustable_quantity?.maximum ?? 99)}"
      value="${fields[`quantity-${line.id}`] ?? String(line.quantity ?? 1)}"
    />
  </div>`
}

function promotionField(session: CheckoutSession, fields: Fields): Html {
  return html`<div class="field">
    <label for="promotion">Promotion code</label>
    <div class="row">
      <input
        style="flex:1;width:auto"
        id="promotion"
        name="promotion"
        autocomplete="off"
        value="${fields['promotion'] ?? ''}"
      />
      <button class="plain" name="apply" value="1">Apply</button>
    </div>
    ${
      (session.discounts ?? []).length > 0
        ? html`<p class="small soft" role="status">A discount is applied.</p>`
        : ''
    }
  </div>`
}

function buttonText(session: CheckoutSession): string {
  if (session.mode === 'setup') return 'Save'
  const total = session.amount_total ?? 0
  if (session.mode === 'subscription') return total === 0 ? 'Start' : 'Subscribe'
  const verbs: Readonly<Record<string, string>> = { book: 'Book', donate: 'Donate' }
  return `${verbs[session.submit_type ?? ''] ?? 'Pay'} ${money(total, session.currency ?? 'usd')}`
}
