// ---- Plots: errors over the inputs, and how many there are of each size

const FLOOR = 2 ** -20; // smaller errors, and none at all, are drawn here: a logarithm has no zero
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star", "hexagon"];

/** A colour of the style sheet as the theme now has it. */
const ink = (name) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(--${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
};
const series = (column) => ink(`series-${column % SYMBOLS.length}`);
const weight = (place) => Math.max(1.5, 3.5 - 0.7 * place); // what lies under others shows beside them
const tell = (number) => (number === null ? "∞" : Number(number.toPrecision(4)).toString());

const middle = (sweep, row) => 2 ** (row[1] + sweep.step / 2);
const curve = (sweep, place, rows, axis) => {
  const label = data.columns[sweep.column];
  const common = {
    type: "scatter", name: esc(label), legendgroup: label, xaxis: axis, yaxis: "y", showlegend: false,
    x: rows.map((row) => middle(sweep, row)), hovertemplate: "%{text}<extra></extra>",
  };
  const line = { color: series(sweep.column), shape: "hvh" };
  const symbol = SYMBOLS[sweep.column % SYMBOLS.length];
  const texts = rows.map(([, exponent, n, most, mean, at, wrong]) =>
    `<b>${esc(label)}</b>, 2<sup>${exponent}</sup> to 2<sup>${exponent + sweep.step}</sup>: ${n.toLocaleString("en")} inputs<br>`
    + `largest ${tell(most)} ulp${at ? ` at ${esc(at)}` : ""}<br>mean ${tell(mean)} ulp${wrong ? `<br>${esc(wrong)}` : ""}`);
  const flawed = rows.filter((row) => row[6]);
  return [
    { ...common, mode: "lines+markers", y: rows.map((row) => Math.max(row[3], FLOOR)), text: texts,
      line: { ...line, width: weight(place) }, marker: { color: line.color, symbol, size: 6, maxdisplayed: 48 } },
    { ...common, mode: "lines", y: rows.map((row) => Math.max(row[4], FLOOR)), text: texts, line: { ...line, width: 1, dash: "dot" } },
    ...(flawed.length ? [{ ...common, mode: "markers", x: flawed.map((row) => middle(sweep, row)), y: flawed.map((row) => Math.max(row[3], FLOOR)),
      text: texts.filter((_, i) => rows[i][6]), marker: { color: line.color, symbol: "x-open", size: 12, line: { width: 2 } } }] : []),
  ];
};

/** The name of a column, at the place of which a click in the legend hides all that is drawn of it. */
const named = (sweep) => ({
  type: "scatter", mode: "lines+markers", name: esc(data.columns[sweep.column]), legendgroup: data.columns[sweep.column],
  x: [null], y: [null], line: { color: series(sweep.column), width: 2 },
  marker: { color: series(sweep.column), symbol: SYMBOLS[sweep.column % SYMBOLS.length], size: 7 },
});

/** Limits whose labels would cover each other share one. */
const grouped = (limits, apart) => limits.reduce((groups, limit) => {
  const last = groups.at(-1);
  if (last && limit[0] < last[0][0] * apart) last.push(limit);
  else groups.push([limit]);
  return groups;
}, []);
const labelled = (group, between) => group.map(([ulps, names]) => `${esc(names)} ${tell(ulps)}`).join(between);

const axis = (more) => ({
  type: "log", exponentformat: "power", gridcolor: ink("grid"), linecolor: ink("line"), zeroline: false, ticks: "outside",
  tickcolor: ink("line"), nticks: 7, tickangle: 0, ...more,
});
const layout = (more) => ({
  paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: ink("ink") },
  hoverlabel: { bgcolor: ink("card"), bordercolor: ink("soft"), font: { color: ink("ink") }, align: "left" },
  legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" }, modebar: { bgcolor: "rgba(0,0,0,0)", color: ink("soft"), activecolor: ink("accent") },
  hovermode: "closest", dragmode: "zoom", ...more,
});
const limitLine = { line: { color: ink("soft"), width: 1, dash: "dash" } };

