const ID =
  /\b(acct|act|ch|clock|cs_test|cs|cus|dp|du|evt|il|in|inpay|pi|plink|po|price|prod|py|pyr|re|read|req|seti|si|sub|sub_sched|cn|txn)_([A-Za-z0-9]+)\b/g

/** A read's id holds the id it asked for. */
const READ = /\bread_[a-z_]+_([A-Za-z0-9]+)_\d+\b/g

/** Ids by order of appearance (`sub_1`, `in_2`), so that a text reads well and stays the same. */
export function stableNames(text: string): string {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  return text.replace(READ, 'read_$1').replace(ID, (id: string, prefix: string) => {
    const known = names.get(id)
    if (known !== undefined) return known
    const short = prefix === 'cs_test' ? 'cs' : prefix
    const number = (counts.get(short) ?? 0) + 1
    counts.set(short, number)
    names.set(id, `${short}_${number}`)
    return `${short}_${number}`
  })
}
