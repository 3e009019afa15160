/** The one stylesheet of all pages, kept inline so that a page is one request. */
export const STYLE = `
:root{--ink:#1c2430;--soft:#5b6675;--line:#d9dee6;--card:#fff;--ground:#f4f6f9;--deep:#1f3a5f;--accent:#2456c5;--good:#1a7f4b;--bad:#b3261e;color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--accent)}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.1rem;margin:0 0 .75rem}
p{margin:.25rem 0 .75rem}.soft{color:var(--soft)}.small{font-size:.875rem}.end{text-align:right}
.banner{background:repeating-linear-gradient(135deg,#ffe9a8 0 14px,#ffe39a 14px 28px);color:#4a3500;text-align:center;font-size:.875rem;font-weight:600;padding:.4rem 1rem;border-bottom:1px solid #e8c765}
main{max-width:62rem;margin:0 auto;padding:2rem 1.25rem 3rem}main.narrow{max-width:34rem}
.columns{display:grid;gap:2.5rem;grid-template-columns:1fr}
@media(min-width:50rem){.columns{grid-template-columns:5fr 6fr}.columns>.aside{position:sticky;top:1.5rem;align-self:start}}
.panel{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.5rem;margin:0 0 1.25rem;box-shadow:0 1px 2px rgb(28 36 48/.05)}
.amount{font-size:2.25rem;font-weight:650;letter-spacing:-.02em;line-height:1.2;margin:.25rem 0}
.lines{list-style:none;margin:1.5rem 0 0;padding:0}.lines li,.sum{display:flex;justify-content:space-between;gap:1rem;padding:.4rem 0}
.sums{border-top:1px solid var(--line);margin-top:.75rem;padding-top:.5rem}.sum.total{font-weight:650}
label,legend{display:block;padding:0;font-size:.875rem;font-weight:600;margin:0 0 .3rem}
.field{margin:0 0 1rem}.pair{display:grid;grid-template-columns:1fr 1fr;gap:.75rem;align-items:end}
input,select{width:100%;min-height:2.9rem;font:inherit;color:inherit;padding:.6rem .75rem;border:1px solid #b9c2cf;border-radius:.5rem;background:#fff}
input[type=radio]{width:auto;min-height:0;accent-color:var(--accent);margin:0}
input:focus-visible,select:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #8fb2ff;outline-offset:1px;border-color:var(--accent)}
fieldset{border:0;margin:0 0 1rem;padding:0;min-width:0}
.choice{display:flex;gap:.6rem;align-items:center;border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem;margin-bottom:.5rem;font-weight:500;cursor:pointer}
.choice:has(:checked){border-color:var(--accent);background:#eef3ff}
form:has(input[value=card]:checked) .for-bank{display:none}form:has(.bank-choice:checked) .for-card{display:none}
button,.button{font:inherit;line-height:1.4;font-weight:600;display:inline-block;cursor:pointer;text-decoration:none;border:1px solid transparent;border-radius:.5rem;padding:.65rem 1.1rem;background:var(--deep);color:#fff;text-align:center}
button:hover,.button:hover{background:#16304f}
button.wide{width:100%;padding:.8rem}
button.plain,.button.plain{background:#fff;color:var(--ink);border-color:#b9c2cf}button.plain:hover,.button.plain:hover{background:#f0f3f7}
button.good{background:var(--good)}button.danger{background:#fff;color:var(--bad);border-color:#e2b4b0}
.unseen{position:absolute;width:1px;height:1px;padding:0;margin:-1px;overflow:hidden;clip-path:inset(50%);border:0}
.hints{display:flex;flex-wrap:wrap;gap:.4rem;margin:.35rem 0 0}
.hints button{font-size:.8125rem;font-weight:500;padding:.25rem .6rem;border-radius:99px;background:#fff;color:var(--ink);border:1px dashed #a7b1c0}.hints button:hover{background:#f0f3f7}
.notice{border-radius:.5rem;padding:.75rem 1rem;margin:0 0 1rem;border:1px solid}
.notice.bad{background:#fdecea;border-color:#f0b8b3;color:#7d1a14}.notice.good{background:#e6f5ec;border-color:#a9d9bd;color:#0f5431}.notice.wait{background:#fff6dd;border-color:#ecd48f;color:#5f4700}
.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;justify-content:space-between}.row>form{margin:0}.row.low{align-items:flex-end;justify-content:flex-start}
.tag{display:inline-block;font-size:.75rem;font-weight:650;padding:.1rem .55rem;border-radius:99px;background:#e8ecf2;color:#394352}.tag.good{background:#d9f0e3;color:#0f5431}.tag.bad{background:#fadcd9;color:#7d1a14}.tag.wait{background:#ffefc2;color:#5f4700}
table{width:100%;border-collapse:collapse}th{font-size:.8125rem;text-align:left;color:var(--soft)}th,td{padding:.5rem .5rem .5rem 0;border-bottom:1px solid var(--line)}tr:last-child td{border-bottom:0}th:last-child,td:last-child{padding-right:0}
.cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr))}
.cards .panel{margin:0;display:flex;flex-direction:column;gap:.25rem}.cards .panel form,.cards .panel button{width:100%}.cards p{flex:1}
pre{background:#0f1b2b;color:#dbe6f5;border-radius:.5rem;padding:1rem;overflow:auto;font-size:.8125rem;margin:0}
code{background:#e8ecf2;border-radius:.25rem;padding:.05rem .3rem;font-size:.875em}
`
