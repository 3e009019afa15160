/** Where Stripe is told to send its events. */
export const WEBHOOK_PATH = '/webhooks/stripe'
