import { html } from 'hono/html'
import type { Html } from './layout.ts'
import type { Fields } from './entered-method.ts'
import { BANKS, CARD_NUMBERS, type BankKind, type TestNumber } from './test-numbers.ts'

/**
 * The fields of a means of payment. The buttons beside them fill in a test number: each sends the
 * form to the same address with `fill`, and the page comes back with the number in its place.
 */
export function methodFields(types: readonly string[], fields: Fields): Html {
  const banks = BANKS.filter(({ type }) => types.includes(type))
  const takesCards = types.includes('card')
  const offered = types.filter(
    (type) => type === 'card' || banks.some((bank) => bank.type === type),
  )
  const chosen = fields['method'] ?? offered[0]
  const hasChoice = offered.length > 1
  return html`${
    hasChoice
      ? html`<fieldset>
          <legend>Pay with</legend>
          ${offered.map((type) => {
            const bank = banks.find((one) => one.type === type)
            return choice(type, bank?.text ?? 'Card', chosen === type)
          })}
        </fieldset>`
      : html`<input type="hidden" name="method" value="${chosen ?? 'card'}" />`
  }
  ${takesCards ? html`<div class="${hasChoice ? 'for-card' : ''}">${cardFields(fields)}</div>` : ''}
  ${banks.map(
    (bank) =>
      html`<div class="${takesCards && hasChoice ? 'for-bank' : ''}">
        ${bankFields(bank, fields)}
      </div>`,
  )}`
}

function choice(type: string, text: string, checked: boolean): Html {
  return html`<label class="choice"
    ><input
      type="radio"
      name="method"
      value="${type}"
      class="${type === 'card' ? '' : 'bank-choice'}"
      ${checked ? 'checked' : ''}
    />${text}</label
  >`
}

function cardFields(fields: Fields): Html {
  return html`<div class="field">
      <label for="card">Card number</label>
      <input
        id="card"
        name="card"
        inputmode="numeric"
        autocomplete="off"
        placeholder="4242 4242 4242 4242"
        value="${fields['card'] ?? ''}"
        ${focus(fields, 'card')}
      />
      ${hints('card', CARD_NUMBERS)}
    </div>
    <div class="pair">
      <div class="field">
        <label for="expiry">Expires (MM/YY)</label>
        <input
          id="expiry"
          name="expiry"
          inputmode="numeric"
          autocomplete="off"
          placeholder="12/34"
          value="${fields['expiry'] ?? ''}"
        />
      </div>
      <div class="field">
        <label for="cvc">Security code</label>
        <input
          id="cvc"
          name="cvc"
          inputmode="numeric"
          autocomplete="off"
          placeholder="123"
          value="${fields['cvc'] ?? ''}"
        />
      </div>
    </div>`
}

function bankFields({ type, field, numbers, text }: BankKind, fields: Fields): Html {
  return html`<div class="field">
    <label for="${type}">${text}: ${field}</label>
    <input
      id="${type}"
      name="${type}"
      autocomplete="off"
      value="${fields[type] ?? ''}"
      ${focus(fields, type)}
    />
    ${hints(type, numbers)}
  </div>`
}

function hints(field: string, numbers: readonly TestNumber[]): Html {
  return html`<div class="hints" role="group" aria-label="Test numbers">
    ${numbers.map(
      ({ text, number }) =>
        html`<button name="fill" value="${field}:${number}" title="${number}" formnovalidate>
          ${text}
        </button>`,
    )}
  </div>`
}

/** The page comes back scrolled to the field that was just filled in. */
function focus(fields: Fields, field: string): string {
  return fields['fill']?.startsWith(`${field}:`) === true ? 'autofocus' : ''
}

/** What Enter presses in a form whose first button does something smaller. */
export function defaultButton(name: string, value: string): Html {
  return html`<button
    class="unseen"
    name="${name}"
    value="${value}"
    tabindex="-1"
    aria-hidden="true"
  >
    Go
  </button>`
}

/** The fields after a press on one of the buttons, or undefined where none was pressed. */
export function filledIn(fields: Fields): Fields | undefined {
  const [field, number] = (fields['fill'] ?? '').split(':')
  if (field === undefined || number === undefined) return undefined
  const isCard = field === 'card'
  return {
    ...fields,
    method: field,
    [field]: number,
    ...(isCard ? { expiry: fields['expiry'] || '12/34', cvc: fields['cvc'] || '123' } : {}),
  }
}
