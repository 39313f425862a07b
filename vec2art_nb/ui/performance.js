// Generated from vec2art_nb/ui/performance_modules/main.js by make bundles. Edit the modules there.

// vec2art_nb/ui/performance_modules/connection.js
var Connection = class {
  /** @param {Model} model @param {string} page a name that no other page has */
  constructor(model, page) {
    this.model = model;
    this.isFolded = model.get("folded");
    this.page = page;
    this.numbers = 0;
    this.report = null;
    this.views = /* @__PURE__ */ new Set();
    model.on("msg:custom", (message) => {
      if (message.type !== "report") return;
      this.report = message;
      this.views.forEach((view) => view.show(message));
    });
  }
  /** Gives what tells the kernel whether a view is on the screen. */
  watcher() {
    const view = `${this.page}-${this.numbers += 1}`;
    return (shown) => this.model.send({ type: "watch", view, shown });
  }
};

// vec2art_nb/ui/performance_modules/element.js
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// vec2art_nb/ui/performance_modules/bars.js
var Row = class {
  constructor() {
    this.name = element("span", { class: "v2a-bar-name" });
    this.fill = element("span");
    this.text = element("span", { class: "v2a-bar-text" });
    const bar = element("span", { class: "v2a-bar", "aria-hidden": "true" }, this.fill);
    this.root = element("div", { role: "listitem" }, this.name, bar, this.text);
  }
  /** @param {BarRow} row */
  show({ name, share, text, color = "live", title = "" }) {
    write(this.name, name);
    write(this.text, text);
    if (this.name.title !== title) this.name.title = title;
    const wide = `${((share ?? 0) * 100).toFixed(1)}%`;
    if (this.fill.style.width !== wide) this.fill.style.width = wide;
    const paint = `var(--v2a-${color})`;
    if (this.fill.style.background !== paint) this.fill.style.background = paint;
  }
};
var Bars = class {
  constructor() {
    this.root = element("div", { role: "list", class: "v2a-bars" });
    this.rows = [];
  }
  /** @param {BarRow[]} given */
  show(given) {
    while (this.rows.length > given.length) {
      this.rows.pop()?.root.remove();
    }
    while (this.rows.length < given.length) {
      const row = new Row();
      this.rows.push(row);
      this.root.append(row.root);
    }
    given.forEach((row, i) => this.rows[i].show(row));
  }
};
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// vec2art_nb/ui/performance_modules/frames_chart.js
var FRAME_MS = 1e3 / 60;
var STEP = 5;
var LEFT = 34;
function topOf(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const most = sorted[Math.floor((sorted.length - 1) * 0.95)] ?? 0;
  return Math.max(2 * FRAME_MS, Math.min(sorted.at(-1) ?? 0, most * 1.25));
}
function barsOf(frames, width) {
  const count = Math.max(0, Math.min(frames.ms.length, Math.floor((width - LEFT) / STEP)));
  const first = frames.ms.length - count;
  const times = frames.ms.slice(first).map((ms, i) => ms + frames.wait_ms[first + i]);
  const top = topOf(times);
  const bars = times.map((time, i) => {
    const wait = Math.min(frames.wait_ms[first + i], top);
    return {
      x: width - (count - i) * STEP,
      width: STEP - 1,
      wait,
      ms: Math.min(time, top) - wait,
      isCut: time > top,
      purpose: frames.purpose[first + i],
      outcome: frames.outcome[first + i]
    };
  });
  return { top, bars };
}
function paintFrames(frames) {
  return ({ context, width, height, color }) => {
    const { top, bars } = barsOf(frames, width);
    const base = height - 1;
    const unit = (base - 8) / top;
    const lineAt = base - FRAME_MS * unit;
    context.fillStyle = color("soft");
    context.textAlign = "right";
    context.fillText("16.7", LEFT - 6, lineAt);
    if (lineAt > 24) context.fillText(String(Math.round(top)), LEFT - 6, 8);
    context.fillText("0 ms", LEFT - 6, base - 5);
    for (const { x, width: wide, wait, ms, isCut, purpose, outcome } of bars) {
      context.fillStyle = color("wait");
      context.fillRect(x, base - wait * unit, wide, wait * unit);
      context.fillStyle = color(outcome === "failed" ? "bad" : outcome === "cancelled" ? "gone" : purpose === "live" ? "live" : "exact");
      const tall = Math.max(1, ms * unit);
      context.fillRect(x, base - wait * unit - tall, wide, tall);
      if (isCut) context.clearRect(x, base - (top - top / 16) * unit, wide, 2);
    }
    context.strokeStyle = color("line");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(LEFT, base + 0.5);
    context.lineTo(width, base + 0.5);
    context.stroke();
    context.strokeStyle = color("bad");
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(LEFT, Math.round(lineAt) + 0.5);
    context.lineTo(width, Math.round(lineAt) + 0.5);
    context.stroke();
    context.setLineDash([]);
  };
}

