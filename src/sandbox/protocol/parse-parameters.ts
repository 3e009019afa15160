import type { z } from 'zod'
import { invalidRequest, type StripeError } from './stripe-error.ts'

/** Reads parameters by a schema. Throws a StripeError that names the parameter in Stripe's way. */
export function parseParameters<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw refusal(result.error.issues, input)
}

type Issue = z.core.$ZodIssue

/** The first thing wrong: unknown names first, as Stripe looks at those before anything else. */
function refusal(issues: readonly Issue[], input: unknown): StripeError {
  const all = issues.map((issue) => deepest(issue, []))
  const unknown = all.find(({ issue }) => issue.code === 'unrecognized_keys')
  const { issue, path } = unknown ?? all[0] ?? { issue: undefined, path: [] }
  if (issue === undefined) return invalidRequest('Invalid request.')
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => bracketed([...path, key]))
    return invalidRequest(
      `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`,
      { code: 'parameter_unknown', param: names[0] ?? '' },
    )
  }
  const param = bracketed(path)
  const given = valueAt(input, path)
  if (given === undefined) {
    return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  }
  const params = issue.code === 'custom' ? issue.params : undefined
  const code = params?.['code']
  const message = params?.['message']
  if (typeof message === 'string') {
    return invalidRequest(message.replaceAll('%', param), {
      ...(typeof code === 'string' ? { code } : {}),
      param,
    })
  }
  if (typeof given === 'string') {
    return given === ''
      ? invalidRequest(
          `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
          { code: 'parameter_invalid_empty', param },
        )
      : invalidRequest(`Invalid ${Array.isArray(given) ? 'array' : 'object'}`, { param })
  }
  return invalidRequest(
    `Invalid ${typeof given === 'object' ? 'string: must not be a hash or an array' : 'value'}`,
    {
      param,
    },
  )
}

/** Inside a union the branch that got furthest tells most about what was meant. */
function deepest(
  issue: Issue,
  prefix: readonly PropertyKey[],
): { issue: Issue; path: PropertyKey[] } {
  const path = [...prefix, ...issue.path]
  if (issue.code !== 'invalid_union') return { issue, path }
  const branches = issue.errors
    .flatMap((errors) => errors.slice(0, 1))
    .map((inner) => deepest(inner, path))
  const best = branches.sort(
    (a, b) => b.path.length - a.path.length || rank(b.issue) - rank(a.issue),
  )[0]
  return best ?? { issue, path }
}

function rank(issue: Issue): number {
  return issue.code === 'custom' ? 2 : issue.code === 'unrecognized_keys' ? 1 : 0
}

function bracketed(path: readonly PropertyKey[]): string {
  return path.map((part, at) => (at === 0 ? String(part) : `[${String(part)}]`)).join('')
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  return value
}
