// ---- The panel: everything the record holds on one op in one dtype, worst first

const swatch = (c) =>
  `<span class="swatch" style="background-image:var(--${states[c].name})" aria-hidden="true">${states[c].glyph}</span>`;

const panelHTML = (op, d) => {
  const cell = op.cells[d];
  const about = [data.families[op.family], op.rule && `rule ${op.rule}`].filter(Boolean).join(" · ");
  const order = shownBackends().sort((x, y) => cell.states[y] - cell.states[x] || x - y);
  return `<div class="top"><h2 id="panel-title">${esc(op.name)} <small>${esc(data.dtypes[d])}</small></h2>
    <p>${esc(op.summary)}</p><p>${esc(about)}</p>
    <button type="button" class="close" aria-label="Close">×</button></div>${order.map((b) => backendHTML(cell, b)).join("")}`;
};

const backendHTML = (cell, b) => {
  const state = cell.states[b];
  const place = backends.length > 1 ? `<b class="place">${b + 1}</b>` : "";
  const head = `<h3>${place}${esc(backends[b].label)} ${swatch(state)}<small>${words(state)}</small></h3>`;
  const rows = cell.rows.filter((r) => r.backend === b).sort((x, y) => y.verdict - x.verdict || x.check - y.check);
  if (!rows.length) return `<section>${head}<p><small>${esc(backends[b].reason || "No verdict in the record.")}</small></p></section>`;
  const lacking = rows.filter((r) => r.verdict === code.unsupported || r.verdict === code.unavailable);
  const judged = rows.filter((r) => !lacking.includes(r));
  const told = judged.filter((r) => r.detail);
  const trouble = told.filter((r) => r.verdict !== code.pass).map(caseHTML).join("");
  const calm = told.filter((r) => r.verdict === code.pass).map(caseHTML).join("");
  const grade = cell.grades[b] ? `<p><small>${esc(cell.grades[b])}</small></p>` : "";
  const body = checksHTML(judged) + lackingHTML(lacking) + trouble;
  const rest = calm && `<details><summary><small>Worst elements of what passed</small></summary>${calm}</details>`;
  // A backend without any trouble is one line until it is asked about.
  return trouble || !judged.length || shownBackends().length === 1
    ? `<section>${head}${grade}${body}${rest}</section>`
    : `<section><details><summary>${head}</summary>${body}${rest}</details>${grade}</section>`;
};

// Columns that are left out where no row has anything in them.
const SPARSE = new Set(["of allowed", "gain", "S", "vacuous", "unsupported"]);

const checksHTML = (rows) => {
  if (!rows.length) return "";
  const columns = [
    ["check", "", (r) => esc(data.checks[r.check])],
    ["verdict", "v", (r) => swatch(r.verdict) + words(r.verdict)],
    ["cases", "n", (r) => r.cases],
    ["unsupported", "n", (r) => r.unsupported],
    ["ulp", "n", (r) => esc(r.ulp)],
    ["z", "n", (r) => esc(r.z)],
    ["of allowed", "n", (r) => esc(r.tight)],
    ["gain", "n", (r) => esc(r.gain)],
    ["S", "n", (r) => esc(r.ratio)],
    ["vacuous", "n", (r) => esc(r.vacuous)],
    ["rule", "", (r) => esc(data.rules[r.rule])],
  ].filter(([name, , text]) => !SPARSE.has(name) || rows.some(text));
  const head = columns.map(([name, kind]) => `<th scope="col" class="${kind}">${name}</th>`).join("");
  const body = rows.map((r) => `<tr>${columns.map(([, kind, text]) => `<td class="${kind}">${text(r)}</td>`).join("")}</tr>`);
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
};

const lackingHTML = (rows) => {
  const reasons = new Map();
  for (const r of rows) {
    const reason = `${words(r.verdict)}: ${r.detail?.message ?? "no reason given"}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), data.checks[r.check]]);
  }
  return [...reasons].map(([reason, checks]) => `<p><small>${esc(checks.join(", "))} – ${esc(reason)}</small></p>`).join("");
};

const caseHTML = (r) => {
  const { worst, message, shapes, attributes, way, waiver, reproducer } = r.detail;
  const facts = [["shapes", shapes], ["attributes", attributes], ["gradient", way], ["waived", waiver]];
  if (worst) {
    const off = [worst.ulp && `${worst.ulp} ulp`, worst.z && `z ${worst.z}`].filter(Boolean).join(", ");
    facts.unshift(
      ["worst at", `[${worst.index.join(", ")}]`], ["inputs", worst.inputs.join("\n")], ["got", worst.got],
      ["truth", worst.truth], ["off by", off], ["allowed", worst.allowed],
    );
  }
  const list = facts.filter(([, text]) => text).map(([name, text]) => `<dt>${name}</dt><dd>${esc(text)}</dd>`);
  const script = reproducer && `<div class="script">Reproducer<button type="button" class="copy">Copy</button>
    <pre tabindex="0" aria-label="Reproducer"><code>${esc(reproducer)}</code></pre></div>`;
  return `<div class="case${states[r.verdict].failing ? " bad" : ""}">
    <strong>${esc(data.checks[r.check])}</strong> <small>${words(r.verdict)}</small>
    ${message ? `<p>${esc(message)}</p>` : ""}<dl>${list.join("")}</dl>${script ?? ""}</div>`;
};

const copy = async (button) => {
  const script = button.parentNode.querySelector("code");
  try {
    await navigator.clipboard.writeText(script.textContent);
  } catch {
    getSelection().selectAllChildren(script);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
};
