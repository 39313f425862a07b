// Generated from vec2art_nb/ui/viewer_modules/main.js by make viewer. Edit the modules there.

// vec2art_nb/ui/viewer_modules/coverage.js
var Coverage = class {
  /** @param {number} width @param {number} height in pixels */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8ClampedArray(4 * width * height);
    this.words = new Uint32Array(this.pixels.buffer);
    this.covered = new Uint8Array(width * height);
    this.touched = new Int32Array(width * height);
    this.count = 0;
  }
  clear() {
    this.words.fill(0);
  }
  /**
   * Paint marks of one style, as one shape.
   * @param {MarkLayer} layer @param {StampedShape[]} shapes @param {Place} place
   * @param {number} color 0xrrggbb @param {number} opacity 0 … 1 @param {number} from @param {number} to
   */
  paint(layer, shapes, place, color, opacity, from, to) {
    const unit = place.scale / layer.grid;
    const radiusUnit = place.scale / layer.radiusGrid;
    for (let mark = from; mark < to; mark += 1) {
      const x = layer.centers[2 * mark] * unit + place.x;
      const y = layer.centers[2 * mark + 1] * unit + place.y;
      const radius = layer.radii[mark] * radiusUnit;
      if (x + radius < -1 || y + radius < -1 || x - radius > this.width || y - radius > this.height) continue;
      this.stamp(shapes[layer.shapes[mark]], x, y, radius, layer.angles[mark]);
    }
    this.lay(color, opacity);
  }
  /** @param {StampedShape} shape @param {number} x @param {number} y @param {number} radius @param {number} angle */
  stamp(shape, x, y, radius, angle) {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const stamp = shape.stamp(radius, angle, x - column, y - row);
    const { cover } = stamp;
    const left = column + stamp.left;
    const top = row + stamp.top;
    const first = Math.max(0, -left);
    const last = Math.min(stamp.width, this.width - left);
    const bottom = Math.min(stamp.height, this.height - top);
    const { covered, touched } = this;
    let count = this.count;
    for (let down = Math.max(0, -top); down < bottom; down += 1) {
      const at = (top + down) * this.width + left;
      const line = down * stamp.width;
      for (let right = first; right < last; right += 1) {
        const amount = cover[line + right];
        if (amount === 0) continue;
        const before = covered[at + right];
        if (before === 0) {
          touched[count] = at + right;
          count += 1;
        }
        covered[at + right] = before + amount > 255 ? 255 : before + amount;
      }
    }
    this.count = count;
  }
  /** Lay a colour over what is painted already, wherever the run covers it, and forget the run. @param {number} color @param {number} opacity */
  lay(color, opacity) {
    const { covered, touched, pixels, words } = this;
    const red = color >> 16;
    const green = color >> 8 & 255;
    const blue = color & 255;
    for (let i = 0; i < this.count; i += 1) {
      const pixel = touched[i];
      const alpha = covered[pixel] * opacity;
      covered[pixel] = 0;
      const at = 4 * pixel;
      if (words[pixel] === 0 || alpha === 255) {
        pixels[at] = red;
        pixels[at + 1] = green;
        pixels[at + 2] = blue;
        pixels[at + 3] = alpha;
        continue;
      }
      const whole = alpha + pixels[at + 3] * (1 - alpha / 255);
      const share = alpha / whole;
      pixels[at] += (red - pixels[at]) * share;
      pixels[at + 1] += (green - pixels[at + 1]) * share;
      pixels[at + 2] += (blue - pixels[at + 2]) * share;
      pixels[at + 3] = whole;
    }
    this.count = 0;
  }
};

// vec2art_nb/ui/viewer_modules/marks.js
var ANGLE_UNIT = Math.PI / 180 / 64;
var TURN = 2 * Math.PI;
function largestRadius({ radii, radiusGrid }) {
  let largest = 0;
  for (let i = 0; i < radii.length; i += 1) if (radii[i] > largest) largest = radii[i];
  return largest / radiusGrid;
}
function distinctAngles(layer, shapes, most) {
  const found = /* @__PURE__ */ new Set();
  for (let mark = 0; mark < layer.angles.length && found.size < most; mark += 1) {
    if (shapes[layer.shapes[mark]].outline) found.add(layer.angles[mark]);
  }
  return found.size;
}
function traceMarks(sink, layer, shapes, place, margin, from, to) {
  const unit = place.scale / layer.grid;
  const radiusUnit = place.scale / layer.radiusGrid;
  for (let mark = from; mark < to; mark += 1) {
    const x = layer.centers[2 * mark] * unit + place.x;
    const y = layer.centers[2 * mark + 1] * unit + place.y;
    const radius = layer.radii[mark] * radiusUnit;
    const reach = radius + margin;
    if (x + reach < 0 || y + reach < 0 || x - reach > place.width || y - reach > place.height) continue;
    const { outline } = shapes[layer.shapes[mark]];
    if (!outline) {
      sink.moveTo(x + radius, y);
      sink.arc(x, y, radius, 0, TURN);
      continue;
    }
    const angle = layer.angles[mark] * ANGLE_UNIT;
    const right = Math.cos(angle) * radius;
    const down = Math.sin(angle) * radius;
    const startX = x + outline[0] * right - outline[1] * down;
    const startY = y + outline[0] * down + outline[1] * right;
    sink.moveTo(startX, startY);
    for (let i = 2; i < outline.length; i += 2) {
      sink.lineTo(x + outline[i] * right - outline[i + 1] * down, y + outline[i] * down + outline[i + 1] * right);
    }
    sink.lineTo(startX, startY);
  }
}