// vec2art_nb/ui/performance_modules/predictions_chart.js
var RIGHT_SHARE = 0.2;
var LEFT2 = 48;
var BELOW = 18;
var WORD = 64;
function decadesOf({ expected_ms, ms }) {
  const all = [...expected_ms, ...ms].filter((value) => value > 0);
  if (!all.length) return [-1, 1];
  const low = Math.floor(Math.log10(Math.min(...all)));
  return [low, Math.max(low + 2, Math.ceil(Math.log10(Math.max(...all))))];
}
function decadeText(decade) {
  if (decade >= 3) return `${10 ** (decade - 3)} s`;
  return decade >= -1 ? `${Number((10 ** decade).toPrecision(1))} ms` : `${Number((10 ** (decade + 3)).toPrecision(1))} µs`;
}
function paintPredictions(predictions) {
  return ({ context, width, height, color }) => {
    const [low, high] = decadesOf(predictions);
    const share = (value) => (Math.log10(value) - low) / (high - low);
    const x = (value) => LEFT2 + share(value) * (width - LEFT2 - 6);
    const y = (value) => height - BELOW - share(value) * (height - BELOW - 6);
    const [least, most] = [10 ** low, 10 ** high];
    context.save();
    context.beginPath();
    context.rect(LEFT2, 6, width - LEFT2 - 6, height - BELOW - 6);
    context.clip();
    context.fillStyle = color("ghost");
    context.beginPath();
    for (const [value, factor] of [[least, 1 + RIGHT_SHARE], [most, 1 + RIGHT_SHARE], [most, 1 - RIGHT_SHARE], [least, 1 - RIGHT_SHARE]]) {
      context.lineTo(x(value * factor), y(value));
    }
    context.fill();
    context.restore();
    context.fillStyle = color("soft");
    const apart = Math.ceil(WORD * (high - low) / (width - LEFT2 - 6));
    for (let decade = low; decade <= high; decade += 1) {
      const value = 10 ** decade;
      context.textAlign = "right";
      context.fillText(decadeText(decade), LEFT2 - 5, Math.min(y(value), height - BELOW - 2));
      if ((high - decade) % apart) continue;
      context.textAlign = decade === high ? "right" : decade === low ? "left" : "center";
      context.fillText(decadeText(decade), x(value), height - 7);
    }
    context.strokeStyle = color("line");
    context.strokeRect(LEFT2 + 0.5, 6.5, width - LEFT2 - 7, height - BELOW - 7);
    context.fillStyle = color("live");
    context.globalAlpha = 0.55;
    predictions.ms.forEach((ms, i) => {
      context.beginPath();
      context.arc(x(predictions.expected_ms[i]), y(ms), 2.2, 0, 2 * Math.PI);
      context.fill();
    });
    context.globalAlpha = 1;
  };
}

// vec2art_nb/ui/performance_modules/report.js
var NOTHING = { total: 0, hits: 0, hit_ratio: null, saved_ms: null, bytes: null, saved_bytes: null, ms_median: null, ms_p95: null };
function mechanism(report, name) {
  return report.mechanisms[name] ?? NOTHING;
}

