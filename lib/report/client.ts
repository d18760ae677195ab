/**
 * What runs in the reader's browser: draws the figures in the reader's colours, shows thumbnails on hover, finds identities. All names arrive as
 * JSON and leave as text nodes. The page's security policy allows this script and Plotly by their hashes and no request to anywhere.
 */
export const CLIENT: string = `
(function () {
  "use strict";
  var page = JSON.parse(document.getElementById("data").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
  var small = window.matchMedia("(max-width: 600px)");
  function narrow(layout, change) {
    if (!small.matches) return layout;
    var slim = Object.assign({}, layout, { margin: Object.assign({}, layout.margin, { l: 48, r: 12 }) });
    Object.keys(change || {}).forEach(function (key) {
      var value = change[key];
      slim[key] = value && typeof value === "object" ? Object.assign({}, slim[key], value) : value;
    });
    if (slim.title) slim.title = Object.assign({}, slim.title, { font: { size: 13 } });
    return slim;
  }
  function draw(id) {
    var figure = page.figures[id];
    return Plotly.react(id, figure.data, narrow(figure[dark.matches ? "dark" : "light"], figure.narrow), config);
  }
  function drawAll() { Object.keys(page.figures).forEach(draw); }
  drawAll();
  dark.addEventListener("change", drawAll);
  small.addEventListener("change", drawAll);

  function place(tile, sheet, i) {
    var lines = Math.ceil(sheet.count / sheet.columns);
    var column = i % sheet.columns, line = Math.floor(i / sheet.columns);
    tile.style.backgroundImage = "url(" + sheet.uri + ")";
    tile.style.backgroundSize = sheet.columns * 100 + "% " + lines * 100 + "%";
    tile.style.backgroundPosition = (sheet.columns > 1 ? column * 100 / (sheet.columns - 1) : 0) + "% " + (lines > 1 ? line * 100 / (lines - 1) : 0) + "%";
  }
  document.querySelectorAll("[data-tile]").forEach(function (tile) { place(tile, page.pairSheet, Number(tile.dataset.tile)); });

  var tip = document.getElementById("tip"), picture = tip.querySelector(".tile"), caption = tip.querySelector("bdi");
  ["umap", "pca"].forEach(function (id) {
    var host = document.getElementById(id);
    if (!host || !host.on) return;
    host.on("plotly_hover", function (event) {
      var i = event.points[0].customdata;
      if (typeof i !== "number") return;
      place(picture, page.mapSheet, i);
      caption.textContent = page.mapNames[i];
      tip.style.display = "block";
      var x = Math.min(event.event.clientX + 14, window.innerWidth - 190);
      var y = Math.min(event.event.clientY + 14, window.innerHeight - 190);
      tip.style.left = x + "px";
      tip.style.top = y + "px";
    });
    host.on("plotly_unhover", function () { tip.style.display = "none"; });
  });

  var buttons = document.querySelectorAll("[data-map]");
  function show(name) {
    buttons.forEach(function (button) {
      var on = button.dataset.map === name;
      button.setAttribute("aria-pressed", String(on));
      document.getElementById(button.dataset.map).hidden = !on;
    });
    Plotly.Plots.resize(name);
  }
  buttons.forEach(function (button) { button.addEventListener("click", function () { show(button.dataset.map); }); });
  var edges = document.getElementById("edges");
  if (edges) edges.addEventListener("click", function () {
    var on = edges.getAttribute("aria-pressed") !== "true";
    edges.setAttribute("aria-pressed", String(on));
    ["umap", "pca"].forEach(function (id) { Plotly.restyle(id, { visible: on }, [0, 1]); });
  });
  var find = document.getElementById("find"), found = document.getElementById("found");
  if (find) find.addEventListener("input", function () {
    var word = find.value.trim().toLowerCase();
    var rows = [];
    if (word) page.mapNames.forEach(function (name, i) { if (name.toLowerCase().indexOf(word) >= 0) rows.push(i); });
    found.textContent = word ? rows.length + " images" : "";
    ["umap", "pca"].forEach(function (id) {
      var at = page.mapPositions[id];
      var ring = { type: "scatter", mode: "markers", name: "found", x: rows.map(function (i) { return at[2 * i]; }), y: rows.map(function (i) { return at[2 * i + 1]; }),
        customdata: rows, hoverinfo: "none", marker: { size: 13, color: "rgba(0,0,0,0)", line: { width: 2.5, color: dark.matches ? "#fff" : "#000" } } };
      var base = page.figures[id].data;
      var host = document.getElementById(id);
      if (host.data.length > base.length) Plotly.deleteTraces(id, base.length);
      if (word) Plotly.addTraces(id, ring);
    });
  });
  if (buttons.length) show("umap");
  document.documentElement.dataset.ready = "true";
})();
`;
