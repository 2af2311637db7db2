const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const escaped = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const esc = (text) => String(text).replace(/[&<>"']/g, (c) => escaped[c]);

// ---- The theme: the system's, or what the button chose

const light = matchMedia("(prefers-color-scheme: light)");
$("theme").addEventListener("click", () => {
  const now = root.dataset.theme ?? (light.matches ? "light" : "dark");
  root.dataset.theme = now === "light" ? "dark" : "light";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a private window keeps nothing */ }
});
try { root.dataset.theme = localStorage.getItem("theme") ?? ""; } catch { /* nor tells */ }
if (!root.dataset.theme) delete root.dataset.theme;
