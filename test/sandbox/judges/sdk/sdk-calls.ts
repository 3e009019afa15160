import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** One request that a method of the SDK makes. */
export interface SdkCall {
  /** Name of the class and the method that make it. */
  className: string
  methodName: string
  method: string
  /** Variable parts are written `{name}`: `/v1/customers/{id}`. */
  path: string
}

/** Reads the requests out of a resource's JavaScript: `this._makeRequest('GET', '/v1/…', …)`. */
export function readCalls(resource: string): SdkCall[] {
  const file = `${resource}.js`
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022)
  const calls: SdkCall[] = []

  function visit(node: ts.Node, className: string, methodName: string): void {
    const inClass = ts.isClassDeclaration(node) ? (node.name?.text ?? className) : className
    const inMethod =
      ts.isMethodDeclaration(node) && ts.isIdentifier(node.name) ? node.name.text : methodName
    if (ts.isCallExpression(node) && calledName(node) === '_makeRequest') {
      const [method, path] = node.arguments
      const text = path === undefined ? undefined : pathOf(path)
      if (method !== undefined && ts.isStringLiteral(method) && text !== undefined) {
        calls.push({ className: inClass, methodName: inMethod, method: method.text, path: text })
      }
    }
    ts.forEachChild(node, (child) => visit(child, inClass, inMethod))
  }

  visit(source, '', '')
  return calls
}

function calledName({ expression }: ts.CallExpression): string | undefined {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined
}

/** Undefined for a path that is only known at run time (a link that Stripe gave). */
function pathOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return (
    node.head.text +
    node.templateSpans
      .map(({ expression, literal }) => `{${variableName(expression)}}${literal.text}`)
      .join('')
  )
}

/** `encodeURIComponent(id)` is `id`. */
function variableName(node: ts.Expression): string {
  const [inner] = ts.isCallExpression(node) ? node.arguments : [node]
  return inner !== undefined && ts.isIdentifier(inner) ? inner.text : 'id'
}