// vec2art_nb/ui/viewer_modules/paths.js
var MOVE = 1;
var LINE = 2;
var CURVE = 4;
var DOT = 0.05;
var POINTS_PER_PIECE = 500;
function styleRuns(styles, fits = () => true) {
  const runs = [];
  for (let from = 0; from < styles.length; ) {
    let to = from + 1;
    while (to < styles.length && styles[to] === styles[from] && fits(from, to + 1)) to += 1;
    runs.push({ from, to, style: styles[from] });
    from = to;
  }
  return runs;
}
function pieces({ styles: ofPaths, offsets, union }, styles) {
  const canSplit = ({ opacity, fill, stroke }) => opacity === 1 && (fill === null || union && stroke === null);
  const splits = styles.map(canSplit);
  return styleRuns(ofPaths, (from, to) => !splits[ofPaths[from]] || offsets[to] - offsets[from] <= POINTS_PER_PIECE);
}
function tracePaths(sink, { points, codes, offsets, closed }, from, to) {
  for (let path = from; path < to; path += 1) {
    const end = offsets[path + 1];
    for (let i = offsets[path]; i < end; ) {
      const begin = i;
      const startX = points[2 * i];
      const startY = points[2 * i + 1];
      let moved = false;
      sink.moveTo(startX, startY);
      for (i += 1; i < end && codes[i] !== MOVE; i += codes[i] === CURVE ? 3 : 1) {
        const x = points[2 * i];
        const y = points[2 * i + 1];
        if (codes[i] === LINE) sink.lineTo(x, y);
        else sink.bezierCurveTo(x, y, points[2 * i + 2], points[2 * i + 3], points[2 * i + 4], points[2 * i + 5]);
        moved ||= codes[i] === CURVE || x !== startX || y !== startY;
      }
      if (!moved) sink.lineTo(startX + DOT, startY);
      else if (closed[path] && i - begin > 1) sink.lineTo(startX, startY);
    }
  }
}

// vec2art_nb/ui/viewer_modules/stamps.js
var PHASES = 8;
var RADIUS_STEPS = 128;
var LARGEST = 1 << 16;
var ANGLES = 360 * 64;
var ANGLE_UNIT2 = 2 * Math.PI / ANGLES;
var MOST = 3e4;
var StampedShape = class {
  /** @param {Float64Array | null} outline x and y by turns, the farthest corner at distance 1; null is a circle */
  constructor(outline) {
    this.outline = outline;
    this.stamps = /* @__PURE__ */ new Map();
  }
  /**
   * @param {number} radius in pixels @param {number} angle in 1/64 of a degree
   * @param {number} x of the centre within its pixel, 0 … 1 @param {number} y
   * @returns {Stamp}
   */
  stamp(radius, angle, x, y) {
    const step = radius < 1 ? 1 : radius < 4 ? 4 : 8;
    const size = step * Math.round(radius * RADIUS_STEPS / step);
    const turn = this.outline ? (angle % ANGLES + ANGLES) % ANGLES : 0;
    const right = Math.floor(x * PHASES);
    const down = Math.floor(y * PHASES);
    const key = ((turn * LARGEST + size) * PHASES + down) * PHASES + right;
    let found = this.stamps.get(key);
    if (!found) {
      if (this.stamps.size >= MOST) this.stamps.clear();
      const middle = 0.5 / PHASES;
      found = made(this.outline, size / RADIUS_STEPS, turn * ANGLE_UNIT2, right / PHASES + middle, down / PHASES + middle);
      this.stamps.set(key, found);
    }
    return found;
  }
};
var known = /* @__PURE__ */ new Map();
function shapeOf(polygon) {
  const key = JSON.stringify(polygon);
  let found = known.get(key);
  if (!found) {
    found = new StampedShape(polygon && clockwise(polygon));
    known.set(key, found);
  }
  return found;
}
function clockwise(polygon) {
  const area = polygon.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length];
    return sum + x * nextY - y * nextX;
  }, 0);
  return new Float64Array((area < 0 ? [...polygon].reverse() : polygon).flat());
}
function made(outline, radius, angle, x, y) {
  const left = Math.floor(x - radius);
  const top = Math.floor(y - radius);
  const width = Math.ceil(x + radius) - left;
  const height = Math.ceil(y + radius) - top;
  const covered = new Float64Array(width * height);
  const lines = radius < 2 ? 16 : 8;
  if (outline) addPolygon(covered, width, lines, placed(outline, radius, angle, x - left, y - top));
  else addCircle(covered, width, lines, radius, x - left, y - top);
  return { left, top, width, height, cover: Uint8Array.from(covered, (sum) => Math.round(sum * 255 / lines)) };
}
function addCircle(covered, width, lines, radius, x, y) {
  for (let line = Math.floor((y - radius) * lines); line < (y + radius) * lines; line += 1) {
    const away = (line + 0.5) / lines - y;
    const square = radius * radius - away * away;
    if (square <= 0) continue;
    const half = Math.sqrt(square);
    addSpan(covered, Math.floor(line / lines) * width, x - half, x + half);
  }
}
function addPolygon(covered, width, lines, corners) {
  const last = covered.length / width * lines;
  const crossings = [];
  for (let line = 0; line < last; line += 1) {
    const height = (line + 0.5) / lines;
    crossings.length = 0;
    for (let i = 0, before = corners.length - 2; i < corners.length; before = i, i += 2) {
      const fromY = corners[before + 1];
      const toY = corners[i + 1];
      if (fromY <= height === toY <= height) continue;
      crossings.push(corners[before] + (height - fromY) / (toY - fromY) * (corners[i] - corners[before]));
    }
    if (crossings.length > 2) crossings.sort((a, b) => a - b);
    for (let i = 0; i < crossings.length; i += 2) {
      const [one, other] = [crossings[i], crossings[i + 1]];
      addSpan(covered, Math.floor(line / lines) * width, Math.min(one, other), Math.max(one, other));
    }
  }
}
function placed(outline, radius, angle, x, y) {
  const right = Math.cos(angle) * radius;
  const down = Math.sin(angle) * radius;
  const corners = new Float64Array(outline.length);
  for (let i = 0; i < outline.length; i += 2) {
    corners[i] = x + outline[i] * right - outline[i + 1] * down;
    corners[i + 1] = y + outline[i] * down + outline[i + 1] * right;
  }
  return corners;
}
function addSpan(covered, row, from, to) {
  const first = Math.floor(from);
  const last = Math.floor(to);
  if (first === last) {
    covered[row + first] += to - from;
    return;
  }
  covered[row + first] += first + 1 - from;
  for (let column = first + 1; column < last; column += 1) covered[row + column] += 1;
  if (to > last) covered[row + last] += to - last;
}

