/** The command that meets a finding again. */
export function replayLine(name: string, seed: string, order: number): string {
  return `PROVISO_SEED='${seed}' PROVISO_STORY='${name.replaceAll("'", "'\\''")}' PROVISO_ORDER=${String(order)} npx tsx test/gauntlet/core/replay.ts`
}
