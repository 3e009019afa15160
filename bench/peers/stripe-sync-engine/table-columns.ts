/**
 * The engine makes its tables from Stripe's OpenAPI description, which it downloads from GitHub unless
 * it is told a path. Offline it is told this one: the objects access is read from, in few words. A row
 * holds its whole object either way; the description only says which fields are columns too.
 */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  customer: { email: 'string', metadata: 'object', deleted: 'boolean' },
  subscription: {
    customer: 'string',
    status: 'string',
    items: 'object',
    metadata: 'object',
    cancel_at_period_end: 'boolean',
    cancel_at: 'integer',
    canceled_at: 'integer',
    ended_at: 'integer',
    trial_end: 'integer',
  },
  'checkout.session': {
    customer: 'string',
    subscription: 'string',
    payment_intent: 'string',
    mode: 'string',
    status: 'string',
    payment_status: 'string',
    client_reference_id: 'string',
    metadata: 'object',
    created: 'integer',
  },
  charge: { payment_intent: 'string', status: 'string', refunded: 'boolean' },
}

export const OPENAPI_DESCRIPTION = {
  openapi: '3.0.0',
  info: { title: 'The part of Stripe that access is read from', version: '2026-10-28' },
  paths: {},
  components: {
    schemas: Object.fromEntries(
      Object.entries(COLUMNS).map(([object, columns]) => [
        object.replace('.', '_'),
        {
          'x-resourceId': object,
          type: 'object',
          properties: Object.fromEntries(
            Object.entries(columns).map(([name, type]) => [name, { type, nullable: true }]),
          ),
        },
      ]),
    ),
  },
}