// vec2art_nb/ui/viewer_modules/layers.js
var MARKS_PER_PIECE = 100;
var SMALL_MARK = 8;
var LARGE_ASIDE = 1024;
var FEW_ANGLES = 4;
function paintables(header, layers) {
  const shapes = (header.shapes ?? []).map(({ polygon }) => shapeOf(polygon));
  return layers.map(
    (layer) => layer.kind === "paths" ? new PaintedPaths(layer, header.styles) : new PaintedMarks(layer, shapes, header.styles)
  );
}
var hasLine = (style) => style.stroke !== null && style.width > 0;
var PaintedPaths = class {
  /** @param {PathLayer} layer @param {Style[]} styles */
  constructor(layer, styles) {
    this.grid = layer.grid;
    this.pieces = pieces(layer, styles).map((run) => {
      const style = styles[run.style];
      const path = new Path2D();
      tracePaths(path, layer, run.from, run.to);
      return { style, path, box: style.opacity < 1 && style.fill && hasLine(style) ? boxOf(layer, run) : null };
    });
  }
  /** @param {Context} context @param {Place} place */
  paint(context, place) {
    const { grid } = this;
    const unit = place.scale / grid;
    for (const { path, style, box } of this.pieces) {
      const lay = (on, left, top, opacity) => {
        on.setTransform(unit, 0, 0, unit, place.x - left, place.y - top);
        on.globalAlpha = opacity;
        if (style.fill) {
          on.fillStyle = style.fill;
          on.fill(path);
        }
        if (style.stroke && style.width > 0) {
          on.strokeStyle = style.stroke;
          on.lineWidth = style.width * grid;
          on.stroke(path);
        }
      };
      if (!box) lay(context, 0, 0, style.opacity);
      else paintAside(context, onCanvas(box, unit, style.width * place.scale / 2, place), style.opacity, lay);
    }
  }
};
var PaintedMarks = class {
  /** @param {MarkLayer} layer @param {StampedShape[]} shapes @param {Style[]} styles */
  constructor(layer, shapes, styles) {
    this.layer = layer;
    this.shapes = shapes;
    this.styles = styles;
    this.runs = styleRuns(layer.styles);
    this.colors = styles.map(({ fill }) => fill ? parseInt(fill.slice(1), 16) : null);
    this.largest = largestRadius(layer);
    this.canStamp = !this.runs.some((run) => hasLine(styles[run.style])) && distinctAngles(layer, shapes, FEW_ANGLES + 1) <= FEW_ANGLES;
  }
  /** @param {Context} context @param {Place} place */
  paint(context, place) {
    if (this.canStamp && this.largest * place.scale <= SMALL_MARK) this.paintStamped(context, place);
    else for (const run of this.runs) this.paintRun(context, place, run);
  }
  /** @param {Context} context @param {Place} place */
  paintStamped(context, place) {
    const coverage2 = coverageOf(place.width, place.height);
    for (const { from, to, style } of this.runs) {
      const color = this.colors[style];
      if (color !== null) coverage2.paint(this.layer, this.shapes, place, color, this.styles[style].opacity, from, to);
    }
    const { canvas, context: aside } = asideOf(place.width, place.height);
    aside.putImageData(new ImageData(coverage2.pixels, place.width, place.height), 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.drawImage(canvas, 0, 0, place.width, place.height, 0, 0, place.width, place.height);
  }
  /** @param {Context} context @param {Place} place @param {Run} run */
  paintRun(context, place, run) {
    const style = this.styles[run.style];
    const width = hasLine(style) ? style.width * place.scale : 0;
    const inPieces = (on, left, top, paint) => {
      on.setTransform(1, 0, 0, 1, -left, -top);
      for (let from = run.from; from < run.to; from += MARKS_PER_PIECE) {
        const path = new Path2D();
        traceMarks(path, this.layer, this.shapes, place, width / 2, from, Math.min(run.to, from + MARKS_PER_PIECE));
        paint(path);
      }
    };
    const lay = (on, left, top, opacity) => {
      on.globalAlpha = opacity;
      on.lineWidth = width;
      if (style.fill) {
        on.fillStyle = style.fill;
        inPieces(on, left, top, (path) => on.fill(path));
      }
      if (style.stroke && width > 0) {
        on.strokeStyle = style.stroke;
        inPieces(on, left, top, (path) => on.stroke(path));
      }
    };
    const isWhole = run.to - run.from <= MARKS_PER_PIECE && !(style.fill && width > 0);
    if (style.opacity === 1 || isWhole) lay(context, 0, 0, style.opacity);
    else paintAside(context, onCanvas(boxOfMarks(this.layer, run), place.scale, width / 2, place), style.opacity, lay);
  }
};
function boxOf({ points, offsets }, run) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = offsets[run.from]; i < offsets[run.to]; i += 1) {
    box.left = Math.min(box.left, points[2 * i]);
    box.right = Math.max(box.right, points[2 * i]);
    box.top = Math.min(box.top, points[2 * i + 1]);
    box.bottom = Math.max(box.bottom, points[2 * i + 1]);
  }
  return box;
}
function boxOfMarks({ centers, grid, radii, radiusGrid }, run) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let mark = run.from; mark < run.to; mark += 1) {
    const x = centers[2 * mark] / grid;
    const y = centers[2 * mark + 1] / grid;
    const radius = radii[mark] / radiusGrid;
    box.left = Math.min(box.left, x - radius);
    box.right = Math.max(box.right, x + radius);
    box.top = Math.min(box.top, y - radius);
    box.bottom = Math.max(box.bottom, y + radius);
  }
  return box;
}
function onCanvas(box, unit, margin, place) {
  return {
    left: Math.max(0, Math.floor(box.left * unit + place.x - margin - 1)),
    top: Math.max(0, Math.floor(box.top * unit + place.y - margin - 1)),
    right: Math.min(place.width, Math.ceil(box.right * unit + place.x + margin + 1)),
    bottom: Math.min(place.height, Math.ceil(box.bottom * unit + place.y + margin + 1))
  };
}
function paintAside(context, { left, top, right, bottom }, opacity, lay) {
  const width = right - left;
  const height = bottom - top;
  if (width <= 0 || height <= 0) return;
  const { canvas, context: aside } = asideOf(width, height);
  aside.setTransform(1, 0, 0, 1, 0, 0);
  aside.clearRect(0, 0, width, height);
  aside.lineCap = "round";
  aside.lineJoin = "round";
  lay(aside, left, top, 1);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = opacity;
  context.drawImage(canvas, 0, 0, width, height, left, top, width, height);
}
var asides = /* @__PURE__ */ new Map();
function asideOf(width, height) {
  const side = Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(width, height))));
  const key = Math.min(side, LARGE_ASIDE);
  let found = asides.get(key);
  if (!found) {
    const canvas2 = new OffscreenCanvas(key, key);
    const context = canvas2.getContext("2d");
    if (!context) throw new Error("the browser gives no canvas");
    found = { canvas: canvas2, context };
    asides.set(key, found);
  }
  const { canvas } = found;
  if (canvas.width < width) canvas.width = width;
  if (canvas.height < height) canvas.height = height;
  return found;
}
var coverage = null;
function coverageOf(width, height) {
  if (coverage?.width === width && coverage.height === height) coverage.clear();
  else coverage = new Coverage(width, height);
  return coverage;
}

