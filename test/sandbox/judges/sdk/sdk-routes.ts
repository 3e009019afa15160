import ts from 'typescript'
import type { JsonSchema } from './json-schema.ts'
import { readCalls } from './sdk-calls.ts'
import type { SdkCall } from './sdk-calls.ts'
import type { SdkPackage } from './sdk-package.ts'
import type { SdkProgram } from './sdk-program.ts'
import type { SchemaWriter } from './type-schema.ts'

/** A route of Stripe's API as the SDK knows it. */
export interface SdkRoute {
  method: string
  path: string
  /** Names of the parameters on the top level, sorted. */
  parameters: string[]
  /** What it answers when all is well. */
  answer: JsonSchema
}

/** Every route of the SDK, with what its methods' declarations say of parameters and answer. */
export function readRoutes(
  sdk: SdkPackage,
  { checker, source }: SdkProgram,
  { schemaOf }: SchemaWriter,
): SdkRoute[] {
  const routes = new Map<string, SdkRoute>()
  for (const resource of sdk.resources) {
    const calls = readCalls(resource)
    if (calls.length === 0) continue
    const classes = source(resource).statements.filter((node) => ts.isClassDeclaration(node))
    for (const call of calls) {
      const signatures = declarationsOf(call, classes)
      const [first] = signatures
      if (first?.type === undefined) continue
      const parameters = signatures.flatMap((signature) => parametersOf(signature, checker))
      const answered = checker.getAwaitedType(checker.getTypeFromTypeNode(first.type))
      const known = routes.get(`${call.method} ${call.path}`)
      // Some routes have two methods in the SDK; what one of them knows, the route knows.
      routes.set(`${call.method} ${call.path}`, {
        method: call.method,
        path: call.path,
        parameters: [...new Set([...(known?.parameters ?? []), ...parameters])].sort(),
        answer: known?.answer ?? (answered === undefined ? {} : schemaOf(answered)),
      })
    }
  }
  return [...routes.values()].sort((a, b) => (a.path + a.method < b.path + b.method ? -1 : 1))
}

function declarationsOf(
  { className, methodName }: SdkCall,
  classes: readonly ts.ClassDeclaration[],
): ts.MethodDeclaration[] {
  return classes
    .filter(({ name }) => name?.text === className)
    .flatMap(({ members }) => members.filter((member) => ts.isMethodDeclaration(member)))
    .filter(({ name }) => ts.isIdentifier(name) && name.text === methodName)
}

function parametersOf(signature: ts.MethodDeclaration, checker: ts.TypeChecker): string[] {
  const params = signature.parameters.find(
    ({ name }) => ts.isIdentifier(name) && name.text === 'params',
  )
  if (params?.type === undefined) return []
  const type = checker.getTypeFromTypeNode(params.type)
  const members = type.isUnion() ? type.types : [type]
  return members.flatMap((member) => checker.getPropertiesOfType(member).map(({ name }) => name))
}
