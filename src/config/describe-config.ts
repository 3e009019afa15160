import type { DatabaseTarget } from './database-settings.ts'
import { hidePassword, hideSecret } from './secret.ts'
import type { ServiceConfig } from './service-config.ts'

/** The configuration as it may be printed or logged: secrets are told to exist, not what they are. */
export function describeConfig(config: ServiceConfig): Record<string, unknown> {
  return {
    port: config.port,
    host: config.host,
    catalog: config.catalogFile ?? '(sample)',
    store: describeTarget(config.target),
    schema: config.schema,
    webhookKeys: config.webhookSecrets.map(hideSecret),
    stripeKey: config.stripe === null ? '(none)' : hideSecret(config.stripe.apiKey),
    reportUsage: config.stripe !== null && config.reportUsage ? config.meterEvents : '(off)',
    accessKeys: config.apiKeys.map(hideSecret),
    changesTo: config.outgoing === null ? '(nowhere)' : hidePassword(config.outgoing.url),
    mode: config.livemode === null ? 'both' : config.livemode ? 'live' : 'test',
    logLevel: config.logLevel,
  }
}

export function describeTarget(target: DatabaseTarget): string {
  return target.kind === 'url' ? hidePassword(target.url) : `embedded in ${target.directory}`
}
