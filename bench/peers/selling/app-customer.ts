import type { CatalogDefinition } from '../../../src/core/catalog.ts'

type Metadata = Readonly<Record<string, string>> | null | undefined

interface Session {
  readonly metadata?: Metadata
  readonly client_reference_id?: string | null
  readonly payment_link?: string | { readonly id: string } | null
}

/** Under which key of their metadata the stories name the app's customer. */
export function customerKey({ policy }: CatalogDefinition): string {
  return policy?.customerIdMetadataKey ?? 'customer_id'
}

/** Whom metadata names; null: nobody. */
export function namedIn(metadata: Metadata, catalog: CatalogDefinition): string | null {
  return metadata?.[customerKey(catalog)] ?? null
}

/** Whom a Checkout Session names, by its metadata or else a `client_reference_id` the app trusts. */
export function namedBy(session: Session, catalog: CatalogDefinition): string | null {
  const named = namedIn(session.metadata, catalog)
  if (named !== null || !isTrusted(session, catalog)) return named
  return session.client_reference_id ?? null
}

function isTrusted({ payment_link: link }: Session, { policy }: CatalogDefinition): boolean {
  const trust = policy?.trustClientReferenceId ?? 'always'
  return trust === 'always' || (trust === 'exceptPaymentLinks' && (link ?? null) === null)
}
