import { html } from 'hono/html'
import type { Invoice } from '../tables.ts'
import type { Html } from './layout.ts'
import { dayText, money } from './money.ts'

/** What the customer was billed; an open one can be paid at once. */
export function invoicesPanel(invoices: readonly Invoice[]): Html {
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