// vec2art_nb/ui/performance_modules/series_chart.js
var LEFT3 = 52;
function niceTop(most) {
  if (!(most > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * unit).find((top) => top >= most * 0.999) ?? 10 * unit;
}
function paintSeries({ front, behind, isLine, color: name, text }) {
  return ({ context, width, height, color }) => {
    const top = niceTop(Math.max(0, ...front, ...behind ?? []));
    const base = height - 1;
    const unit = (base - 7) / top;
    const step = (width - LEFT3) / Math.max(front.length, 20);
    const at = (i) => width - (front.length - i) * step;
    context.fillStyle = color("soft");
    context.textAlign = "right";
    context.fillText(text(top), LEFT3 - 6, 7);
    context.fillText("0", LEFT3 - 6, base - 5);
    context.fillStyle = color("line");
    context.fillRect(LEFT3, 6.5, width - LEFT3, 0.5);
    context.fillRect(LEFT3, base, width - LEFT3, 1);
    const bars = (values) => values.forEach((value, i) => {
      const [from, to] = [Math.round(at(i)), Math.round(at(i + 1))];
      context.fillRect(from, base - value * unit, to - from - (step >= 4 ? 1 : 0), value * unit);
    });
    if (behind) {
      context.fillStyle = color("ghost");
      bars(behind);
    }
    context.fillStyle = context.strokeStyle = color(name);
    if (!isLine) return bars(front);
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.beginPath();
    front.forEach((value, i) => context.lineTo(at(i) + step / 2, base - value * unit));
    context.stroke();
    return void 0;
  };
}

// vec2art_nb/ui/performance_modules/sheet.js
var SMALL = "11px system-ui, sans-serif";
var Sheet = class {
  /** @param {number} height in CSS pixels @param {AbortSignal} signal */
  constructor(height, signal) {
    this.canvas = element("canvas", { role: "img", class: "v2a-chart" });
    this.canvas.style.height = `${height}px`;
    this.context = this.canvas.getContext("2d");
    this.painter = null;
    this.width = 0;
    this.height = height;
    const sized = new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      this.height = contentRect.height;
      this.paint();
    });
    sized.observe(this.canvas);
    signal.addEventListener("abort", () => sized.disconnect());
  }
  /** Show something, at once. @param {string} words the same for who does not see it @param {(paper: Paper) => void} painter */
  show(words, painter) {
    if (this.canvas.getAttribute("aria-label") !== words) this.canvas.setAttribute("aria-label", words);
    this.painter = painter;
    this.paint();
  }
  /** Paint what is shown, whole: nobody sees it half. */
  paint() {
    const { canvas, context, painter, width, height } = this;
    if (!context || !painter || !width || !height) return;
    const ratio = window.devicePixelRatio;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
    const style = getComputedStyle(canvas);
    const colors = /* @__PURE__ */ new Map();
    const color = (name) => {
      let found = colors.get(name);
      if (found === void 0) colors.set(name, found = style.getPropertyValue(`--v2a-${name}`));
      return found;
    };
    context.setTransform(across / width, 0, 0, down / height, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = SMALL;
    context.textBaseline = "middle";
    painter({ context, width, height, color });
  }
};

