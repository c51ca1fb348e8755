/** Style of a statement's page: for paper first (A4 and Letter), and narrow screens. */
export const statementStyle = `@page{size:auto;margin:16mm 15mm}
:root{--ink:#1b2430;--soft:#66717f;--rule:#dfe4ea;--tint:#f5f7f9;--bar:#2f6f8f;--warn:#9a5b00}
*{box-sizing:border-box}
body{margin:0;background:#e9edf1;color:var(--ink);font:13.5px/1.5 "Inter","Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;
font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{background:#fff;max-width:860px;margin:28px auto;padding:48px 56px;border-radius:4px;box-shadow:0 1px 3px rgba(20,30,40,.14)}
p{margin:0}h1{font-size:26px;line-height:1.2;margin:2px 0 10px;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:14px;margin:0 0 10px}h3{font-size:12.5px;margin:0 0 3px}
.soft,th span,td span{color:var(--soft)}th span,td span{font-weight:400;font-size:12px}
header{display:flex;justify-content:space-between;gap:32px;padding-bottom:26px;border-bottom:2px solid var(--ink)}
.issuer{color:var(--soft);font-size:12.5px}.when{font-size:15px;margin-bottom:2px}
.payable{text-align:right;white-space:nowrap}.payable .amount{font-size:38px;font-weight:650;line-height:1.15;letter-spacing:-.02em}
.amount span{font-size:15px;font-weight:500;margin-left:7px;letter-spacing:0;color:var(--soft)}
.payable .soft{font-size:11.5px;margin-top:4px}
.facts{display:grid;grid-template-columns:repeat(4,1fr);gap:0 24px;margin:20px 0 30px}.facts dt{color:var(--soft);font-size:12px}
.facts dd{margin:0;font-size:17px;font-weight:550}
section{margin:0 0 30px}section>p.soft{margin-bottom:12px}
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:550;overflow-wrap:anywhere}
.num{text-align:right;white-space:nowrap}
.bars th,.bars td{padding:5px 0}.bars th{width:42%;padding-right:14px}.bars .bar{width:38%}.bars .num{padding-left:14px}
.bar i{display:block;height:11px;min-width:1px;background:var(--bar);border-radius:2px}
.remarks{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:16px 28px;background:var(--tint);border-radius:4px;
padding:16px 20px}.remarks p{font-size:12.5px;color:#3c4653}
.lines thead th{font-size:11.5px;font-weight:500;color:var(--soft);border-bottom:1px solid var(--ink);padding:0 0 5px}
.lines td,.lines tbody th{padding:4.5px 0;vertical-align:top}.lines .num{padding-left:18px}
.lines .group th,.lines .group td{padding-top:13px;font-weight:600;border-bottom:1px solid var(--rule)}
.lines tbody tr:not(.group):not(:last-child) td{border-bottom:1px solid #f0f2f5}
em{font-style:normal;font-size:11px;color:var(--soft);border:1px solid var(--rule);border-radius:9px;padding:0 7px;margin-left:7px;
white-space:nowrap}em.warn{color:var(--warn);border-color:#e6cfa6}
.total{width:auto;min-width:56%;margin:0 0 34px auto}.total td{padding:5px 0}.total .num{padding-left:32px}
.total .sum td{border-top:2px solid var(--ink);font-size:17px;font-weight:650;padding-top:9px}
footer{border:1px solid var(--rule);border-radius:4px;padding:16px 20px;font-size:12px}footer h2{font-size:13px}
footer dl{display:grid;grid-template-columns:100px 1fr;gap:2px 14px;margin:0 0 10px}footer dt{color:var(--soft)}
footer dd{margin:0;overflow-wrap:anywhere}code{font-size:11.5px}
@media print{body{background:#fff;font-size:10.5pt}main{max-width:none;margin:0;padding:0;box-shadow:none;break-after:page}
main:last-of-type{break-after:auto}tr,.remarks div,footer,.total{break-inside:avoid}h2,.group{break-after:avoid}
thead{display:table-header-group}}
@media(max-width:700px){main{margin:0;padding:24px 18px}header{display:block}.payable{text-align:left;margin-top:18px}
.facts{grid-template-columns:1fr 1fr;gap:12px}.lines{font-size:12px}section{overflow-x:auto}}`