// vec2art_nb/ui/viewer_modules/wire.js
var FORMAT = 1;
function decodeLayers(header, buffers) {
  if (header.format !== FORMAT) throw newer(`frame format ${header.format}`);
  return header.layers.map((layer) => {
    if (layer.kind === "paths") return decodePaths(layer, header.styles.length, buffers);
    if (layer.kind === "marks") return decodeMarks(layer, header, buffers);
    throw newer(`a layer of ${/** @type {{kind: string}} */
    layer.kind}`);
  });
}
function totals({ layers }) {
  const sum = { paths: 0, points: 0, marks: 0 };
  for (const layer of layers) {
    if (layer.kind === "marks") sum.marks += layer.marks;
    else {
      sum.paths += layer.paths;
      sum.points += layer.points;
    }
  }
  return sum;
}
function decodePaths({ name, paths, points, grid, union = false, buffers: at }, styles, buffers) {
  const array = reader(name, buffers);
  return {
    kind: "paths",
    grid,
    points: array(Int16Array, at.points, 2 * points),
    codes: array(Uint8Array, at.codes, points),
    offsets: array(Uint32Array, at.offsets, paths + 1),
    styles: within(name, array(Uint16Array, at.styles, paths), styles, "style"),
    closed: array(Uint8Array, at.closed, paths),
    union
  };
}
function decodeMarks({ name, marks, grid, radius_grid: radiusGrid, buffers: at }, header, buffers) {
  const array = reader(name, buffers);
  return {
    kind: "marks",
    grid,
    radiusGrid,
    shapes: within(name, array(Uint8Array, at.shapes, marks), header.shapes?.length ?? 0, "shape"),
    centers: array(Int16Array, at.centers, 2 * marks),
    radii: array(Uint16Array, at.radii, marks),
    angles: array(Int16Array, at.angles, marks),
    styles: within(name, array(Uint16Array, at.styles, marks), header.styles.length, "style")
  };
}
function newer(what) {
  return new Error(`${what} is newer than this viewer: reload the page`);
}
function reader(layer, buffers) {
  return (kind, index, length) => {
    const view = buffers[index];
    const wanted = length * kind.BYTES_PER_ELEMENT;
    if (view?.byteLength !== wanted) {
      throw new Error(`layer ${layer}: buffer ${index} has ${view?.byteLength ?? "no"} bytes, not ${wanted}`);
    }
    return new kind(
      /** @type {ArrayBuffer} */
      view.buffer.slice(view.byteOffset, view.byteOffset + wanted)
    );
  };
}
function within(layer, indices, count, what) {
  for (let i = 0; i < indices.length; i += 1) {
    if (indices[i] >= count) throw new Error(`layer ${layer}: ${what} ${indices[i]} is used, but there are ${count}`);
  }
  return indices;
}

