const data = JSON.parse($("data").textContent);
const keys = Object.keys(data.details);

/** What was compressed by gzip and written in base64. */
const unpack = async (packed) => {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};

/** Plotly, from the first time that it is asked for. */
let drawer;
const plotly = () => (drawer ??= unpack($("plotly").textContent).then((text) => {
  const script = document.createElement("script");
  script.textContent = text;
  document.head.append(script);
  return globalThis.Plotly;
}));