// vec2art_nb/ui/performance_modules/words.js
var NONE = "–";
function short(value) {
  const size = Math.abs(value);
  return size >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : value.toFixed(size >= 10 ? 1 : 2);
}
function timeText(ms) {
  if (ms === null) return NONE;
  if (ms >= 1e3) return `${short(ms / 1e3)} s`;
  return ms > 0 && ms < 0.095 ? `${(ms * 1e3).toFixed(0)} µs` : `${short(ms)} ms`;
}
function bytesText(bytes) {
  if (bytes === null) return NONE;
  for (
    const [unit, size] of
    /** @type {const} */
    [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]
  ) {
    if (Math.abs(bytes) >= size) return `${short(bytes / size)} ${unit}`;
  }
  return `${short(bytes)} B`;
}
function shareText(share) {
  if (share === null) return NONE;
  if (share > 0.995 && share < 1) return ">99 %";
  if (share > 0 && share < 5e-3) return "<1 %";
  return `${Math.round(share * 100)} %`;
}
function countText(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
function stageText(name) {
  return name.replaceAll("_", " ");
}

// vec2art_nb/ui/performance_modules/timeline_chart.js
var ROW = 18;
var LEFT4 = 54;
function spanOf(rows) {
  const times = rows.map(({ ms }) => ms).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  return Math.max(FRAME_MS / 4, Math.min(times.at(-1) ?? 0, Math.max(3 * median, 1.5 * FRAME_MS))) * 1.02;
}
function rowText({ ms, run, hit, outcome }, isShort) {
  const end = outcome === "drawn" ? "" : `, ${outcome}`;
  return isShort ? timeText(ms) : `${timeText(ms)} · ${run} run · ${hit} hit${end}`;
}
var Hues = class {
  /** @param {number} most */
  constructor(most) {
    this.most = most;
    this.known = /* @__PURE__ */ new Map();
  }
  /** Give colours to the first of these; those that are gone lose theirs to newcomers. @param {string[]} stages */
  learn(stages) {
    const wanted = stages.slice(0, this.most);
    for (const stage of wanted) {
      if (this.known.has(stage)) continue;
      const gone = this.known.size < this.most ? void 0 : [...this.known.keys()].find((known) => !wanted.includes(known));
      const number = gone === void 0 ? this.known.size + 1 : this.known.get(gone) ?? 1;
      if (gone !== void 0) this.known.delete(gone);
      this.known.set(stage, number);
    }
  }
  /** The name of a stage's colour. @param {string} stage */
  of(stage) {
    const number = this.known.get(stage);
    return number ? `hue-${number}` : "other";
  }
};
function longestOf(rows) {
  const times = /* @__PURE__ */ new Map();
  for (const { stage, ms } of rows.flatMap(({ parts }) => parts)) times.set(stage, (times.get(stage) ?? 0) + ms);
  return [...times.keys()].sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
}
function paintTimeline(rows, hues) {
  return ({ context, width, color }) => {
    const isShort = width < 420;
    const right = isShort ? 58 : 178;
    const span = spanOf(rows);
    const room = Math.max(10, width - LEFT4 - right);
    const unit = room / span;
    if (span > FRAME_MS) {
      context.strokeStyle = color("bad");
      context.setLineDash([4, 3]);
      context.beginPath();
      context.moveTo(Math.round(LEFT4 + FRAME_MS * unit) + 0.5, 0);
      context.lineTo(Math.round(LEFT4 + FRAME_MS * unit) + 0.5, rows.length * ROW);
      context.stroke();
      context.setLineDash([]);
    }
    rows.forEach((row, i) => {
      const y = i * ROW;
      const middle = y + ROW / 2;
      context.fillStyle = color("soft");
      context.textAlign = "right";
      context.fillText(row.purpose, LEFT4 - 8, middle);
      context.textAlign = "left";
      context.fillText(rowText(row, isShort), LEFT4 + room + 8, middle);
      context.fillStyle = color("track");
      context.fillRect(LEFT4, y + 4, Math.min(row.ms, span) * unit, ROW - 8);
      for (const { stage, outcome, start, ms } of row.parts) {
        const from = Math.min(start, span) * unit;
        const wide = Math.min(start + ms, span) * unit - from;
        if (outcome === "cancelled") {
          context.fillStyle = color("bad");
          context.fillRect(LEFT4 + from - 1, y + 1, 3, ROW - 2);
        } else if (wide > 0) {
          context.fillStyle = color(hues.of(stage));
          context.fillRect(LEFT4 + from, y + 3, Math.max(0.6, wide - (wide > 3 ? 0.75 : 0)), ROW - 6);
        }
      }
      if (row.ms > span) {
        context.fillStyle = color("ink");
        context.textAlign = "right";
        context.fillText("▸", LEFT4 + room + 4, middle);
      }
    });
  };
}

// vec2art_nb/ui/performance_modules/cards.js
var HUES = 8;
function box(title, isWide, ...children) {
  const words = element("p", { class: "v2a-figures" });
  const heading = element("h3", {}, title);
  const root = element("section", { class: isWide ? "v2a-card v2a-wide" : "v2a-card", "aria-label": title }, heading, words, ...children);
  const say = (text) => {
    write(words, text || "nothing yet");
    root.classList.toggle("v2a-nothing", !text);
  };
  return { root, say };
}
function legend(names) {
  const keys = Object.entries(names).map(([color, name]) => {
    const key = element("span", {}, name);
    key.style.setProperty("--v2a-key", `var(--v2a-${color})`);
    return key;
  });
  return element("div", { class: "v2a-legend" }, ...keys);
}
function framesCard(signal) {
  const sheet = new Sheet(104, signal);
  const keys = legend({ live: "live", exact: "exact", wait: "waited before", gone: "cancelled" });
  const { root, say } = box("Frame times", true, sheet.canvas, keys);
  return {
    root,
    show(report) {
      const { total, hit_ratio, ms_median, ms_p95 } = mechanism(report, "frames");
      const text = `median ${timeText(ms_median)} · 95 % below ${timeText(ms_p95)} · ${shareText(hit_ratio)} within 16.7 ms · ${countText(total, "frame")}`;
      say(total ? text : "");
      sheet.show(`Time of the last frames: ${text}`, paintFrames(report.charts.frames));
    }
  };
}
function timelineCard(signal) {
  const sheet = new Sheet(8 * ROW, signal);
  const keys = element("div", { class: "v2a-legend" });
  const hues = new Hues(HUES);
  let known = "";
  const { root, say } = box("Stages of the last frames", true, sheet.canvas, keys);
  return {
    root,
    show({ mechanisms, charts }) {
      hues.learn(longestOf(charts.timeline));
      const names = [...hues.known].sort((a, b) => a[1] - b[1]).map(([stage]) => [hues.of(stage), stageText(stage)]);
      const words = names.join();
      if (words !== known) keys.replaceChildren(...legend(Object.fromEntries([...names, ["other", "others"]])).childNodes);
      known = words;
      const looked = mechanisms.invalidation;
      say(looked?.total ? `${shareText(looked.hit_ratio)} of ${countText(looked.total, "stage")} looked at did not run` : "");
      const spoken = charts.timeline.map((row) => `${row.purpose}: ${rowText(row, false)}`).join("; ");
      sheet.show(`Stages of the last frames: ${spoken}`, paintTimeline(charts.timeline, hues));
    }
  };
}
function cacheCard() {
  const bars = new Bars();
  const { root, say } = box("Cache by stage", false, bars.root);
  return {
    root,
    show(report) {
      const memory = mechanism(report, "stage cache");
      const disk = mechanism(report, "disk cache");
      const parts = [];
      if (memory.total) parts.push(`${shareText(memory.hit_ratio)} hits · ${bytesText(memory.bytes)} · ${timeText(memory.saved_ms)} saved`);
      if (disk.total) parts.push(`disk ${shareText(disk.hit_ratio)} · ${bytesText(disk.bytes)}`);
      const { stages } = report.charts;
      say(parts.join(" · ") || (stages.length ? "found instead of run; bytes of a result" : ""));
      bars.show(stages.map(({ stage, run, hit, bytes }) => ({
        name: stageText(stage),
        share: hit / (run + hit),
        text: `${shareText(hit / (run + hit))} · ${bytesText(bytes)}`,
        title: `${stageText(stage)}: ran ${run} times, found ${hit} times`,
        color: "exact"
      })));
    }
  };
}
function buffersCard(signal) {
  const sheet = new Sheet(76, signal);
  const { root, say } = box("Buffers", false, sheet.canvas, legend({ live: "in use", ghost: "for the next" }));
  return {
    root,
    show(report) {
      const { total, hit_ratio, bytes } = mechanism(report, "buffers");
      const text = `${shareText(hit_ratio)} of ${countText(total, "lease")} reused · ${bytesText(bytes)} held`;
      say(total ? text : "");
      const { leased_bytes: front, idle_bytes } = report.charts.pool;
      const behind = front.map((leased, i) => leased + idle_bytes[i]);
      sheet.show(`Buffers: ${text}`, paintSeries({ front, behind, color: "live", text: bytesText }));
    }
  };
}
function threadsCard() {
  const bars = new Bars();
  const { root, say } = box("Threads", false, bars.root);
  return {
    root,
    show(report) {
      const { total, hit_ratio, saved_ms } = mechanism(report, "threads");
      say(total ? `${shareText(hit_ratio)} busy in ${countText(total, "parallel launch", "parallel launches")} · ${timeText(saved_ms)} saved` : "");
      bars.show(report.charts.threads.map(({ thread, busy, launches }) => ({
        name: `thread ${thread}`,
        share: busy,
        text: shareText(busy),
        title: countText(launches, "launch", "launches")
      })));
    }
  };
}
function validationCard() {
  const bars = new Bars();
  const { root, say } = box("Validation and edits", false, bars.root);
  return {
    root,
    show(report) {
      const edits = mechanism(report, "edits");
      const rows = ["validation", "advice"].map((name) => ({ name, ...mechanism(report, name) })).filter(({ total }) => total);
      const words = rows.length || edits.total ? [`${timeText(rows.reduce((sum, { saved_ms }) => sum + (saved_ms ?? 0), 0))} saved`] : [];
      if (edits.total) words.unshift(`an edit takes ${timeText(edits.ms_median)}, 95 % below ${timeText(edits.ms_p95)}`);
      say(words.join(" · "));
      bars.show(rows.map(({ name, hit_ratio, total }) => ({
        name: name === "advice" ? name : "values",
        share: hit_ratio,
        text: `${shareText(hit_ratio)} of ${total.toLocaleString("en")}`
      })));
    }
  };
}
function wireCard(signal) {
  const [sizes, trips] = [new Sheet(58, signal), new Sheet(52, signal)];
  const keys = legend({ live: "sent", ghost: "left out", exact: "round trip" });
  const { root, say } = box("On the wire", false, sizes.canvas, trips.canvas, keys);
  return {
    root,
    show(report) {
      const { total, bytes, saved_bytes, ms_median } = mechanism(report, "transfers");
      const spared = saved_bytes !== null && bytes !== null && bytes + saved_bytes > 0 ? saved_bytes / (bytes + saved_bytes) : null;
      const text = `${bytesText(bytes)} in ${countText(total, "frame")} · ${shareText(spared)} left out · round trip ${timeText(ms_median)}`;
      say(total ? text : "");
      const { wire } = report.charts;
      sizes.show(`Bytes of the last frames: ${text}`, paintSeries({ front: wire.bytes, behind: wire.plain_bytes, color: "live", text: bytesText }));
      trips.show(`Round trips of the last frames, median ${timeText(ms_median)}`, paintSeries({ front: wire.round_trip_ms, isLine: true, color: "exact", text: timeText }));
    }
  };
}
function foresightCard() {
  const bars = new Bars();
  const { root, say } = box("Drawn ahead", false, bars.root);
  return {
    root,
    show(report) {
      const [ahead, coarse] = [mechanism(report, "prerender"), mechanism(report, "adaptive")];
      say(ahead.total ? `${countText(ahead.hits ?? 0, "frame")} of ${ahead.total.toLocaleString("en")} had been drawn ahead` : "");
      bars.show(!ahead.total ? [] : [
        { name: "drawn ahead", share: ahead.hit_ratio, text: shareText(ahead.hit_ratio), color: "exact" },
        { name: "previews", share: coarse.hit_ratio, text: shareText(coarse.hit_ratio), title: "of the frames while a hand moved" }
      ]);
    }
  };
}
function batchesCard() {
  const bars = new Bars();
  const { root, say } = box("Edits per frame", false, bars.root);
  return {
    root,
    show(report) {
      const { total, ms_median } = mechanism(report, "batches");
      const counts = report.charts.batches;
      const frames = counts.reduce((sum, count) => sum + count, 0);
      say(total ? `${countText(total, "edit")} in ${countText(frames, "frame")} · waited ${timeText(ms_median)}` : "");
      bars.show(!frames ? [] : counts.map((count, i) => ({
        name: i + 1 < counts.length ? countText(i + 1, "edit") : `${i + 1} or more`,
        share: count / frames,
        text: count.toLocaleString("en")
      })));
    }
  };
}
function predictionsCard(signal) {
  const sheet = new Sheet(132, signal);
  const note = element("p", { class: "v2a-note-small" }, "across: expected, up: taken, by powers of ten; the band is ±20 %");
  const { root, say } = box("Predicted stage times", false, sheet.canvas, note);
  return {
    root,
    show(report) {
      const { total, hit_ratio } = mechanism(report, "cost model");
      const text = `${shareText(hit_ratio)} of ${countText(total, "prediction")} within 20 %`;
      say(total ? text : "");
      sheet.show(`Predicted stage times: ${text}`, paintPredictions(report.charts.predictions));
    }
  };
}
function allCards(signal) {
  return [
    framesCard(signal),
    timelineCard(signal),
    cacheCard(),
    wireCard(signal),
    buffersCard(signal),
    predictionsCard(signal),
    batchesCard(),
    foresightCard(),
    validationCard(),
    threadsCard()
  ];
}

// vec2art_nb/ui/performance_modules/watch.js
var AGAIN_MS = 1e4;
var Watch = class {
  /** @param {(shown: boolean) => void} tell @param {(act: () => void, ms: number) => (() => void)} every gives what stops it */
  constructor(tell, every = everyMilliseconds) {
    this.tell = tell;
    this.every = every;
    this.isInPlace = false;
    this.isPageShown = true;
    this.isTold = false;
    this.stopAgain = () => {
    };
  }
  /** @param {boolean} isInPlace whether the view is within what the page shows */
  place(isInPlace) {
    this.isInPlace = isInPlace;
    this.settle();
  }
  /** @param {boolean} isShown whether the page is shown at all */
  page(isShown) {
    this.isPageShown = isShown;
    this.settle();
  }
  settle() {
    const shown = this.isInPlace && this.isPageShown;
    if (shown === this.isTold) return;
    this.isTold = shown;
    this.tell(shown);
    this.stopAgain();
    this.stopAgain = shown ? this.every(() => this.tell(true), AGAIN_MS) : () => {
    };
  }
};
function everyMilliseconds(act, ms) {
  const timer = setInterval(act, ms);
  return () => clearInterval(timer);
}

// vec2art_nb/ui/performance_modules/view.js
var PATIENCE_MS = 100;
var View = class {
  /** @param {Connection} connection @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(connection, el, signal) {
    this.connection = connection;
    this.signal = signal;
    this.cards = allCards(signal);
    this.waiting = null;
    this.next = 0;
    this.root = element("div", { class: "v2a-performance", role: "region", "aria-label": "Performance" });
    this.sheet = element("div", { class: "v2a-cards" }, ...this.cards.map(({ root }) => root));
    this.root.append(connection.isFolded ? element("details", {}, element("summary", {}, "Performance"), this.sheet) : this.sheet);
    el.append(this.root);
    signal.addEventListener("abort", () => this.root.remove());
    if (connection.report) this.show(connection.report);
    this.listenToTheme(signal);
    this.listenToScreen(signal);
  }
  /** @param {AbortSignal} signal */
  listenToScreen(signal) {
    const watch = new Watch(this.connection.watcher());
    const placed = new IntersectionObserver((entries) => watch.place(entries.at(-1)?.isIntersecting ?? false));
    placed.observe(this.sheet);
    const look = () => watch.page(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look, { signal });
    look();
    signal.addEventListener("abort", () => {
      placed.disconnect();
      watch.place(false);
    });
  }
  /** @param {AbortSignal} signal */
  listenToTheme(signal) {
    const changed = new MutationObserver(() => {
      if (this.connection.report) this.show(this.connection.report);
    });
    changed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
    signal.addEventListener("abort", () => changed.disconnect());
  }
  /** Show the newest report when the page has nothing better to do, a card at a time. @param {Report} report */
  show(report) {
    const isWaiting = this.waiting !== null;
    this.waiting = report;
    if (isWaiting) return;
    this.next = 0;
    this.later(() => this.showNext());
  }
  showNext() {
    const report = this.waiting;
    if (!report || this.signal.aborted) return;
    this.cards[this.next].show(report);
    this.next += 1;
    if (this.next < this.cards.length) return this.later(() => this.showNext());
    this.waiting = null;
    this.root.dataset.reports = String(Number(this.root.dataset.reports ?? 0) + 1);
    return void 0;
  }
  /** A hand that moves goes first. @param {() => void} act */
  later(act) {
    if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: PATIENCE_MS });
    else setTimeout(act, 0);
  }
};

// vec2art_nb/ui/performance_modules/main.js
var main_default = () => {
  let connection;
  return {
    /** @param {{model: Model}} context */
    initialize({ model }) {
      connection = new Connection(model, `${Date.now()}-${Math.random()}`);
    },
    /** @param {{el: HTMLElement}} context */
    render({ el }) {
      const controller = new AbortController();
      const view = new View(connection, el, controller.signal);
      connection.views.add(view);
      return () => {
        connection.views.delete(view);
        controller.abort();
      };
    }
  };
};
export {
  main_default as default
};