// vec2art_nb/ui/viewer_modules/connection.js
var PATIENCE_MS = 200;
function replaces(frame, shown) {
  if (!shown || frame.generation > shown.generation) return true;
  return frame.generation === shown.generation && (frame.exact || !shown.exact);
}
var Connection = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.views = /* @__PURE__ */ new Set();
    this.frame = null;
    this.complaint = "";
    this.source = null;
    this.sourceDigest = "";
    this.wanted = -1;
    this.since = 0;
    this.failed = -1;
    this.unacknowledged = null;
    this.isDead = false;
    model.on("msg:custom", (message, buffers) => void this.receive(message, buffers));
    model.widget_manager?.kernel?.statusChanged?.connect((_, status) => {
      this.isDead ||= status === "dead" || status === "terminating";
      this.views.forEach((view) => view.checkLive());
    });
  }
  /** @param {Message} message @param {DataView[]} buffers */
  async receive(message, buffers) {
    if (message.type === "frame") this.receiveFrame(message, buffers);
    else if (message.type === "source") await this.receiveSource(message.mime, message.digest, buffers[0]);
    else if (message.type === "working") this.receiveWorking(message.generation);
    else this.failed = Math.max(this.failed, message.generation);
    this.tell();
  }
  tell() {
    this.views.forEach((view) => view.tell());
  }
  ready() {
    this.model.send({ type: "ready", source: this.source ? this.sourceDigest : "" });
  }
  /** @param {number} generation */
  receiveWorking(generation) {
    if (this.wanted <= (this.frame?.generation ?? -1)) this.since = performance.now();
    this.wanted = Math.max(this.wanted, generation);
    window.setTimeout(() => this.tell(), PATIENCE_MS);
  }
  /** @param {FrameMessage} message @param {DataView[]} buffers */
  receiveFrame(message, buffers) {
    this.unacknowledged = message.generation;
    const isNews = replaces(message, this.frame) && this.take(message, buffers);
    if (isNews) this.views.forEach((view) => view.schedule());
    if (!isNews || document.hidden || this.views.size === 0) this.acknowledge();
  }
  /** @param {FrameMessage} message @param {DataView[]} buffers @returns {boolean} whether it can be shown */
  take(message, buffers) {
    try {
      const layers = paintables(message.header, decodeLayers(message.header, buffers));
      this.frame = { ...message, ...totals(message.header), layers };
      this.complaint = "";
      return true;
    } catch (error) {
      this.complaint = error instanceof Error ? error.message : String(error);
      this.failed = Math.max(this.failed, message.generation);
      return false;
    }
  }
  /** @param {string} mime @param {string} digest @param {DataView} bytes */
  async receiveSource(mime, digest, bytes) {
    if (digest === this.sourceDigest) return;
    this.sourceDigest = digest;
    this.source = await createImageBitmap(new Blob([
      /** @type {DataView<ArrayBuffer>} */
      bytes
    ], { type: mime }));
    this.views.forEach((view) => view.schedule());
  }
  acknowledge() {
    if (this.unacknowledged === null) return;
    this.model.send({ type: "ack", generation: this.unacknowledged });
    this.unacknowledged = null;
  }
  /** @returns {State} */
  get state() {
    const shown = this.frame?.generation ?? -1;
    if (this.failed > shown && this.failed >= this.wanted) return "failed";
    return this.wanted > shown && performance.now() - this.since >= PATIENCE_MS ? "working" : "settled";
  }
};

// vec2art_nb/ui/viewer_modules/motion.js
var ZOOM_LIMITS = { least: 0.02, most: 64 };
var REACH = 40;
function fitted(picture, stage) {
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height);
  return centred(picture, stage, scale);
}
function centred(picture, stage, scale) {
  return { scale, x: (stage.width - picture.width * scale) / 2, y: (stage.height - picture.height * scale) / 2 };
}
function zoomed(from, x, y, factor) {
  const scale = Math.min(ZOOM_LIMITS.most, Math.max(ZOOM_LIMITS.least, from.scale * factor));
  const real = scale / from.scale;
  return { scale, x: x - (x - from.x) * real, y: y - (y - from.y) * real };
}
function held(at, picture, stage) {
  const hold = (start, length, room) => Math.min(room - REACH, Math.max(REACH - length, start));
  return {
    scale: at.scale,
    x: hold(at.x, picture.width * at.scale, stage.width),
    y: hold(at.y, picture.height * at.scale, stage.height)
  };
}

