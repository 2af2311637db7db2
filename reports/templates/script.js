"use strict";
{
  const data = JSON.parse(document.getElementById("data").textContent);
  const [UNDEFINED, NOT_RUN] = [0, 1];
  const states = data.states.map(([name, glyph, failing]) => ({ name, glyph, failing }));
  const code = Object.fromEntries(states.map((s, i) => [s.name, i]));
  const backends = data.backends.map(([label, missing, reason]) => ({ label, missing, reason }));
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const escaped = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const esc = (text) => String(text).replace(/[&<>"']/g, (c) => escaped[c]);
  const words = (code) => states[code].name.replaceAll("-", " ");

  // ---- Cells: for each op and dtype the worst state on each backend, and the results themselves

  const blank = () => ({ states: backends.map((b) => (b.missing ? code.unavailable : NOT_RUN)), rows: [] });
  const ops = data.ops.map(([name, family, dtypes, summary, rule]) => {
    const cells = data.dtypes.map(() => null);
    for (const d of dtypes) cells[d] = blank();
    return { name, family, summary, rule, cells };
  });
  for (const row of data.results) {
    const [op, dtype, backend, , verdict] = row;
    const cell = ops[op].cells[dtype];
    // A missing backend's own verdicts say it better than the blank's.
    cell.states[backend] = Math.max(cell.rows.some((r) => r[2] === backend) ? cell.states[backend] : NOT_RUN, verdict);
    cell.rows.push(row);
  }

  // ---- State: what is shown lives in the address, so that a view can be sent to a colleague

  const view = { q: "", family: "", dtype: "", backend: "", hide: new Set(), cell: "" };
  const restore = () => {
    const hash = new URLSearchParams(location.hash.slice(1));
    for (const key of ["q", "family", "dtype", "backend", "cell"]) view[key] = hash.get(key) ?? "";
    view.hide = new Set((hash.get("hide") ?? "").split(" ").filter((n) => n in code).map((n) => code[n]));
    $("find").value = view.q;
    for (const key of ["family", "dtype", "backend"]) {
      $(key).value = view[key];
      if ($(key).selectedIndex < 0) $(key).value = view[key] = "";
    }
  };
  const keep = () => {
    const hash = new URLSearchParams();
    for (const key of ["q", "family", "dtype", "backend", "cell"]) if (view[key]) hash.set(key, view[key]);
    if (view.hide.size) hash.set("hide", [...view.hide].map((c) => states[c].name).join(" "));
    const text = hash.toString();
    if (text !== location.hash.slice(1)) history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  };

  // ---- The matrix

  const combinations = document.head.appendChild(document.createElement("style"));
  const known = new Set();
  const combination = (list) => {
    const name = "s" + list.join("-");
    if (!known.has(name)) {
      known.add(name);
      const images = list.map((c) => `var(--${states[c].name})`).join();
      combinations.sheet.insertRule(`#matrix td.${name}{background-image:${images}}`);
    }
    return name;
  };
  const cellHTML = (op, o, d, shown) => {
    const cell = op.cells[d];
    const where = `${op.name} ${data.dtypes[d]}`;
    if (!cell) return `<td class="none" tabindex="-1" data-d="${d}" aria-label="${esc(where)}: not defined"></td>`;
    const list = shown.map((b) => cell.states[b]);
    const label = esc(`${where}: ${list.map((c, i) => `${backends[shown[i]].label} ${words(c)}`).join(", ")}`);
    const marks = (list.some((c) => states[c].failing) ? " bad" : "") + (list.every((c) => view.hide.has(c)) ? " dim" : "");
    const text = list.map((c) => states[c].glyph).join("");
    return `<td class="${combination(list)}${marks}" tabindex="-1" data-d="${d}" aria-label="${label}" title="${label}">${text}</td>`;
  };
  const draw = () => {
    const shown = backends.map((_, b) => b).filter((b) => !view.backend || backends[b].label === view.backend);
    const dtypes = data.dtypes.map((_, d) => d).filter((d) => !view.dtype || data.dtypes[d] === view.dtype);
    const wanted = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    const width = { 1: 26, 2: 17, 3: 14 }[shown.length] ?? 12;
    const matrix = $("matrix");
    matrix.style.setProperty("--w", `${width}px`);
    matrix.style.setProperty("--cell", `${width * shown.length + 4}px`);
    const positions = shown.map((_, i) => `${i * width}px 0`).join();
    let html = `<thead><tr><th scope="col">op</th>`;
    for (const d of dtypes) {
      const places = shown.length > 1 ? `<span class="places" aria-hidden="true">${shown.map((b) => (b + 1) % 10).join("")}</span>` : "";
      html += `<th scope="col" data-d="${d}"><span class="name">${esc(data.dtypes[d])}</span>${places}</th>`;
    }
    html += "</tr></thead>";
    let count = 0;
    data.families.forEach((family, f) => {
      if (view.family && view.family !== family) return;
      let rows = "", n = 0, failing = 0;
      ops.forEach((op, o) => {
        if (op.family !== f || !wanted.every((w) => op.name.toLowerCase().includes(w))) return;
        const cells = dtypes.map((d) => op.cells[d]).filter(Boolean);
        if (!cells.some((cell) => shown.some((b) => !view.hide.has(cell.states[b])))) return;
        n += 1;
        failing += cells.some((cell) => shown.some((b) => states[cell.states[b]].failing));
        rows += `<tr data-o="${o}"><th scope="row" title="${esc(op.summary)}">${esc(op.name)}</th>`;
        for (const d of dtypes) rows += cellHTML(op, o, d, shown);
        rows += "</tr>";
      });
      if (!n) return;
      count += n;
      const sums = `${n} ${n === 1 ? "op" : "ops"}${failing ? `, ${failing} failing` : ""}`;
      html += `<tbody><tr class="family"><th scope="rowgroup" colspan="${dtypes.length + 1}">${esc(family)}<small>${sums}</small></th></tr>${rows}</tbody>`;
    });
    if (!count) html += `<tbody><tr><td class="none">No op matches the filters.</td></tr></tbody>`;
    matrix.innerHTML = html;
    matrix.style.setProperty("--at", positions);
    $("count").textContent = count === ops.length ? `${count} ops` : `${count} of ${ops.length} ops`;
    for (const button of $("legend").children) button.setAttribute("aria-pressed", !view.hide.has(+button.dataset.state));
    $("failing").setAttribute("aria-pressed", onlyFailing());
    const first = find(view.cell) ?? matrix.querySelector("tbody td[data-d]");
    if (first) first.tabIndex = 0;
    keep();
    mark();
  };

  // ---- Moving and opening

  const find = (key) => {
    const [op, dtype] = key.split("/");
    const [o, d] = [ops.findIndex((x) => x.name === op), data.dtypes.indexOf(dtype)];
    return $("matrix").querySelector(`tr[data-o="${o}"] > td[data-d="${d}"]`);
  };
  const keyOf = (td) => `${ops[td.parentNode.dataset.o].name}/${data.dtypes[td.dataset.d]}`;
  const mark = () => {
    for (const td of $("matrix").querySelectorAll("[aria-selected]")) td.removeAttribute("aria-selected");
    if (!$("panel").hidden) find(view.cell)?.setAttribute("aria-selected", "true");
  };
  const open = (td) => {
    if (!ops[td.parentNode.dataset.o].cells[td.dataset.d]) return;
    view.cell = keyOf(td);
    $("panel").innerHTML = panelHTML(ops[td.parentNode.dataset.o], +td.dataset.d);
    $("panel").scrollTop = 0;
    $("panel").hidden = false;
    root.classList.add("open");
    td.scrollIntoView({ block: "nearest", inline: "nearest" });
    keep();
    mark();
  };
  const close = () => {
    if ($("panel").hidden) return;
    const cell = find(view.cell);
    $("panel").hidden = true;
    root.classList.remove("open");
    view.cell = "";
    keep();
    mark();
    cell?.focus({ preventScroll: true });
  };
  const focus = (td) => {
    for (const other of $("matrix").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    td.tabIndex = 0;
    td.focus({ preventScroll: true });
    td.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (!$("panel").hidden) open(td);
  };
  const move = (event) => {
    const td = event.target.closest("td[data-d]");
    if (!td) return;
    const rows = [...$("matrix").querySelectorAll("tr[data-o]")];
    const [y, x] = [rows.indexOf(td.parentNode), td.cellIndex];
    const last = td.parentNode.cells.length - 1;
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0], Home: [0, -last], End: [0, last] };
    if (event.key === "Enter" || event.key === " ") {
      open(td);
      if (!$("panel").hidden) $("panel").focus();
    } else if (event.key in steps) {
      const [dy, dx] = steps[event.key];
      const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
      focus(rows[clamp(y + dy, 0, rows.length - 1)].cells[clamp(x + dx, 1, last)]);
    } else return;
    event.preventDefault();
  };

  // ---- The panel

  const swatch = (c) => `<span class="swatch" style="background-image:var(--${states[c].name})" aria-hidden="true">${states[c].glyph}</span>`;
  const place = (b) => (backends.length > 1 ? `<b class="place">${b + 1}</b>` : "");
  const panelHTML = (op, d) => {
    const cell = op.cells[d];
    const shown = backends.map((_, b) => b).filter((b) => !view.backend || backends[b].label === view.backend);
    const about = [data.families[op.family], op.rule && `rule ${op.rule}`].filter(Boolean).join(" · ");
    return `<div class="top"><h2 id="panel-title">${esc(op.name)} <small>${esc(data.dtypes[d])}</small></h2><p>${esc(op.summary)}</p><p>${esc(about)}</p>`
      + `<button type="button" class="close" aria-label="Close">×</button></div>` + shown.map((b) => backendHTML(cell, b)).join("");
  };
  const backendHTML = (cell, b) => {
    const rows = cell.rows.filter((r) => r[2] === b).sort((x, y) => y[4] - x[4] || x[3] - y[3]);
    const head = `<section><h3>${place(b)}${esc(backends[b].label)} ${swatch(cell.states[b])}<small>${words(cell.states[b])}</small></h3>`;
    if (!rows.length) return `${head}<p><small>${esc(backends[b].reason || "No verdict in the record.")}</small></p></section>`;
    const lacking = rows.filter((r) => r[4] === code.unsupported || r[4] === code.unavailable);
    const judged = rows.filter((r) => !lacking.includes(r));
    const table = judged.length
      ? `<table><thead><tr><th scope="col">check</th><th scope="col">verdict</th><th scope="col" class="n">cases</th><th scope="col" class="n">ulp</th><th scope="col" class="n">z</th><th scope="col" class="n">vacuous</th><th scope="col">rule</th></tr></thead><tbody>`
        + judged.map((r) => `<tr><th scope="row">${esc(data.checks[r[3]])}</th><td><span class="v">${swatch(r[4])}${words(r[4])}</span></td><td class="n">${r[5]}</td><td class="n">${esc(r[7])}</td><td class="n">${esc(r[8])}</td><td class="n">${esc(r[9])}</td><td>${esc(data.rules[r[6]])}</td></tr>`).join("")
        + "</tbody></table>"
      : "";
    const reasons = new Map();
    for (const r of lacking) {
      const key = `${words(r[4])}: ${(data.details[r[10]] ?? {}).message ?? "no reason given"}`;
      reasons.set(key, [...(reasons.get(key) ?? []), data.checks[r[3]]]);
    }
    const gaps = [...reasons].map(([why, checks]) => `<p><small>${esc(checks.join(", "))} – ${esc(why)}</small></p>`).join("");
    return head + table + gaps + judged.filter((r) => r[10] >= 0).map(caseHTML).join("") + "</section>";
  };
  const caseHTML = (row) => {
    const held = data.details[row[10]];
    const facts = [];
    const worst = held.worst;
    if (worst) {
      facts.push(["worst at", `[${worst.index.join(", ")}]`], ["inputs", worst.inputs.join("\n")], ["got", worst.got], ["truth", worst.truth]);
      facts.push(["off by", [worst.ulp && `${worst.ulp} ulp`, worst.z && `z ${worst.z}`].filter(Boolean).join(", ")], ["allowed", worst.allowed]);
    }
    facts.push(["shapes", held.shapes], ["attributes", held.attributes], ["waived", held.waiver]);
    const list = facts.filter(([, text]) => text).map(([name, text]) => `<dt>${name}</dt><dd>${esc(text)}</dd>`).join("");
    const script = held.reproducer ? `<div class="script"><pre tabindex="0" aria-label="Reproducer"><code>${esc(held.reproducer)}</code></pre><button type="button" class="copy">Copy</button></div>` : "";
    return `<div class="case${states[row[4]].failing ? " bad" : ""}"><strong>${esc(data.checks[row[3]])}</strong> <small>${words(row[4])}</small>`
      + `${held.message ? `<p>${esc(held.message)}</p>` : ""}<dl>${list}</dl>${script}</div>`;
  };
  const copy = async (button) => {
    const code = button.parentNode.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  };

  // ---- Controls

  const failing = states.flatMap((s, c) => (s.failing ? [c] : []));
  const others = states.flatMap((s, c) => (s.failing || c === UNDEFINED ? [] : [c]));
  const onlyFailing = () => failing.every((c) => !view.hide.has(c)) && others.every((c) => view.hide.has(c));
  const options = (id, names) => $(id).append(...names.map((name) => new Option(name, name)));
  options("family", data.families);
  options("dtype", data.dtypes);
  options("backend", backends.map((b) => b.label));
  for (const id of ["family", "dtype", "backend"]) $(id).addEventListener("change", () => { view[id] = $(id).value; draw(); });
  $("find").addEventListener("input", () => { view.q = $("find").value; draw(); });
  $("failing").addEventListener("click", () => { view.hide = new Set(onlyFailing() ? [] : others); draw(); });
  $("legend").addEventListener("click", (event) => {
    const state = +event.target.closest("button")?.dataset.state;
    if (!state) return;
    if (!view.hide.delete(state)) view.hide.add(state);
    draw();
  });
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  $("matrix").addEventListener("keydown", move);
  $("matrix").addEventListener("click", (event) => {
    const td = event.target.closest("td[data-d]");
    if (td) { focus(td); open(td); }
  });
  $("matrix").addEventListener("focusin", (event) => {
    for (const th of $("matrix").querySelectorAll(".at")) th.classList.remove("at");
    $("matrix").querySelector(`thead th[data-d="${event.target.dataset.d}"]`)?.classList.add("at");
  });
  $("panel").addEventListener("click", (event) => {
    if (event.target.matches(".close")) close();
    if (event.target.matches(".copy")) copy(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "/" && !event.target.matches("input, select")) { event.preventDefault(); $("find").focus(); $("find").select(); }
  });
  $("theme").addEventListener("click", () => {
    const dark = getComputedStyle(root).colorScheme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private windows keep nothing */ }
  });
  try { const kept = localStorage.getItem("theme"); if (kept) root.dataset.theme = kept; } catch { /* as above */ }
  const load = () => { restore(); draw(); const td = view.cell && find(view.cell); if (td) open(td); else if (!$("panel").hidden) close(); };
  addEventListener("hashchange", load);
  load();
}
