import { defineCatalog } from '../../core/compile-catalog.ts'

/** The catalog `proviso dev` serves until it is given another: a small SaaS with two plans and a pass. */
export const sampleCatalog = defineCatalog({
  features: {
    export: { type: 'flag' },
    sso: { type: 'flag' },
    seats: { type: 'quantity' },
    api_calls: { type: 'metered', meter: 'api_calls' },
    credits: { type: 'credits' },
  },
  products: {
    starter: {
      match: { products: ['prod_sample_starter'], lookupKeys: ['starter_monthly'] },
      grants: { seats: 'quantity', api_calls: { limit: 1_000 } },
    },
    pro: {
      match: { products: ['prod_sample_pro'], lookupKeys: ['pro_monthly', 'pro_yearly'] },
      grants: {
        export: true,
        sso: true,
        seats: 'quantity',
        api_calls: { limit: 10_000 },
        credits: { amount: 100 },
      },
    },
    lifetime: {
      match: { products: ['prod_sample_lifetime'], lookupKeys: ['lifetime'] },
      grants: { export: true, sso: true, seats: 5, api_calls: { limit: 10_000 } },
    },
    credit_pack: {
      match: { products: ['prod_sample_credits'], lookupKeys: ['credits_100'] },
      grants: { credits: { amount: 100 } },
    },
    export_pass: {
      match: { products: ['prod_sample_export_pass'], lookupKeys: ['export_pass'] },
      grants: { export: true },
      duration: { days: 30 },
    },
  },
})