// vec2art_nb/ui/viewer_modules/gestures.js
var SCROLL_MS = 250;
function listenToGestures(view, signal) {
  listenToPointers(view, { signal });
  listenToWheel(view, signal);
  const { canvas, handle } = view;
  canvas.addEventListener("dblclick", () => view.fit(), { signal });
  canvas.addEventListener("keydown", (event) => moveByKey(view, event), { signal });
  const slide = (event) => {
    if (handle.hasPointerCapture(event.pointerId)) view.setWipe(within2(view.stage, event).x / view.room.width);
  };
  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId), { signal });
  handle.addEventListener("pointermove", slide, { signal });
  handle.addEventListener("keydown", (event) => wipeByKey(view, event), { signal });
}
function listenToPointers(view, options) {
  const { canvas } = view;
  const pointers = /* @__PURE__ */ new Map();
  const press = (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
  };
  const follow = (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    drag(view, before, event, [...pointers.values()].find((other) => other.pointerId !== event.pointerId));
    pointers.set(event.pointerId, event);
  };
  canvas.addEventListener("pointerdown", press, options);
  canvas.addEventListener("pointermove", follow, options);
  canvas.addEventListener("lostpointercapture", (event) => pointers.delete(event.pointerId), options);
}
function listenToWheel(view, signal) {
  const { stage } = view;
  let scrolledAt = -Infinity;
  const scroll = (event) => {
    const isScrolling = event.timeStamp - scrolledAt < SCROLL_MS;
    if (isScrolling || !(event.target instanceof Node && stage.contains(event.target))) scrolledAt = event.timeStamp;
  };
  const wheel = (event) => {
    if (event.timeStamp === scrolledAt) return;
    event.preventDefault();
    const { x, y } = within2(stage, event);
    view.move(zoomed(view.transform, x, y, Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 18e-4))));
  };
  window.addEventListener("wheel", scroll, { signal, capture: true, passive: true });
  stage.addEventListener("wheel", wheel, { signal, passive: false });
}
function within2(stage, event) {
  const box = stage.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
function drag(view, before, now, other) {
  const from = within2(view.stage, before);
  const to = within2(view.stage, now);
  if (!other) {
    const { scale, x, y } = view.transform;
    view.move({ scale, x: x + to.x - from.x, y: y + to.y - from.y });
    return;
  }
  const still = within2(view.stage, other);
  const factor = Math.hypot(to.x - still.x, to.y - still.y) / Math.max(1, Math.hypot(from.x - still.x, from.y - still.y));
  view.move(zoomed(view.transform, still.x, still.y, factor));
}
function moveByKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { scale, x, y } = view.transform;
  const zoom = (factor) => view.move(zoomed(view.transform, view.room.width / 2, view.room.height / 2, factor));
  const keys = {
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(0.8),
    0: () => view.fit(),
    1: () => view.oneToOne(),
    ArrowLeft: () => view.move({ scale, x: x + REACH, y }),
    ArrowRight: () => view.move({ scale, x: x - REACH, y }),
    ArrowUp: () => view.move({ scale, x, y: y + REACH }),
    ArrowDown: () => view.move({ scale, x, y: y - REACH })
  };
  if (!(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
}
function wipeByKey(view, event) {
  const step = event.shiftKey ? 0.1 : 0.02;
  const places = {
    ArrowLeft: view.wipe - step,
    ArrowDown: view.wipe - step,
    ArrowRight: view.wipe + step,
    ArrowUp: view.wipe + step,
    Home: 0,
    End: 1
  };
  if (!(event.key in places)) return;
  event.preventDefault();
  view.setWipe(places[event.key]);
}

// vec2art_nb/ui/viewer_modules/sheet.js
var SLOW_DRAWING_MS = 30;
var CLOSE_UP = 4;
var Sheet = class {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.ink = document.createElement("canvas");
    this.inked = { frame: null, transform: { scale: 1, x: 0, y: 0 }, milliseconds: 0 };
  }
  /** @param {Scene} scene */
  paint(scene) {
    const { canvas } = this;
    const { frame, picture, transform } = scene;
    const context = canvas.getContext("2d");
    if (!context) return;
    const ratio = window.devicePixelRatio;
    this.fill(scene.room, ratio);
    const { scale, x, y } = transform;
    const page = [x * ratio, y * ratio, picture.width * scale * ratio, picture.height * scale * ratio];
    const edge = frame ? scene.wipe * canvas.width : canvas.width;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    clipped(context, page, 0, edge, () => {
      paintChecks(context, page);
      context.imageSmoothingEnabled = scale * ratio < CLOSE_UP;
      context.imageSmoothingQuality = "high";
      if (scene.source) context.drawImage(scene.source, page[0], page[1], page[2], page[3]);
    });
    if (!frame) return;
    const start = performance.now();
    const isNew = this.paintInk(scene, frame, ratio);
    clipped(context, page, edge, canvas.width, () => {
      if (frame.header.background) {
        context.fillStyle = frame.header.background;
        context.fillRect(page[0], page[1], page[2], page[3]);
      } else paintChecks(context, page);
      const from = this.inked.transform;
      const grown = scale / from.scale;
      context.setTransform(grown, 0, 0, grown, (x - from.x * grown) * ratio, (y - from.y * grown) * ratio);
      context.drawImage(this.ink, 0, 0);
    });
    if (isNew) this.inked.milliseconds = performance.now() - start;
  }
  /** Make the canvases as large as the room. @param {Size} room @param {number} ratio */
  fill(room, ratio) {
    const width = Math.round(room.width * ratio);
    const height = Math.round(room.height * ratio);
    for (const each of [this.canvas, this.ink]) {
      if (each.width === width && each.height === height) continue;
      each.width = width;
      each.height = height;
      this.inked.frame = null;
    }
  }
  /** @param {Scene} scene @param {Frame} frame @param {number} ratio @returns {boolean} whether there was need to */
  paintInk({ transform, isMoving }, frame, ratio) {
    const { scale, x, y } = transform;
    const before = this.inked;
    if (before.frame === frame) {
      if (before.transform.scale === scale && before.transform.x === x && before.transform.y === y) return false;
      if (isMoving && before.milliseconds > SLOW_DRAWING_MS) return false;
    }
    const { ink } = this;
    const context = ink.getContext("2d");
    if (!context) return false;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, ink.width, ink.height);
    context.lineCap = "round";
    context.lineJoin = "round";
    const place = { scale: scale * ratio, x: x * ratio, y: y * ratio, width: ink.width, height: ink.height };
    for (const layer of frame.layers) layer.paint(context, place);
    this.inked = { frame, transform: { scale, x, y }, milliseconds: before.milliseconds };
    return true;
  }
};
function clipped(context, [x, y, width, height], left, right, paint) {
  const from = Math.max(left, x);
  const to = Math.min(right, x + width);
  if (to <= from) return;
  context.save();
  context.beginPath();
  context.rect(from, y, to - from, height);
  context.clip();
  paint();
  context.restore();
}
function paintChecks(context, [x, y, width, height]) {
  const tile = new OffscreenCanvas(16, 16);
  const checks = tile.getContext("2d");
  if (!checks) return;
  checks.fillStyle = "#ffffff";
  checks.fillRect(0, 0, 16, 16);
  checks.fillStyle = "#e4e4e8";
  checks.fillRect(0, 0, 8, 8);
  checks.fillRect(8, 8, 8, 8);
  context.fillStyle = context.createPattern(tile, "repeat") ?? "#ffffff";
  context.fillRect(x, y, width, height);
}

