import { HOUR } from './calendar.ts'
import { canonical, compareText } from './canonical.ts'
import {
  ALLOWED_STATES,
  type Decision,
  type FeatureAccess,
  type Grant,
  type Reason,
} from './decision.ts'

/**
 * What became of the access to a feature. `granted`, `lost`; `refused`: not to be had, before or
 * after; `kept`: in another state; `extended`, `shortened`: another end; `raised`, `reduced`:
 * another amount; `same`: the same for another reason.
 */
export type ConclusionKind =
  'granted' | 'lost' | 'refused' | 'kept' | 'extended' | 'shortened' | 'raised' | 'reduced' | 'same'

/** How the access to one feature changed, and why. */
export interface Conclusion {
  feature: string
  kind: ConclusionKind
  before: Omit<FeatureAccess, 'reasons'>
  after: FeatureAccess
  /** Why it changed: the reasons that are new of those sources that changed. */
  because: Reason[]
}

interface ConcludedOptions {
  /** null: all features. */
  feature: string | null
  /** What was not to be had and is not now is no news when only time passed. @defaultValue false */
  isByClock?: boolean
  /** Also that the same holds for another reason. @defaultValue false */
  isWhyTold?: boolean
}

/** What a person would notice: who may use what, how much of it, and until when. */
export function concluded(
  before: Decision,
  after: Decision,
  { feature, isByClock = false, isWhyTold = false }: ConcludedOptions,
): Conclusion[] {
  return Object.entries(after.features)
    .filter(([name]) => feature === null || name === feature)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, access]) => {
      const was = before.features[name]
      if (was === undefined) return []
      if (isByClock && !was.allowed && !access.allowed) return []
      const kind = kindOf(was, access)
      if (kind === null) return []
      if (kind === 'same' && !(isWhyTold && codeOf(was) !== codeOf(access))) return []
      const { allowed, state, value, until } = was
      const because = newReasons(before.grants, after.grants, name, kind) ?? access.reasons
      return {
        feature: name,
        kind,
        before: { allowed, state, value, until },
        after: access,
        because,
      }
    })
}

/** null: nothing that was not to be had has become any different. */
function kindOf(was: FeatureAccess, is: FeatureAccess): ConclusionKind | null {
  if (was.allowed !== is.allowed) return is.allowed ? 'granted' : 'lost'
  if (!is.allowed) return was.state === is.state ? null : 'refused'
  if (was.state !== is.state) return 'kept'
  const gain = gainOf(was, is)
  if (gain !== 0) return gain > 0 ? 'extended' : 'shortened'
  if (was.value === is.value) return 'same'
  return amountOf(is) > amountOf(was) ? 'raised' : 'reduced'
}

/** Deadlines that are estimated until Stripe names them move by an hour. */
const TRIFLE = 2 * HOUR
/** Later than any other end. */
const NEVER = Number.MAX_SAFE_INTEGER

/** Seconds; for the same reason as before it is only a deadline far behind what was promised. */
function gainOf(was: FeatureAccess, is: FeatureAccess): number {
  const messages = ({ reasons }: FeatureAccess) => reasons.map(({ message }) => message).join()
  const gain = (is.until ?? NEVER) - (was.until ?? NEVER)
  return Math.abs(gain) <= TRIFLE || messages(was) === messages(is) ? 0 : gain
}

function amountOf({ value }: FeatureAccess): number {
  return value === null ? Infinity : Number(value)
}

function codeOf({ reasons }: FeatureAccess): string | undefined {
  return reasons[0]?.code
}

/** null: no source of the feature changed. */
function newReasons(
  before: readonly Grant[],
  after: readonly Grant[],
  feature: string,
  kind: ConclusionKind,
): Reason[] | null {
  const was = new Map(
    before.filter((grant) => grant.feature === feature).map((grant) => [grant.source, grant]),
  )
  const changed = after.filter((grant) => {
    const isChanged = shown(was.get(grant.source)) !== shown(grant)
    // What gives it now is why it was granted, not what did not give it.
    const isToldOf = kind !== 'granted' || ALLOWED_STATES.has(grant.state)
    return grant.feature === feature && isChanged && isToldOf
  })
  if (changed.length === 0) return null
  const reasons = changed.flatMap((grant) =>
    grant.reasons.filter(
      (reason) =>
        !(was.get(grant.source)?.reasons ?? []).some((old) => canonical(old) === canonical(reason)),
    ),
  )
  return [...new Map(reasons.map((reason) => [reason.message, reason])).values()]
}

/** A period that rolls on is no change of access: what usage belongs to is not told here. */
function shown(grant: Grant | undefined): string {
  return canonical({ ...grant, usage: null })
}
