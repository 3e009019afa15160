export { createSandbox, type Duration, type Sandbox, type SandboxOptions } from './sandbox.ts'
export type { Settings } from './settings.ts'