/** Errors over the input: from the largest numbers of one sign over zero to those of the other. */
const overInputs = (found, name) => {
  const rows = (sweep, negative) => sweep.binades.filter((row) => row[0] === negative);
  const sides = [1, 0].filter((negative) => found.sweeps.some((sweep) => rows(sweep, negative).length > 1));
  const exponents = found.sweeps.flatMap((sweep) => sweep.binades.map((row) => row[1]));
  const span = [Math.min(...exponents), Math.max(...exponents) + found.sweeps[0].step].map((e) => e * Math.log10(2));
  const most = Math.max(1, ...found.sweeps.flatMap((sweep) => sweep.binades.map((row) => row[3])));
  const top = Math.max(most, found.limits.find(([ulps]) => ulps >= most)?.[0] ?? 0);
  const traces = [...found.sweeps.map(named), ...sides.flatMap((negative, n) =>
    found.sweeps.flatMap((sweep, place) => curve(sweep, place, rows(sweep, negative), n ? "x2" : "x")))];
  const axes = Object.fromEntries(sides.map((negative, n) => [n ? "xaxis2" : "xaxis", axis({
    range: negative ? [span[1], span[0]] : span, tickprefix: negative ? "−" : "", showtickprefix: "all",
    domain: sides.length === 1 ? [0, 1] : n ? [0.525, 1] : [0, 0.475],
    title: { text: `${name}, ${negative ? "negative" : "positive"}`, standoff: 8 },
  })]));
  const notes = grouped(found.limits, 2.5).map((group) => ({
    text: labelled(group, "<br>").replace(/([^<>]{14,}?), /g, "$1,<br>"), xref: "paper", x: 1.005, xanchor: "left", y: Math.log10(group.at(-1)[0]), yref: "y", showarrow: false,
    align: "left", font: { size: 11, color: ink("soft") },
  }));
  return [traces, layout({
    ...axes, yaxis: axis({ nticks: 5, range: [-3.2, Math.log10(top) + 0.25], title: { text: "error, ulp", standoff: 6 }, automargin: true }), annotations: notes,
    shapes: found.limits.map(([ulps]) => ({ ...limitLine, type: "line", xref: "paper", x0: 0, x1: 1, y0: ulps, y1: ulps })),
    margin: { l: 62, r: found.limits.length ? 150 : 20, t: 40, b: 46 },
  })];
};

/** Of each size of error the share of the results that have one, for an octave of sizes. */
const overSizes = (found) => {
  const lowest = FLOOR / 2;
  const traces = found.sweeps.map((sweep, place) => {
    const all = sweep.histogram.reduce((sum, [, , n]) => sum + n, 0);
    const steps = sweep.histogram.map(([low, high, n]) => {
      const [from, to] = [low || lowest, high ?? low * 2];
      return { from, to, y: n / all / Math.log2(to / from), text: `<b>${esc(data.columns[sweep.column])}</b>, ${tell(low)} to ${tell(high)} ulp: `
        + `${n.toLocaleString("en")} results, ${tell((100 * n) / all)} %` };
    });
    const points = steps.flatMap(({ from, to, y, text }, i) => [
      { x: from, y, text }, { x: to, y, text }, ...(steps[i + 1] && steps[i + 1].from !== to ? [{ x: null, y: null, text: "" }] : []),
    ]);
    const take = (key) => points.map((point) => point[key]);
    return { ...named(sweep), mode: "lines", line: { color: series(sweep.column), width: weight(place) }, x: take("x"), y: take("y"), text: take("text"), hovertemplate: "%{text}<extra></extra>" };
  });
  const high = Math.max(1, ...found.sweeps.flatMap((sweep) => sweep.histogram.map(([low]) => low * 1.2)));
  const notes = grouped(found.limits.filter(([ulps]) => ulps <= high * 4), 3).map((group) => ({
    text: labelled(group, ", "), textangle: 90, x: Math.log10(group[0][0]), xanchor: "right", xshift: -2, y: 0.02, yref: "paper", yanchor: "bottom",
    showarrow: false, font: { size: 11, color: ink("soft") },
  }));
  return [traces, layout({
    xaxis: axis({ range: [Math.log10(lowest), Math.log10(high) + 0.3], title: { text: "error, ulp", standoff: 8 } }),
    yaxis: axis({ nticks: 5, title: { text: "share an octave", standoff: 6 }, automargin: true }), annotations: notes,
    shapes: found.limits.map(([ulps]) => ({ ...limitLine, type: "line", yref: "paper", y0: 0, y1: 1, x0: ulps, x1: ulps })),
    margin: { l: 62, r: 20, t: 40, b: 46 },
  })];
};

const BUTTONS = ["toImage", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"];
const draw = async (place, [traces, layout], name) => {
  const Plotly = await plotly();
  await Plotly.react(place, traces, layout, {
    responsive: true, displaylogo: false, displayModeBar: true, modeBarButtons: [BUTTONS],
    toImageButtonOptions: { format: "svg", filename: name },
  });
  for (const button of place.querySelectorAll(".modebar-btn")) {
    button.tabIndex = 0;
    button.setAttribute("role", "button");
    button.setAttribute("aria-label", button.dataset.title);
  }
};