// vec2art_nb/ui/viewer_modules/words.js
function formatBytes(bytes) {
  if (bytes < 1e3) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
function formatTime(milliseconds) {
  if (milliseconds >= 1e3) return `${(milliseconds / 1e3).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}
function counted(count, noun) {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
function contents({ paths, points, marks }) {
  const drawn = paths > 0 || marks === 0 ? [counted(paths, "path"), counted(points, "point")] : [];
  return marks > 0 ? [...drawn, counted(marks, "mark")] : drawn;
}
function statusText(shown, state) {
  if (state === "gone") return "no kernel";
  if (!shown) return state === "failed" ? "no drawing" : "drawing…";
  const facts = contents(shown);
  if (state === "working") return ["working…", ...facts].join(" · ");
  if (state === "failed") return ["failed; this is the drawing before", ...facts].join(" · ");
  const frame = `${formatBytes(shown.bytes)} frame`;
  return [shown.exact ? "exact" : "preview", ...facts, frame, formatTime(shown.milliseconds)].join(" · ");
}

// vec2art_nb/ui/viewer_modules/view.js
var REST_MS = 140;
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
var View = class {
  /** @param {Connection} connection @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(connection, el, signal) {
    this.connection = connection;
    this.model = connection.model;
    this.el = el;
    this.signal = signal;
    this.transform = { scale: 1, x: 0, y: 0 };
    this.room = { width: 0, height: 0 };
    this.isFitted = true;
    this.isMoving = false;
    this.isLive = true;
    this.comparing = true;
    this.wipe = 0.5;
    this.animation = 0;
    this.rest = 0;
    this.studio = null;
    this.marked = new MutationObserver(() => this.checkLive());
    this.canvas = element("canvas", { class: "v2a-canvas", tabindex: "0", role: "img" });
    this.sheet = new Sheet(this.canvas);
    const range = { "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": "Wipe between source and drawing" };
    this.handle = element("div", { class: "v2a-wipe", role: "slider", tabindex: "0", ...range });
    const captions = [element("span", {}, "source"), element("span", {}, "drawing")];
    this.captions = element("div", { class: "v2a-captions", "aria-hidden": "true" }, ...captions);
    this.gone = element("div", { class: "v2a-gone", role: "alert", hidden: "" });
    this.stage = element("div", { class: "v2a-stage" }, this.canvas, this.captions, this.handle, this.gone);
    this.status = element("span", { class: "v2a-status" });
    this.zoom = element("span", { class: "v2a-zoom" });
    this.compare = this.button("Compare", "Compare source and drawing", () => this.toggleCompare());
    const fit = this.button("Fit", "Fit the picture into the view (0, double click)", () => this.fit());
    const one = this.button("1:1", "One picture pixel to one screen pixel (1)", () => this.oneToOne());
    this.note = element("div", { class: "v2a-note", role: "status" });
    const buttons = element("div", { class: "v2a-group" }, this.compare, fit, one);
    const footer = element("div", { class: "v2a-footer" }, this.status, this.zoom, buttons, this.note);
    this.root = element("div", { class: "v2a-root" }, this.stage, footer);
    el.append(this.root);
    listenToGestures(this, signal);
    this.listenToSurroundings();
    this.tell();
  }
  /** @param {string} text @param {string} title @param {() => void} act */
  button(text, title, act) {
    const button = element("button", { type: "button", title }, text);
    button.addEventListener("click", act, { signal: this.signal });
    return button;
  }
  listenToSurroundings() {
    const resized = new ResizeObserver(() => this.resize());
    resized.observe(this.stage);
    const seen = new IntersectionObserver(() => this.schedule());
    seen.observe(this.stage);
    document.addEventListener("visibilitychange", () => this.schedule(), { signal: this.signal });
    this.signal.addEventListener("abort", () => {
      resized.disconnect();
      seen.disconnect();
      cancelAnimationFrame(this.animation);
      clearTimeout(this.rest);
      this.marked.disconnect();
      this.root.remove();
    });
  }
  /** @returns {Size} */
  get picture() {
    return { width: this.model.get("width"), height: this.model.get("height") };
  }
  // --- moving about ---
  /** @param {Transform} transform */
  move(transform) {
    this.isFitted = false;
    this.transform = held(transform, this.picture, this.room);
    this.isMoving = true;
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => {
      this.isMoving = false;
      this.schedule();
    }, REST_MS);
    this.schedule();
  }
  fit() {
    this.isFitted = true;
    this.schedule();
  }
  oneToOne() {
    this.move(centred(this.picture, this.room, 1 / window.devicePixelRatio));
  }
  /** @param {number} wipe */
  setWipe(wipe) {
    this.wipe = Math.min(1, Math.max(0, wipe));
    this.schedule();
  }
  toggleCompare() {
    this.comparing = !this.comparing;
    this.schedule();
  }
  // --- painting ---
  resize() {
    if (!this.studio) {
      this.studio = this.el.closest(".v2a-studio");
      if (this.studio) this.marked.observe(this.studio, { attributes: true, attributeFilter: ["class"] });
      this.checkLive();
    }
    const before = this.room;
    this.room = { width: this.stage.clientWidth, height: this.stage.clientHeight };
    this.transform.x += (this.room.width - before.width) / 2;
    this.transform.y += (this.room.height - before.height) / 2;
    this.schedule();
  }
  /** Paint at the next animation frame, once however often asked. */
  schedule() {
    if (this.animation || this.signal.aborted) return;
    this.animation = requestAnimationFrame(() => {
      this.animation = 0;
      if (this.room.width > 0 && this.room.height > 0) this.paint();
      this.connection.acknowledge();
      this.tell();
    });
  }
  paint() {
    const { picture, room, isMoving } = this;
    const { frame, source } = this.connection;
    if (this.isFitted) this.transform = fitted(picture, room);
    const wipe = this.comparing ? this.wipe : 0;
    this.sheet.paint({ picture, room, transform: this.transform, isMoving, frame, source, wipe });
    if (!frame) return;
    const { generation, exact, paths, points, marks, digest } = frame;
    Object.assign(this.root.dataset, { generation, exact, paths, points, marks, digest });
  }
  // --- words ---
  /** Bring labels and the status line up to date. */
  tell() {
    const { frame, complaint } = this.connection;
    const state = this.isLive ? this.connection.state : "gone";
    const percent = Math.round(this.wipe * 100);
    this.compare.setAttribute("aria-pressed", String(this.comparing));
    this.handle.hidden = this.captions.hidden = !this.comparing || !frame;
    this.handle.style.left = `${this.wipe * 100}%`;
    this.handle.setAttribute("aria-valuenow", String(percent));
    this.handle.setAttribute("aria-valuetext", `source ${percent} %, drawing ${100 - percent} %`);
    this.stage.style.setProperty("--v2a-aspect", String(this.picture.width / this.picture.height));
    const counts = frame ? contents(frame).join(", ") : "not there yet";
    this.canvas.setAttribute("aria-label", `Drawing of ${this.model.get("name")}: ${counts}`);
    this.root.dataset.state = state;
    this.status.textContent = statusText(frame, state);
    this.note.textContent = complaint || (frame?.notes.join(" ") ?? "");
    this.zoom.textContent = `${Math.round(this.transform.scale * window.devicePixelRatio * 100)} %`;
  }
  /** After a restart the drawing still stands here, but nobody answers: say so, and let no button pretend. */
  checkLive() {
    const was = this.isLive;
    this.isLive = !this.connection.isDead && !this.studio?.classList.contains("jupyter-widgets-disconnected");
    if (this.isLive === was) return;
    this.gone.hidden = this.isLive;
    this.gone.textContent = this.isLive ? "" : "The kernel is gone: run the cell again";
    for (const part of this.studio?.querySelectorAll(".v2a-tools > *, .v2a-controls") ?? []) {
      part.toggleAttribute("inert", !this.isLive);
    }
    if (this.isLive) this.connection.ready();
    this.tell();
  }
};

// vec2art_nb/ui/viewer_modules/main.js
var main_default = () => {
  let connection;
  return {
    /** @param {{model: Model}} context */
    initialize({ model }) {
      connection = new Connection(model);
    },
    /** @param {{el: HTMLElement}} context */
    render({ el }) {
      const controller = new AbortController();
      const view = new View(connection, el, controller.signal);
      connection.views.add(view);
      connection.ready();
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
