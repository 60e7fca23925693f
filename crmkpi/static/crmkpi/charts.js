// Trends, drawn by Chart.js from the JSON that the page carries. A canvas names it:
//   <figure class="chart"><canvas data-chart="trend" role="img" aria-label="…"></canvas></figure>
//   {{ trend|json_script:"trend" }}
// All lists are as long as `labels`; null is a gap. Only labels, name and values are needed.
//   labels   texts of the axis            name     what the line shows
//   values   numbers                      texts    the same as people read them, with unit
//   open_from  index of the first value of a period that is not over: drawn dashed
//   targets  the target that held then, drawn as steps
//   target_side  "above" or "below": on which side of the target it is met, shaded
//   pace     the path expected            low80 high80 low50 high50 mid   the forecast
//   marks    [{at: index, label: text}]   min max  ends of the value axis
//   noise_low noise_high  between which it only goes up and down as usual
//   signals  indexes of the values that are more than that
//   end_label, target_label   words at the end of the two lines
// A table with the same numbers stands beside every chart.
"use strict";

(() => {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);

  // A token may be light-dark(…): only a used property tells which of the two holds.
  const colour = (token) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };

  const line = (data, extra) => ({
    type: "line",
    data,
    borderWidth: 1.5,
    pointRadius: 0,
    pointHitRadius: 12,
    spanGaps: false,
    tension: 0,
    ...extra,
  });

  const value = (spec) => {
    const open = spec.open_from ?? spec.labels.length;
    const last = spec.values.findLastIndex((number) => number !== null);
    const isSignal = (at) => spec.signals?.includes(at) ?? false;
    return line(spec.values, {
      label: spec.name,
      borderColor: colour("chart-1"),
      borderWidth: 2,
      segment: {
        borderDash: (piece) => (piece.p1DataIndex >= open ? [4, 4] : undefined),
      },
      pointRadius: spec.values.map((_, at) => (at === last || isSignal(at) ? 4 : 0)),
      pointStyle: spec.values.map((_, at) => (isSignal(at) ? "rectRot" : "circle")),
      pointBorderWidth: 2,
      pointBorderColor: colour("chart-1"),
      pointBackgroundColor: last >= open ? colour("surface") : colour("chart-1"),
    });
  };

  const target = (spec) =>
    line(spec.targets, {
      label: spec.target_label ?? "",
      borderColor: colour("target"),
      stepped: "before",
      fill: spec.target_side === "below" ? "start" : spec.target_side ? "end" : false,
      backgroundColor: colour("band-3"),
    });

  const band = (low, high, token) => [
    line(low, { borderWidth: 0, isBand: true }),
    line(high, { borderWidth: 0, isBand: true, fill: "-1", backgroundColor: colour(token) }),
  ];

  const datasets = (spec) => {
    const all = [value(spec)];
    if (spec.mid) {
      all.push(line(spec.mid, { borderColor: colour("chart-1"), borderDash: [5, 4] }));
    }
    if (spec.pace) {
      all.push(line(spec.pace, { borderColor: colour("ink-3"), borderDash: [1, 4] }));
    }
    if (spec.low50) all.push(...band(spec.low50, spec.high50, "fan-50"));
    if (spec.low80) all.push(...band(spec.low80, spec.high80, "fan-80"));
    if (spec.noise_low) all.push(...band(spec.noise_low, spec.noise_high, "band-3"));
    if (spec.targets) all.push(target(spec));
    return all;
  };

  const word = (content, x, y, token, weight) => ({
    type: "label",
    content,
    xValue: x,
    yValue: y,
    position: { x: "end", y: "end" },
    color: colour(token),
    font: { size: 12, weight },
  });

  const annotations = (spec) => {
    const notes = (spec.marks ?? []).map((mark) => ({
      type: "line",
      xMin: mark.at,
      xMax: mark.at,
      borderColor: colour("field-line"),
      borderWidth: 1,
      borderDash: [2, 3],
      label: {
        display: true,
        content: mark.label,
        position: "end",
        yAdjust: -18,
        color: colour("ink-3"),
        backgroundColor: "transparent",
        font: { size: 12, weight: 400 },
      },
    }));
    const end = spec.labels.length - 1;
    const last = spec.values.findLastIndex((number) => number !== null);
    if (spec.end_label && last >= 0) {
      notes.push(word(spec.end_label, last, spec.values[last], "accent", 600));
    }
    if (spec.target_label && spec.targets) {
      notes.push(word(spec.target_label, end, spec.targets[end], "ink", 600));
    }
    return notes;
  };

  const options = (spec) => ({
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    layout: { padding: { top: 20, right: 12 } },
    font: { family: getComputedStyle(document.body).fontFamily },
    scales: {
      x: {
        grid: { display: false },
        border: { color: colour("line-strong") },
        ticks: { color: colour("ink-3"), maxRotation: 0, autoSkipPadding: 16 },
      },
      y: {
        min: spec.min,
        max: spec.max,
        grace: "10%",
        grid: { color: colour("chart-grid") },
        border: { display: false },
        ticks: { color: colour("ink-3"), maxTicksLimit: 5 },
      },
    },
    plugins: {
      legend: { display: false },
      annotation: { clip: false, annotations: annotations(spec) },
      tooltip: {
        filter: (item) => item.datasetIndex === 0,
        displayColors: false,
        callbacks: {
          label: (item) => spec.texts?.[item.dataIndex] ?? item.formattedValue,
        },
      },
    },
  });

  const draw = (canvas) => {
    const spec = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    window.Chart.getChart(canvas)?.destroy();
    new window.Chart(canvas, {
      data: { labels: spec.labels, datasets: datasets(spec) },
      options: options(spec),
    });
  };

  const drawAll = (root) => {
    for (const canvas of root.querySelectorAll("canvas[data-chart]")) draw(canvas);
  };

  drawAll(document);
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.detail.target));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
})();
