import type { PortalConfiguration } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { DEFAULT_FEATURES } from './default-features.ts'
import { mergeFeatures, type FeaturesInput } from './merge-features.ts'

export interface ConfigurationInput {
  readonly features: FeaturesInput
  readonly business_profile?:
    | {
        readonly headline?: string | null | undefined
        readonly privacy_policy_url?: string | null | undefined
        readonly terms_of_service_url?: string | null | undefined
      }
    | undefined
  readonly default_return_url?: string | null | undefined
  readonly login_page?: { readonly enabled: boolean } | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly name?: string | null | undefined
}

/** Emits `billing_portal.configuration.created`. */
export function createConfiguration(
  world: World,
  input: ConfigurationInput,
  baseUrl: string,
): PortalConfiguration {
  const configuration = made(world, input, baseUrl)
  world.insert('billing_portal.configuration', configuration)
  world.emit('billing_portal.configuration.created', configuration)
  return configuration
}

/**
 * The configuration of portal sessions that name none. Every account has one from the start, so
 * nobody is told of it.
 */
export function defaultPortalConfiguration(world: World): PortalConfiguration {
  for (const configuration of world.table('billing_portal.configuration').values()) {
    if (configuration.is_default) return configuration
  }
  return world.insert('billing_portal.configuration', {
    ...made(world, { features: {} }, ''),
    features: DEFAULT_FEATURES,
    is_default: true,
  })
}

function made(world: World, input: ConfigurationInput, baseUrl: string): PortalConfiguration {
  const now = world.now()
  const id = world.id('bpc')
  const { business_profile: profile } = input
  return {
    id,
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: {
      headline: profile?.headline ?? null,
      privacy_policy_url: profile?.privacy_policy_url ?? null,
      terms_of_service_url: profile?.terms_of_service_url ?? null,
    },
    created: now,
    default_return_url: input.default_return_url ?? null,
    features: mergeFeatures(undefined, input.features),
    is_default: false,
    livemode: false,
    login_page: loginPage(id, input.login_page?.enabled ?? false, baseUrl),
    metadata: input.metadata ?? {},
    name: input.name ?? null,
    updated: now,
  }
}

export function loginPage(
  id: string,
  enabled: boolean,
  baseUrl: string,
): PortalConfiguration['login_page'] {
  return { enabled, url: enabled ? `${baseUrl}/p/login/${id.slice(4)}` : null }
}
