// Generated from vec2art_nb/ui/viewer_modules/main.js by make bundles. Edit the modules there.

// vec2art_nb/ui/viewer_modules/aside.js
var LARGE = 1024;
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
  const key = Math.min(side, LARGE);
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

// vec2art_nb/ui/viewer_modules/flattened.js
var FLATNESS = 0.25;
var Flattened = class {
  /** @param {Place} place @param {number} unit pixels for one of the points */
  constructor(place, unit) {
    this.unit = unit;
    this.left = place.x;
    this.top = place.y;
    this.x = 0;
    this.y = 0;
  }
  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.x = x * this.unit + this.left;
    this.y = y * this.unit + this.top;
  }
  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.drawTo(x * this.unit + this.left, y * this.unit + this.top);
  }
  /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} x @param {number} y */
  bezierCurveTo(a, b, c, d, x, y) {
    const { unit, left, top, x: startX, y: startY } = this;
    const [oneX, oneY, twoX, twoY] = [a * unit + left, b * unit + top, c * unit + left, d * unit + top];
    const endX = x * unit + left;
    const endY = y * unit + top;
    const bendX = Math.max(Math.abs(startX - 2 * oneX + twoX), Math.abs(oneX - 2 * twoX + endX));
    const bendY = Math.max(Math.abs(startY - 2 * oneY + twoY), Math.abs(oneY - 2 * twoY + endY));
    const steps = Math.ceil(Math.sqrt(0.75 * Math.sqrt(bendX * bendX + bendY * bendY) / FLATNESS));
    for (let step = 1; step < steps; step += 1) {
      const t = step / steps;
      const u = 1 - t;
      const [start, one, two, end] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
      this.drawTo(start * startX + one * oneX + two * twoX + end * endX, start * startY + one * oneY + two * twoY + end * endY);
    }
    this.drawTo(endX, endY);
  }
  /** @param {number} _x in pixels @param {number} _y */
  drawTo(_x, _y) {
  }
};

// vec2art_nb/ui/viewer_modules/paint.js
var PAIR = 16711935;
var HALF = 8388736;
var NARROW = 100;
var Paint = class {
  /** @param {Int32Array} words of the canvas @param {number} color 0xrrggbb */
  constructor(words, color) {
    this.words = words;
    this.redBlue = (color & 255) << 16 | color >> 16;
    this.greenAlpha = 255 << 16 | color >> 8 & 255;
    this.solid = this.redBlue | this.greenAlpha << 8;
  }
  /** @param {number} pixel @param {number} amount 0 … 256 */
  pixel(pixel, amount) {
    const { words } = this;
    const below = words[pixel];
    const rest = 256 - amount;
    const redBlue = Math.imul(below & PAIR, rest) + Math.imul(this.redBlue, amount) + HALF;
    const greenAlpha = Math.imul(below >>> 8 & PAIR, rest) + Math.imul(this.greenAlpha, amount) + HALF;
    words[pixel] = redBlue >>> 8 & PAIR | greenAlpha & ~PAIR;
  }
  /** Consecutive pixels. @param {number} from @param {number} to @param {number} amount 0 … 256 */
  span(from, to, amount) {
    const { words, solid } = this;
    if (amount < 256) for (let pixel = from; pixel < to; pixel += 1) this.pixel(pixel, amount);
    else if (to - from > NARROW) words.fill(solid, from, to);
    else for (let pixel = from; pixel < to; pixel += 1) words[pixel] = solid;
  }
};

// vec2art_nb/ui/viewer_modules/fill.js
var FINE = 256;
var ONE = 2 * FINE * FINE;
var Crossings = class {
  /** @param {number} width @param {number} height in pixels */
  constructor(width, height) {
    this.words = width + 2 + 31 >> 5;
    this.indexes = this.words + 31 >> 5;
    this.changes = new Int32Array(this.words * 32 * height);
    this.marks = new Int32Array(this.words * height);
    this.index = new Int32Array(this.indexes * height);
  }
};
var Fill = class extends Flattened {
  /** @param {Coverage} coverage @param {Place} place @param {number} unit pixels for one of the points */
  constructor(coverage, place, unit) {
    super(place, unit);
    this.coverage = coverage;
    this.crossings = coverage.crossings;
    this.right = coverage.width * FINE;
    this.bottom = coverage.height * FINE;
    this.startX = 0;
    this.startY = 0;
    this.first = coverage.height;
    this.last = -1;
  }
  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.end();
    super.moveTo(x, y);
    this.startX = this.x;
    this.startY = this.y;
  }
  /** Close the last subpath. */
  end() {
    this.drawTo(this.startX, this.startY);
  }
  /** @param {number} x in pixels @param {number} y */
  drawTo(x, y) {
    const fromX = Math.round(this.x * FINE);
    const fromY = Math.round(this.y * FINE);
    const toX = Math.round(x * FINE);
    const toY = Math.round(y * FINE);
    this.x = x;
    this.y = y;
    if (fromY < toY) this.cut(fromX, fromY, toX, toY, 1);
    else if (toY < fromY) this.cut(toX, toY, fromX, fromY, -1);
  }
  /**
   * A line downwards, without what is out of sight: nothing depends on it above, below and to the right, and from beyond
   * the left rim it covers whole rows.
   * @param {number} fromX @param {number} fromY @param {number} toX @param {number} toY @param {number} turn
   */
  cut(fromX, fromY, toX, toY, turn) {
    const { right, bottom } = this;
    if (toY <= 0 || fromY >= bottom || fromX >= right && toX >= right) return;
    if (fromY >= 0 && toY <= bottom && fromX >= 0 && toX >= 0 && fromX <= right && toX <= right) {
      this.cross(fromX, fromY, toX, toY, turn);
      return;
    }
    const slope = (toX - fromX) / (toY - fromY);
    const rims = [0, right].map((x) => Math.round(fromY + (x - fromX) / slope)).sort((one, other) => one - other);
    const [start, end] = [Math.max(0, fromY), Math.min(bottom, toY)];
    const across = (y) => Math.min(right, Math.max(0, Math.round(fromX + (y - fromY) * slope)));
    let from = start;
    for (const to of [...rims.filter((y) => y > start && y < end), end]) {
      if (fromX + ((from + to) / 2 - fromY) * slope < right) this.cross(across(from), from, across(to), to, turn);
      from = to;
    }
  }
  /** A line downwards on the canvas. @param {number} fromX @param {number} fromY @param {number} toX @param {number} toY @param {number} turn */
  cross(fromX, fromY, toX, toY, turn) {
    const { changes, marks, index, words, indexes } = this.crossings;
    const slope = (toX - fromX) / (toY - fromY);
    const last = toY - 1 >> 8;
    let row = fromY >> 8;
    if (row < this.first) this.first = row;
    if (last > this.last) this.last = last;
    let x = fromX;
    let y = fromY;
    for (; row <= last; row += 1) {
      const bottom = row === last ? toY : row + 1 << 8;
      const next = row === last ? toX : fromX + (bottom - fromY) * slope + 0.5 | 0;
      const height = Math.imul(bottom - y, turn);
      const left = x < next ? x : next;
      const right = x < next ? next : x;
      x = next;
      y = bottom;
      const column = left >> 8;
      const at = (row * words << 5) + column;
      const middle = column + 1 << 8;
      let beyond = 1;
      if (right <= middle) {
        const outside = Math.imul(height, left + right - (column << 9));
        changes[at] += (height << 9) - outside;
        changes[at + 1] += outside;
      } else if (right <= middle + 256) {
        const near = middle - left;
        const far = right - middle;
        const share = 1 / (right - left);
        const inside = height * near * near * share | 0;
        const outside = height * far * far * share | 0;
        changes[at] += inside;
        changes[at + 1] += (height << 9) - outside - inside;
        changes[at + 2] += outside;
        beyond = 2;
      } else {
        this.spread(row, left, right, height);
        continue;
      }
      const word = row * words + (column >> 5);
      const bit = column & 31;
      if (marks[word] === 0) index[row * indexes + (column >> 10)] |= 1 << (column >> 5 & 31);
      marks[word] |= (2 << beyond) - 1 << bit;
      if (bit + beyond > 31) for (let more = 1; more <= beyond; more += 1) this.mark(row, column + more);
    }
  }
  /** A line across more than two pixels of a row. @param {number} row @param {number} left @param {number} right @param {number} height */
  spread(row, left, right, height) {
    const { changes, words } = this.crossings;
    const at = row * words << 5;
    const end = right + 255 >> 8;
    const slope = height / (right - left);
    let before = 0;
    for (let column = left >> 8; column < end; column += 1) {
      const begin = Math.max(left, column << 8);
      const reach = Math.min(right, column + 1 << 8);
      const low = (begin - left) * slope;
      const high = (reach - left) * slope;
      const inside = (low + high) * (reach - begin) + 2 * high * ((column + 1 << 8) - reach) | 0;
      changes[at + column] += inside - before;
      this.mark(row, column);
      before = inside;
    }
    changes[at + end] += (height << 9) - before;
    this.mark(row, end);
  }
  /** @param {number} row @param {number} column */
  mark(row, column) {
    const { marks, index, words, indexes } = this.crossings;
    marks[row * words + (column >> 5)] |= 1 << (column & 31);
    index[row * indexes + (column >> 10)] |= 1 << (column >> 5 & 31);
  }
  /** Lay a colour over what is painted already, wherever it is inside, and forget the lines. @param {number} color @param {number} opacity */
  lay(color, opacity) {
    const { coverage, crossings } = this;
    const { width } = coverage;
    const { changes, marks, index, words, indexes } = crossings;
    const paint = new Paint(coverage.words, color);
    const full = Math.round(256 * opacity);
    for (let row = this.first; row <= this.last; row += 1) {
      const start = row * width;
      let sum = 0;
      let amount = 0;
      let done = 0;
      for (let group = 0; group < indexes; group += 1) {
        const at = row * indexes + group;
        for (let ones = index[at]; ones !== 0; ones &= ones - 1) {
          const place = row * words + (group << 5) + 31 - Math.clz32(ones & -ones);
          const corner = place - row * words << 5;
          for (let bits = marks[place]; bits !== 0; bits &= bits - 1) {
            const column = corner + 31 - Math.clz32(bits & -bits);
            if (amount > 0 && column > done) paint.span(start + done, start + Math.min(column, width), amount);
            const cell = (row * words << 5) + column;
            sum += changes[cell];
            changes[cell] = 0;
            amount = Math.imul(Math.min(ONE, Math.abs(sum)), full) + (ONE >> 1) >> 17;
            if (amount > 0 && column < width) paint.pixel(start + column, amount);
            done = column + 1;
          }
          marks[place] = 0;
        }
        index[at] = 0;
      }
      if (amount > 0 && done < width) paint.span(start + done, start + width, amount);
    }
    this.first = coverage.height;
    this.last = -1;
  }
};

// vec2art_nb/ui/viewer_modules/coverage.js
var ONE2 = 1 << 16;
var INVERSES = Int32Array.from({ length: 256 }, (_, alpha) => alpha ? Math.round(255 * ONE2 / alpha) : 0);
var Coverage = class {
  /** @param {number} width @param {number} height in pixels */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8ClampedArray(4 * width * height);
    this.words = new Int32Array(this.pixels.buffer);
    this.covered = new Uint8Array(width * height);
    this.touched = new Int32Array(width * height);
    this.count = 0;
    this.made = null;
  }
  get crossings() {
    this.made ??= new Crossings(this.width, this.height);
    return this.made;
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
      this.cover(shapes[layer.shapes[mark]], x, y, radius, layer.angles[mark], true);
    }
    this.lay(color, opacity);
  }
  /**
   * Cover what a shape covers.
   * @param {StampedShape} shape @param {number} x @param {number} y @param {number} radius @param {number} angle
   * @param {boolean} adds whether it lies beside what is there, or else over it
   */
  cover(shape, x, y, radius, angle, adds) {
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
        const before = covered[at + right];
        const over = adds ? before + amount - 255 : before - amount;
        covered[at + right] = adds ? 255 + (over & over >> 31) : amount + (over & ~(over >> 31));
        touched[count] = at + right;
        count += before - 1 >>> 31 & -amount >>> 31;
      }
    }
    this.count = count;
  }
  /** Lay a colour over what is painted already, wherever the run covers it, and forget the run. @param {number} color @param {number} opacity */
  lay(color, opacity) {
    const { covered, touched, count } = this;
    const paint = new Paint(this.words, color);
    const full = Math.round(opacity * 256 * ONE2 / 255);
    for (let i = 0; i < count; i += 1) {
      const pixel = touched[i];
      paint.pixel(pixel, covered[pixel] * full + ONE2 / 2 >> 16);
      covered[pixel] = 0;
    }
    this.count = 0;
  }
  /** What is painted, as ImageData has it: colours not multiplied by alpha. Nothing is painted on it any more, until it is cleared. */
  divided() {
    const { pixels, words } = this;
    const { length } = words;
    for (let pixel = 0; pixel < length; pixel += 1) {
      const word = words[pixel];
      const alpha = word >>> 24;
      if (alpha === 0 || alpha === 255) continue;
      const larger = INVERSES[alpha];
      const red = Math.imul(word & 255, larger) + ONE2 / 2 >> 16;
      const green = Math.imul(word >> 8 & 255, larger) + ONE2 / 2 >> 16;
      const blue = Math.imul(word >> 16 & 255, larger) + ONE2 / 2 >> 16;
      words[pixel] = word & 4278190080 | blue << 16 | green << 8 | red;
    }
    return pixels;
  }
};
var numberOf = (color) => parseInt(color.slice(1), 16);
var kept = null;
function paintCovered(context, { width, height }, isFirst, paint) {
  if (kept?.width === width && kept.height === height) kept.clear();
  else kept = new Coverage(width, height);
  paint(kept);
  const image = new ImageData(kept.divided(), width, height);
  if (isFirst) {
    context.putImageData(image, 0, 0);
    return;
  }
  const { canvas, context: aside } = asideOf(width, height);
  aside.putImageData(image, 0, 0);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = 1;
  context.drawImage(canvas, 0, 0, width, height, 0, 0, width, height);
}

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

// vec2art_nb/ui/viewer_modules/lookup.js
var MOVE = 1;
var CURVE = 4;
var CHORDS = 8;
var Lookup = class {
  /** @param {PathLayer} layer */
  constructor(layer) {
    this.layer = layer;
    this.made = null;
  }
  get boxes() {
    this.made ??= boxesOf(this.layer);
    return this.made;
  }
  /** Around paths of a run. @param {number} from @param {number} to @returns {Box} */
  box(from, to) {
    const { boxes } = this;
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let at = 4 * from; at < 4 * to; at += 4) {
      if (boxes[at] < box.left) box.left = boxes[at];
      if (boxes[at + 1] < box.top) box.top = boxes[at + 1];
      if (boxes[at + 2] > box.right) box.right = boxes[at + 2];
      if (boxes[at + 3] > box.bottom) box.bottom = boxes[at + 3];
    }
    return box;
  }
  /** @param {number} path @param {Box} box */
  meets(path, { left, top, right, bottom }) {
    const { boxes } = this;
    const at = 4 * path;
    return boxes[at] <= right && boxes[at + 2] >= left && boxes[at + 1] <= bottom && boxes[at + 3] >= top;
  }
  /**
   * The path whose line is nearest; of equals the one that lies on top.
   * @param {number} x @param {number} y @param {number} reach how far off it may be
   */
  nearest(x, y, reach) {
    let path = -1;
    let least = reach * reach;
    for (let index = 0; index < this.layer.styles.length; index += 1) {
      const away = Math.sqrt(least);
      if (!this.meets(index, { left: x - away, top: y - away, right: x + away, bottom: y + away })) continue;
      eachSegment(this.layer, index, this.layer.closed[index] === 1, (fromX, fromY, toX, toY) => {
        const square = squareDistance(x, y, fromX, fromY, toX, toY);
        if (square > least) return;
        least = square;
        path = index;
      });
    }
    return path < 0 ? null : { path, distance: Math.sqrt(least) };
  }
  /** The topmost of the paths that enclose a point, under the nonzero rule. @param {number} x @param {number} y @param {(path: number) => boolean} counts */
  around(x, y, counts) {
    const point = { left: x, top: y, right: x, bottom: y };
    for (let path = this.layer.styles.length - 1; path >= 0; path -= 1) {
      if (!counts(path) || !this.meets(path, point)) continue;
      let winding = 0;
      eachSegment(this.layer, path, true, (fromX, fromY, toX, toY) => {
        if (fromY <= y === toY <= y) return;
        if (fromX + (y - fromY) / (toY - fromY) * (toX - fromX) > x) winding += toY > fromY ? 1 : -1;
      });
      if (winding !== 0) return path;
    }
    return -1;
  }
  /** In units of the points. @param {number} path */
  length(path) {
    let sum = 0;
    eachSegment(this.layer, path, this.layer.closed[path] === 1, (fromX, fromY, toX, toY) => {
      sum += Math.hypot(toX - fromX, toY - fromY);
    });
    return sum;
  }
  /** @param {Box} box @param {NodeVisitor} visit @param {() => boolean} isEnough */
  visitNodes(box, visit, isEnough) {
    const { points, codes, offsets, styles } = this.layer;
    const isSeen = (i) => points[2 * i] >= box.left && points[2 * i] <= box.right && points[2 * i + 1] >= box.top && points[2 * i + 1] <= box.bottom;
    const handle = (i, j) => visit.handle(points[2 * i], points[2 * i + 1], points[2 * j], points[2 * j + 1]);
    for (let path = 0; path < styles.length && !isEnough(); path += 1) {
      if (!this.meets(path, box)) continue;
      for (let i = offsets[path]; i < offsets[path + 1]; i += 1) {
        if (codes[i] === CURVE) {
          if (isSeen(i - 1) || isSeen(i)) handle(i - 1, i);
          if (isSeen(i + 1) || isSeen(i + 2)) handle(i + 2, i + 1);
          i += 2;
        }
        if (!isSeen(i)) continue;
        if (codes[i] === MOVE) visit.start(points[2 * i], points[2 * i + 1]);
        else visit.point(points[2 * i], points[2 * i + 1]);
      }
    }
  }
};
function boxesOf({ points, offsets, styles }) {
  const boxes = new Int32Array(4 * styles.length);
  for (let path = 0; path < styles.length; path += 1) {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    for (let at = 2 * offsets[path]; at < 2 * offsets[path + 1]; at += 2) {
      const x = points[at];
      const y = points[at + 1];
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    boxes.set([left, top, right, bottom], 4 * path);
  }
  return boxes;
}
function eachSegment({ points, codes, offsets }, path, closing, visit) {
  const end = offsets[path + 1];
  for (let i = offsets[path]; i < end; ) {
    const [startX, startY] = [points[2 * i], points[2 * i + 1]];
    let [x, y] = [startX, startY];
    let isAlone = true;
    const line = (toX, toY) => {
      visit(x, y, toX, toY);
      [x, y, isAlone] = [toX, toY, false];
    };
    for (i += 1; i < end && codes[i] !== MOVE; i += codes[i] === CURVE ? 3 : 1) {
      if (codes[i] !== CURVE) line(points[2 * i], points[2 * i + 1]);
      else flatten(x, y, points.subarray(2 * i, 2 * i + 6), line);
    }
    if (isAlone || closing) visit(x, y, startX, startY);
  }
}
function flatten(fromX, fromY, [a, b, c, d, x, y], line) {
  for (let chord = 1; chord <= CHORDS; chord += 1) {
    const t = chord / CHORDS;
    const rest = 1 - t;
    const [first, second, third, fourth] = [rest ** 3, 3 * rest * rest * t, 3 * rest * t * t, t ** 3];
    line(first * fromX + second * a + third * c + fourth * x, first * fromY + second * b + third * d + fourth * y);
  }
}
function squareDistance(x, y, fromX, fromY, toX, toY) {
  const right = toX - fromX;
  const down = toY - fromY;
  const square = right * right + down * down;
  const along = square > 0 ? Math.min(1, Math.max(0, ((x - fromX) * right + (y - fromY) * down) / square)) : 0;
  return (x - fromX - along * right) ** 2 + (y - fromY - along * down) ** 2;
}

// vec2art_nb/ui/viewer_modules/paths.js
var MOVE2 = 1;
var LINE = 2;
var CURVE2 = 4;
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
      for (i += 1; i < end && codes[i] !== MOVE2; i += codes[i] === CURVE2 ? 3 : 1) {
        const x = points[2 * i];
        const y = points[2 * i + 1];
        if (codes[i] === LINE) sink.lineTo(x, y);
        else sink.bezierCurveTo(x, y, points[2 * i + 2], points[2 * i + 3], points[2 * i + 4], points[2 * i + 5]);
        moved ||= codes[i] === CURVE2 || x !== startX || y !== startY;
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

// vec2art_nb/ui/viewer_modules/pen.js
var ONE3 = 1 << 16;
var tip = new StampedShape(null);
var Pen = class extends Flattened {
  /** @param {Coverage} coverage @param {Place} place @param {number} unit pixels for one of the points @param {number} width of the line in pixels */
  constructor(coverage, place, unit, width) {
    super(place, unit);
    this.coverage = coverage;
    this.half = Math.max(width, 1) / 2;
    this.isThin = width <= 1;
    this.tone = Math.round(255 * Math.min(width, 1));
    this.right = 0;
    this.down = 0;
    this.isFlat = true;
    this.isStart = true;
  }
  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.end();
    super.moveTo(x, y);
    this.isStart = true;
  }
  /** Lift it: the last line has its round end only then. */
  end() {
    if (!this.isStart && !this.isThin) this.dot(this.x, this.y);
    this.isStart = true;
  }
  /** @param {number} x in pixels @param {number} y */
  drawTo(x, y) {
    const { x: fromX, y: fromY } = this;
    const { width, height } = this.coverage;
    const right = x - fromX;
    const down = y - fromY;
    const isFlat = Math.abs(right) >= Math.abs(down);
    const isCorner = isFlat !== this.isFlat || right * this.right + down * this.down < 0;
    if (!this.isThin && (this.isStart || isCorner)) this.dot(fromX, fromY);
    this.x = x;
    this.y = y;
    this.right = right;
    this.down = down;
    this.isFlat = isFlat;
    this.isStart = false;
    if (isFlat) this.strip(fromX, fromY, x, y, 1, width, width, height);
    else this.strip(fromY, fromX, y, x, width, 1, height, width);
  }
  /**
   * A line along the axis that it follows more, cut off there at both ends.
   * @param {number} from @param {number} fromSide along that axis and the other one @param {number} to @param {number} toSide
   * @param {number} stride @param {number} strideSide from pixel to pixel @param {number} size @param {number} sizeSide in pixels
   */
  strip(from, fromSide, to, toSide, stride, strideSide, size, sizeSide) {
    if (from === to) return;
    const { coverage, tone } = this;
    const { covered, touched } = coverage;
    const slope = (toSide - fromSide) / (to - from);
    const upright = this.isThin ? 1 : 1 / Math.sqrt(1 + slope * slope);
    const reach = this.half + 0.5;
    const reachSide = reach / upright;
    const first = Math.max(0, Math.ceil(Math.min(from, to) - 0.5));
    const last = Math.min(size - 1, Math.floor(Math.max(from, to) - 0.5));
    const most = Math.ceil(2 * reachSide);
    const step = Math.round(upright * ONE3);
    const full = Math.round(reach * ONE3);
    let { count } = coverage;
    let side = fromSide + (first + 0.5 - from) * slope - 0.5;
    for (let along = first; along <= last; along += 1, side += slope) {
      const begin = Math.ceil(side - reachSide);
      const top = Math.max(0, begin);
      const bottom = Math.min(sizeSide, begin + most);
      let away = Math.round((top - side) * step);
      let at = along * stride + top * strideSide;
      for (let each = top; each < bottom; each += 1, at += strideSide, away += step) {
        const sign = away >> 31;
        const over = full - ONE3 - ((away ^ sign) - sign);
        const amount = ONE3 + (over & over >> 31);
        const value = Math.imul(amount & ~(amount >> 31), tone) >> 16;
        const before = covered[at];
        const more = value - before;
        covered[at] = before + (more & ~(more >> 31));
        touched[count] = at;
        count += before - 1 >>> 31 & -value >>> 31;
      }
    }
    coverage.count = count;
  }
  /** @param {number} x in pixels @param {number} y */
  dot(x, y) {
    this.coverage.cover(tip, x, y, this.half, 0, false);
  }
};

// vec2art_nb/ui/viewer_modules/sinks.js
function meets(one, other) {
  return one.left <= other.right && one.right >= other.left && one.top <= other.bottom && one.bottom >= other.top;
}
function contains(outer, inner) {
  return inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;
}
function grown(box, by) {
  return { left: box.left - by, top: box.top - by, right: box.right + by, bottom: box.bottom + by };
}
var Windowed = class {
  /** @param {PathSink} target @param {Box} box */
  constructor(target, box) {
    this.target = target;
    this.box = box;
    this.x = 0;
    this.y = 0;
    this.isDown = false;
  }
  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.x = x;
    this.y = y;
    this.isDown = false;
  }
  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    if (this.canSee(Math.min(this.x, x), Math.min(this.y, y), Math.max(this.x, x), Math.max(this.y, y))) {
      this.target.lineTo(x, y);
    }
    this.x = x;
    this.y = y;
  }
  /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} x @param {number} y */
  bezierCurveTo(a, b, c, d, x, y) {
    const { x: fromX, y: fromY } = this;
    const [left, right] = [Math.min(fromX, a, c, x), Math.max(fromX, a, c, x)];
    if (this.canSee(left, Math.min(fromY, b, d, y), right, Math.max(fromY, b, d, y))) {
      this.target.bezierCurveTo(a, b, c, d, x, y);
    }
    this.x = x;
    this.y = y;
  }
  /** Put the pen down where a line begins that can be seen. @param {number} left @param {number} top @param {number} right @param {number} bottom */
  canSee(left, top, right, bottom) {
    const { box } = this;
    const isSeen = left <= box.right && right >= box.left && top <= box.bottom && bottom >= box.top;
    if (isSeen && !this.isDown) this.target.moveTo(this.x, this.y);
    this.isDown = isSeen;
    return isSeen;
  }
};
var Thinned = class {
  /** @param {PathSink} target @param {number} cell side in units of the points @param {boolean} isOutline */
  constructor(target, cell, isOutline) {
    this.target = target;
    this.cell = cell;
    this.isOutline = isOutline;
    this.column = 0;
    this.row = 0;
    this.x = 0;
    this.y = 0;
    this.isBehind = false;
    this.hasLine = true;
  }
  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.end();
    this.enter(x, y);
    this.hasLine = false;
    if (this.isOutline) this.target.moveTo((this.column + 0.5) * this.cell, (this.row + 0.5) * this.cell);
    else this.target.moveTo(x, y);
  }
  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    if (this.isSame(x, y)) {
      this.x = x;
      this.y = y;
      this.isBehind = true;
      return;
    }
    this.enter(x, y);
    this.hasLine = true;
    if (this.isOutline) this.target.lineTo((this.column + 0.5) * this.cell, (this.row + 0.5) * this.cell);
    else this.target.lineTo(x, y);
  }
  /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} x @param {number} y */
  bezierCurveTo(a, b, c, d, x, y) {
    if (this.isSame(a, b) && this.isSame(c, d)) {
      this.lineTo(x, y);
      return;
    }
    this.enter(x, y);
    this.hasLine = true;
    if (this.isOutline) {
      const middle = (value) => (Math.floor(value / this.cell) + 0.5) * this.cell;
      this.target.bezierCurveTo(middle(a), middle(b), middle(c), middle(d), middle(x), middle(y));
    } else this.target.bezierCurveTo(a, b, c, d, x, y);
  }
  /** A line ends where it ends, and one that stayed in its cell is still a dot. */
  end() {
    if (this.isBehind && !(this.isOutline && this.hasLine)) this.target.lineTo(this.x, this.y);
    this.isBehind = false;
  }
  /** @param {number} x @param {number} y */
  isSame(x, y) {
    return Math.floor(x / this.cell) === this.column && Math.floor(y / this.cell) === this.row;
  }
  /** @param {number} x @param {number} y */
  enter(x, y) {
    this.column = Math.floor(x / this.cell);
    this.row = Math.floor(y / this.cell);
    this.isBehind = false;
  }
};

// vec2art_nb/ui/viewer_modules/painted_paths.js
var CELL = 0.5;
var WIDEST = 8;
var geometries = /* @__PURE__ */ new WeakMap();
var PaintedPaths = class {
  /** @param {PathLayer} layer @param {Style[]} styles @param {[number, number]} size of the page */
  constructor(layer, styles, size) {
    this.layer = layer;
    this.styles = styles;
    this.size = size;
    const { lookup, traced } = geometryOf(layer);
    this.lookup = lookup;
    this.pieces = pieces(layer, styles).map(({ from, to, style }) => {
      return { from, to, style: styles[style], traced: tracedOf(traced, from, to) };
    });
    this.isLines = this.pieces.every(({ style }) => style.fill === null);
    this.canCover = this.pieces.every(({ style }) => style.opacity === 1 || !style.fill || !hasLine(style));
    this.widest = this.pieces.reduce((widest, { style }) => hasLine(style) ? Math.max(widest, style.width) : widest, 0);
  }
  /** Whether it is drawn with tools of our own. @param {Place} place @param {boolean} isHurried */
  isCovering(place, isHurried) {
    const width = this.widest * place.scale;
    return isHurried && this.canCover && width <= WIDEST && (width > 1 || !this.isLines);
  }
  /** @param {Coverage} coverage @param {Place} place @returns {boolean} whether it is as true as can be */
  cover(coverage, place) {
    const { unit, cell, view, isWhole: isWhole2 } = this.sightOf(place);
    for (const piece of this.pieces) {
      const { style } = piece;
      const width = hasLine(style) ? style.width : 0;
      const window2 = isWhole2 ? null : grown(view, width * this.layer.grid / 2 + 1 / unit);
      if (window2 && !meets(this.boxOf(piece), window2)) continue;
      if (style.fill) {
        const fill = new Fill(coverage, place, unit);
        this.traceSeen(fill, piece, window2);
        fill.end();
        fill.lay(numberOf(style.fill), style.opacity);
      }
      if (style.stroke && width > 0) {
        const pen = new Pen(coverage, place, unit, width * place.scale);
        const sink = cell > 0 ? new Thinned(pen, cell, false) : pen;
        this.traceSeen(sink, piece, window2);
        if (sink instanceof Thinned) sink.end();
        pen.end();
        coverage.lay(numberOf(style.stroke), style.opacity);
      }
    }
    return false;
  }
  /** @param {Context} context @param {Place} place */
  paint(context, place) {
    const { grid } = this.layer;
    const { unit, cell, view, isWhole: isWhole2 } = this.sightOf(place);
    for (const piece of this.pieces) {
      const { style } = piece;
      const margin = hasLine(style) ? style.width * grid / 2 : 0;
      const window2 = isWhole2 ? null : grown(view, margin + 1 / unit);
      const path = this.trace(piece, window2, cell);
      if (!path) continue;
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
      if (style.opacity === 1 || !style.fill || !hasLine(style)) lay(context, 0, 0, style.opacity);
      else paintAside(context, onCanvas(this.boxOf(piece), unit, margin * unit, place), style.opacity, lay);
    }
  }
  /** What the canvas shows, and whether that is all of the page. @param {Place} place */
  sightOf(place) {
    const { grid } = this.layer;
    const unit = place.scale / grid;
    const view = viewOf(place, unit);
    const isWhole2 = contains(view, { left: 0, top: 0, right: this.size[0] * grid, bottom: this.size[1] * grid });
    return { unit, cell: cellOf(unit), view, isWhole: isWhole2 };
  }
  /**
   * A piece as the canvas takes it, without what is out of sight; null where nothing is in sight.
   * @param {Piece} piece @param {Box | null} window in units of the grid, where not all is to be seen @param {number} cell
   */
  trace(piece, window2, cell) {
    const { from, to, style } = piece;
    if (window2 && !meets(this.boxOf(piece), window2)) return null;
    if (!window2 || contains(window2, this.boxOf(piece))) {
      const { traced } = piece;
      const isOutline = style.fill !== null;
      if (!traced.path || traced.cell !== cell || cell > 0 && traced.isOutline !== isOutline) {
        traced.path = new Path2D();
        traced.cell = cell;
        traced.isOutline = isOutline;
        const sink2 = thinned(traced.path, style, cell);
        tracePaths(sink2, this.layer, from, to);
        if (sink2 instanceof Thinned) sink2.end();
      }
      return traced.path;
    }
    const path = new Path2D();
    const sink = thinned(style.fill ? path : new Windowed(path, window2), style, cell);
    this.traceSeen(sink, piece, window2);
    if (sink instanceof Thinned) sink.end();
    return path;
  }
  /** Those paths of a piece that meet a window, if there is one. @param {PathSink} sink @param {Piece} piece @param {Box | null} window */
  traceSeen(sink, { from, to }, window2) {
    const { layer, lookup } = this;
    if (!window2) tracePaths(sink, layer, from, to);
    else for (let path = from; path < to; path += 1) if (lookup.meets(path, window2)) tracePaths(sink, layer, path, path + 1);
  }
  /** @param {Piece} piece */
  boxOf({ from, to, traced }) {
    traced.box ??= this.lookup.box(from, to);
    return traced.box;
  }
  /** @param {number} x @param {number} y @param {number} reach in pixels of the picture @returns {Found | null} */
  find(x, y, reach) {
    const { grid, styles: ofPaths } = this.layer;
    const near = this.lookup.nearest(x * grid, y * grid, reach * grid);
    const filled = this.styles.map((style) => style.fill !== null);
    const path = near?.path ?? this.lookup.around(x * grid, y * grid, (each) => filled[ofPaths[each]]);
    if (path < 0) return null;
    const length = this.lookup.length(path) / grid;
    return { kind: "path", index: path, length, style: this.styles[ofPaths[path]], distance: near ? near.distance / grid : reach };
  }
  /** @param {Place} place @param {NodeSink} sink in pixels of the canvas */
  nodes(place, sink) {
    const unit = place.scale / this.layer.grid;
    const across = (x) => x * unit + place.x;
    const down = (y) => y * unit + place.y;
    const visit = {
      start: (x, y) => sink.start(across(x), down(y)),
      point: (x, y) => sink.point(across(x), down(y)),
      handle: (fromX, fromY, toX, toY) => sink.handle(across(fromX), down(fromY), across(toX), down(toY))
    };
    this.lookup.visitNodes(viewOf(place, unit), visit, () => sink.isFull);
  }
};
function geometryOf(layer) {
  let found = geometries.get(layer);
  if (!found) {
    found = { lookup: new Lookup(layer), traced: /* @__PURE__ */ new Map() };
    geometries.set(layer, found);
  }
  return found;
}
function tracedOf(traced, from, to) {
  let found = traced.get(from);
  if (found?.to !== to) {
    found = { to, path: null, cell: 0, isOutline: false, box: null };
    traced.set(from, found);
  }
  return found;
}
var hasLine = (style) => style.stroke !== null && style.width > 0;
function cellOf(unit) {
  const cell = 2 ** Math.floor(Math.log2(CELL / unit));
  return cell > 1 ? cell : 0;
}
function viewOf({ x, y, width, height }, unit) {
  return { left: -x / unit, top: -y / unit, right: (width - x) / unit, bottom: (height - y) / unit };
}
function thinned(sink, style, cell) {
  return cell > 0 ? new Thinned(sink, cell, style.fill !== null) : sink;
}

// vec2art_nb/ui/viewer_modules/painted_marks.js
var MARKS_PER_PIECE = 100;
var SMALL_MARK = 8;
var FEW_ANGLES = 4;
var PaintedMarks = class {
  /** @param {MarkLayer} layer @param {StampedShape[]} shapes @param {Style[]} styles */
  constructor(layer, shapes, styles) {
    this.layer = layer;
    this.shapes = shapes;
    this.styles = styles;
    this.runs = styleRuns(layer.styles);
    this.colors = styles.map(({ fill }) => fill ? numberOf(fill) : null);
    this.largest = largestRadius(layer);
    this.canStamp = !this.runs.some((run) => hasLine(styles[run.style])) && distinctAngles(layer, shapes, FEW_ANGLES + 1) <= FEW_ANGLES;
  }
  /** @param {Place} place */
  isCovering(place) {
    return this.canStamp && this.largest * place.scale <= SMALL_MARK;
  }
  /** @param {Coverage} coverage @param {Place} place @returns {boolean} whether it is as true as can be */
  cover(coverage, place) {
    for (const { from, to, style } of this.runs) {
      const color = this.colors[style];
      if (color !== null) coverage.paint(this.layer, this.shapes, place, color, this.styles[style].opacity, from, to);
    }
    return true;
  }
  /** @param {Context} context @param {Place} place */
  paint(context, place) {
    for (const run of this.runs) this.paintRun(context, place, run);
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
    const isWhole2 = run.to - run.from <= MARKS_PER_PIECE && !(style.fill && width > 0);
    if (style.opacity === 1 || isWhole2) lay(context, 0, 0, style.opacity);
    else paintAside(context, onCanvas(boxOfMarks(this.layer, run), place.scale, width / 2, place), style.opacity, lay);
  }
  /** @param {number} x @param {number} y @param {number} reach in pixels of the picture @returns {Found | null} */
  find(x, y, reach) {
    const { centers, grid, radii, radiusGrid, styles } = this.layer;
    let found = null;
    let least = reach;
    for (let mark = 0; mark < radii.length; mark += 1) {
      const radius = radii[mark] / radiusGrid;
      const away = Math.max(0, Math.hypot(centers[2 * mark] / grid - x, centers[2 * mark + 1] / grid - y) - radius);
      if (away > least) continue;
      least = away;
      found = { kind: (
        /** @type {const} */
        "mark"
      ), index: mark, length: radius, style: this.styles[styles[mark]], distance: away };
    }
    return found;
  }
  /** The middles of the marks. @param {Place} place @param {NodeSink} sink in pixels of the canvas */
  nodes(place, sink) {
    const { centers, grid, radii } = this.layer;
    const unit = place.scale / grid;
    for (let mark = 0; mark < radii.length && !sink.isFull; mark += 1) {
      const x = centers[2 * mark] * unit + place.x;
      const y = centers[2 * mark + 1] * unit + place.y;
      if (x >= 0 && y >= 0 && x <= place.width && y <= place.height) sink.point(x, y);
    }
  }
};
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

// vec2art_nb/ui/viewer_modules/layers.js
function paintables({ shapes = [], styles, size }, layers) {
  const stamped = shapes.map(({ polygon }) => shapeOf(polygon));
  return layers.map(
    (layer) => layer.kind === "paths" ? new PaintedPaths(layer, styles, size) : new PaintedMarks(layer, stamped, styles)
  );
}
function paintLayers(context, place, layers, isHurried) {
  let isTrue = true;
  for (let at = 0; at < layers.length; ) {
    if (layers[at].isCovering(place, isHurried)) {
      paintCovered(context, place, at === 0, (coverage) => {
        for (; at < layers.length && layers[at].isCovering(place, isHurried); at += 1) {
          if (!layers[at].cover(coverage, place)) isTrue = false;
        }
      });
    } else {
      layers[at].paint(context, place);
      at += 1;
    }
  }
  return isTrue;
}
function findNearest(layers, x, y, reach) {
  let nearest = null;
  for (const layer of layers) {
    const found = layer.find(x, y, reach);
    if (found && (!nearest || found.distance <= nearest.distance)) nearest = found;
  }
  return nearest;
}

// vec2art_nb/ui/viewer_modules/held.js
var HELD_BYTES = 64 << 20;
var HeldBuffers = class {
  constructor(limit = HELD_BYTES) {
    this.limit = limit;
    this.bytes = 0;
    this.buffers = /* @__PURE__ */ new Map();
  }
  get digests() {
    return [...this.buffers.keys()];
  }
  /**
   * The buffers of a frame, and hold them. They are shared by all frames that have them, so nobody may write to them
   * or give them away.
   * @param {BufferEntry[]} entries @param {DataView[]} message
   * @returns {Promise<ArrayBuffer[] | null>} null when one should be held and is not
   */
  async take(entries, message) {
    const come = await Promise.all(entries.map((entry) => entry.at === null ? null : received(entry, message[entry.at])));
    const found = entries.map(({ digest }, i) => {
      const buffer = come[i] ?? this.buffers.get(digest) ?? null;
      if (buffer) this.hold(digest, buffer);
      return buffer;
    });
    for (const [digest, buffer] of this.buffers) {
      if (this.bytes <= this.limit || this.buffers.size <= entries.length) break;
      this.buffers.delete(digest);
      this.bytes -= buffer.byteLength;
    }
    return found.every((buffer) => buffer !== null) ? found : null;
  }
  /** @param {string} digest @param {ArrayBuffer} buffer */
  hold(digest, buffer) {
    if (!this.buffers.delete(digest)) this.bytes += buffer.byteLength;
    this.buffers.set(digest, buffer);
  }
};
async function received({ coding, bytes, word = 1, stride = 0 }, view) {
  if (!view) throw new Error("a frame came without one of its buffers");
  const buffer = coding === "raw" ? copied(view) : unpacked(await inflated(view), word, stride);
  if (buffer.byteLength !== bytes) throw new Error(`a buffer has ${buffer.byteLength} bytes, not ${bytes}`);
  return buffer;
}
function copied(view) {
  return (
    /** @type {ArrayBuffer} */
    view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)
  );
}
function inflated(view) {
  const packed = new Blob([
    /** @type {DataView<ArrayBuffer>} */
    view
  ]).stream();
  return new Response(packed.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
}
function unpacked(packed, word, stride) {
  if (word === 1) return packed;
  const planes = new Uint8Array(packed);
  const numbers2 = word === 2 ? new Uint16Array(packed.byteLength / 2) : new Uint32Array(packed.byteLength / 4);
  const { length } = numbers2;
  for (let i = 0; i < length; i += 1) {
    let number = planes[i] | planes[length + i] << 8;
    if (word === 4) number |= planes[2 * length + i] << 16 | planes[3 * length + i] << 24;
    numbers2[i] = stride && i >= stride ? number + numbers2[i - stride] : number;
  }
  return numbers2.buffer;
}

// vec2art_nb/ui/viewer_modules/wire.js
var FORMAT = 2;
var STYLE_WORDS = 4;
var NO_COLOR = 4294967295;
var Decoder = class {
  constructor(held2 = new HeldBuffers()) {
    this.held = held2;
    this.layers = /* @__PURE__ */ new Map();
  }
  /**
   * A layer that was in the last frame too is the same object.
   * @param {WireHeader} wire @param {DataView[]} message
   * @returns {Promise<Decoded | null>} null when a buffer is not here that should be
   */
  async decode(wire, message) {
    if (wire.format !== FORMAT) throw newer(`frame format ${wire.format}`);
    const buffers = await this.held.take(wire.buffers, message);
    if (!buffers) return null;
    const styles = decodeStyles(wire, buffers);
    const header = { format: wire.format, size: wire.size, background: wire.background, styles, layers: wire.layers };
    if (wire.shapes) header.shapes = wire.shapes;
    const before = this.layers;
    this.layers = /* @__PURE__ */ new Map();
    const layers = wire.layers.map((layer) => {
      const key = keyOf(layer, wire);
      const decoded = before.get(key) ?? this.layers.get(key) ?? decodeLayer(layer, header, buffers);
      this.layers.set(key, decoded);
      return decoded;
    });
    return { header, layers };
  }
};
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
function keyOf(layer, wire) {
  const digests = Object.values(layer.buffers).map((at) => wire.buffers[at]?.digest);
  return JSON.stringify([{ ...layer, buffers: digests }, wire.styles.count, wire.shapes?.length]);
}
function decodeStyles({ styles: { count, buffer } }, buffers) {
  const words = arrayOf("styles", buffers, Uint32Array, buffer, STYLE_WORDS * count);
  const numbers2 = new Float32Array(words.buffer);
  return Array.from({ length: count }, (_, i) => {
    const [stroke, fill] = [words[STYLE_WORDS * i], words[STYLE_WORDS * i + 1]].map(colorOf);
    return { stroke, fill, width: numbers2[STYLE_WORDS * i + 2], opacity: numbers2[STYLE_WORDS * i + 3] };
  });
}
function colorOf(color) {
  return color === NO_COLOR ? null : `#${color.toString(16).padStart(6, "0")}`;
}
function decodeLayer(layer, header, buffers) {
  if (layer.kind === "paths") return decodePaths(layer, header.styles.length, buffers);
  if (layer.kind === "marks") return decodeMarks(layer, header, buffers);
  throw newer(`a layer of ${/** @type {{kind: string}} */
  layer.kind}`);
}
function decodePaths({ name, paths, points, grid, union = false, wide, buffers: at }, styles, buffers) {
  return {
    kind: "paths",
    grid,
    points: coordinates(name, buffers, wide, at.points, points),
    codes: arrayOf(name, buffers, Uint8Array, at.codes, points),
    offsets: arrayOf(name, buffers, Uint32Array, at.offsets, paths + 1),
    styles: within(name, arrayOf(name, buffers, Uint16Array, at.styles, paths), styles, "style"),
    closed: arrayOf(name, buffers, Uint8Array, at.closed, paths),
    union
  };
}
function decodeMarks({ name, marks, grid, radius_grid: radiusGrid, wide, buffers: at }, header, buffers) {
  const shapes = arrayOf(name, buffers, Uint8Array, at.shapes, marks);
  return {
    kind: "marks",
    grid,
    radiusGrid,
    shapes: within(name, shapes, header.shapes?.length ?? 0, "shape"),
    centers: coordinates(name, buffers, wide, at.centers, marks),
    radii: arrayOf(name, buffers, Uint16Array, at.radii, marks),
    angles: arrayOf(name, buffers, Int16Array, at.angles, marks),
    styles: within(name, arrayOf(name, buffers, Uint16Array, at.styles, marks), header.styles.length, "style")
  };
}
function coordinates(layer, buffers, wide, index, count) {
  return wide ? arrayOf(layer, buffers, Int32Array, index, 2 * count) : arrayOf(layer, buffers, Int16Array, index, 2 * count);
}
function newer(what) {
  return new Error(`${what} is newer than this viewer: reload the page`);
}
function arrayOf(layer, buffers, kind, index, length) {
  const buffer = buffers[index];
  const wanted = length * kind.BYTES_PER_ELEMENT;
  if (buffer?.byteLength !== wanted) {
    throw new Error(`layer ${layer}: buffer ${index} has ${buffer?.byteLength ?? "no"} bytes, not ${wanted}`);
  }
  return new kind(buffer);
}
function within(layer, indices, count, what) {
  for (let i = 0; i < indices.length; i += 1) {
    if (indices[i] >= count) throw new Error(`layer ${layer}: ${what} ${indices[i]} is used, but there are ${count}`);
  }
  return indices;
}

// vec2art_nb/ui/viewer_modules/connection.js
function replaces(frame, shown) {
  if (!shown || frame.generation !== shown.generation) return !shown || frame.generation > shown.generation;
  return frame.scale >= shown.scale;
}
var Connection = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.decoder = new Decoder();
    this.views = /* @__PURE__ */ new Set();
    this.frame = null;
    this.source = null;
    this.sourceDigest = "";
    this.wanted = -1;
    this.failure = { generation: -1, text: "" };
    this.unpainted = null;
    this.pixelsPerPx = 0;
    this.isDead = false;
    this.received = Promise.resolve();
    model.on("msg:custom", (message, buffers) => void this.receive(message, buffers));
    model.widget_manager?.kernel?.statusChanged?.connect((_, status) => {
      this.isDead ||= status === "dead" || status === "terminating";
      this.views.forEach((view) => view.checkLive());
    });
  }
  /** @param {Message} message @param {DataView[]} buffers */
  receive(message, buffers) {
    const at = performance.now();
    if (message.type === "source") return this.receiveSource(message.mime, message.digest, buffers[0]);
    const done = this.received.then(async () => {
      if (message.type === "frame") await this.receiveFrame(message, buffers, at);
      else if (message.type === "working") this.wanted = Math.max(this.wanted, message.generation);
      else this.receiveFailure(message.generation, message.text);
      this.tell();
    });
    this.received = done.catch(() => void 0);
    return done;
  }
  tell() {
    this.views.forEach((view) => view.tell());
  }
  ready() {
    const source = this.source ? this.sourceDigest : "";
    this.model.send({ type: "ready", source, held: this.decoder.held.digests });
  }
  /** @param {number} generation @param {string} text */
  receiveFailure(generation, text) {
    if (generation >= this.failure.generation) this.failure = { generation, text };
  }
  /** @param {FrameMessage} message @param {DataView[]} buffers @param {number} at */
  async receiveFrame(message, buffers, at) {
    const { number, generation } = message;
    try {
      const decoded = await this.decoder.decode(message.header, buffers);
      if (!decoded) {
        this.model.send({ type: "ack", number, milliseconds: performance.now() - at, missing: true });
        return;
      }
      if (replaces(message, this.frame)) {
        const { header, layers } = decoded;
        this.frame = { ...message, header, ...totals(header), layers: paintables(header, layers) };
        this.unpainted = { number, at };
        this.views.forEach((view) => view.schedule());
        if (document.hidden || this.views.size === 0) this.acknowledge();
        return;
      }
    } catch (error) {
      this.receiveFailure(generation, error instanceof Error ? error.message : String(error));
    }
    this.model.send({ type: "ack", number, milliseconds: performance.now() - at });
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
  /**
   * A view has painted: the kernel may send the next frame, no finer than what is looked at needs. Each message to the
   * kernel costs the page some milliseconds, so controls that have one to send may take this along with it.
   * @param {EventTarget} [root] of the view
   */
  acknowledge(root) {
    if (this.unpainted) {
      const { number, at } = this.unpainted;
      this.unpainted = null;
      const detail = { number, milliseconds: performance.now() - at };
      const offer = new CustomEvent("v2a-painted", { bubbles: true, cancelable: true, detail });
      if (root?.dispatchEvent(offer) ?? true) this.model.send({ type: "ack", ...detail });
    }
    const scale = Math.max(0, ...[...this.views].map((view) => view.transform.scale)) * window.devicePixelRatio;
    const coarse = scale > 0 ? 2 ** Math.ceil(Math.log2(scale)) : 0;
    if (coarse > 0 && coarse !== this.pixelsPerPx) {
      this.pixelsPerPx = coarse;
      this.model.send({ type: "view", pixels_per_px: coarse });
    }
  }
  /** Whether the newest drawing could not be had. */
  get hasFailed() {
    const { generation } = this.failure;
    if (generation < 0 || generation < this.wanted) return false;
    const { frame } = this;
    return !frame || generation > frame.generation || generation === frame.generation && !frame.exact;
  }
  /** Why the newest drawing can't be shown, unless that is said elsewhere. */
  get complaint() {
    return this.hasFailed ? this.failure.text : "";
  }
  /** @returns {State} */
  get state() {
    if (this.hasFailed) return "failed";
    return this.wanted > (this.frame?.generation ?? -1) ? "working" : "settled";
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
  const { canvas, handle, stage } = view.parts;
  canvas.addEventListener("dblclick", () => view.fit(), { signal });
  canvas.addEventListener("keydown", (event) => moveByKey(view, event), { signal });
  const slide = (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = stage.getBoundingClientRect();
    view.setWipe((event.clientX - box.left) / box.width);
  };
  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId), { signal });
  handle.addEventListener("pointermove", slide, { signal });
  handle.addEventListener("keydown", (event) => wipeByKey(view, event), { signal });
}
function listenToPointers(view, options) {
  const { canvas } = view.parts;
  const pointers = /* @__PURE__ */ new Map();
  const press = (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
  };
  const follow = (event) => {
    const before = pointers.get(event.pointerId);
    if (event.pointerType !== "touch") view.point(before ? null : view.locate(event));
    if (!before) return;
    drag(view, before, event, [...pointers.values()].find((other) => other.pointerId !== event.pointerId));
    pointers.set(event.pointerId, event);
  };
  canvas.addEventListener("pointerdown", press, options);
  canvas.addEventListener("pointermove", follow, options);
  canvas.addEventListener("pointerleave", () => view.point(null), options);
  canvas.addEventListener("lostpointercapture", (event) => pointers.delete(event.pointerId), options);
}
function listenToWheel(view, signal) {
  const { stage } = view.parts;
  let scrolledAt = -Infinity;
  const scroll = (event) => {
    const isScrolling = event.timeStamp - scrolledAt < SCROLL_MS;
    if (isScrolling || !(event.target instanceof Node && stage.contains(event.target))) scrolledAt = event.timeStamp;
  };
  const wheel = (event) => {
    if (event.timeStamp === scrolledAt) return;
    event.preventDefault();
    const { x, y } = view.locate(event);
    view.move(zoomed(view.transform, x, y, Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 18e-4))));
  };
  window.addEventListener("wheel", scroll, { signal, capture: true, passive: true });
  stage.addEventListener("wheel", wheel, { signal, passive: false });
}
function drag(view, before, now, other) {
  if (!other) {
    const { scale, x, y } = view.transform;
    view.move({ scale, x: x + now.clientX - before.clientX, y: y + now.clientY - before.clientY });
    return;
  }
  const still = view.locate(other);
  const apart = (event) => Math.max(1, Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY));
  view.move(zoomed(view.transform, still.x, still.y, apart(now) / apart(before)));
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
    ArrowDown: () => view.move({ scale, x, y: y - REACH }),
    c: () => view.compareNext(1),
    C: () => view.compareNext(-1),
    n: () => view.toggleNodes(),
    "[": () => view.blend(-0.05),
    "]": () => view.blend(0.05)
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

// vec2art_nb/ui/viewer_modules/panes.js
var WAYS = [
  ["wipe", "Wipe"],
  ["side", "Side by side"],
  ["onion", "Onion skin"],
  ["difference", "Difference"]
];
function panesOf(way, canvas, picture, gap) {
  const { width, height } = canvas;
  if (way !== "side") return [{ x: 0, y: 0, width, height }];
  const beside = { width: Math.max(1, Math.floor((width - gap) / 2)), height };
  const above = { width, height: Math.max(1, Math.floor((height - gap) / 2)) };
  if (fitted(picture, beside).scale >= fitted(picture, above).scale) {
    return [{ x: 0, y: 0, ...beside }, { x: width - beside.width, y: 0, ...beside }];
  }
  return [{ x: 0, y: 0, ...above }, { x: 0, y: height - above.height, ...above }];
}
function paneAt(panes, x, y) {
  return panes.findLast((pane) => pane.x <= x && pane.y <= y) ?? panes[0];
}
function nextWay(way, step) {
  const turn = ["none", ...WAYS.map(([name]) => name)];
  return turn[(turn.indexOf(way) + step + turn.length) % turn.length];
}

// vec2art_nb/ui/viewer_modules/parts.js
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
var button = (text, title) => element("button", { type: "button", title }, text);
function buildParts(readout) {
  const keys = "0 1 + - c Shift+C n [ ]";
  const canvas = element("canvas", { class: "v2a-canvas", tabindex: "0", role: "img", "aria-keyshortcuts": keys });
  const range = { "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": "Wipe between source and drawing" };
  const handle = element("div", { class: "v2a-wipe", role: "slider", tabindex: "0", ...range });
  const captions = [element("span"), element("span")];
  const caption = element("div", { class: "v2a-captions", "aria-hidden": "true" }, ...captions);
  const hint = element("div", { class: "v2a-hint", role: "status", hidden: "" });
  const gone = element("div", { class: "v2a-gone", role: "alert", hidden: "" });
  const stage = element("div", { class: "v2a-stage" }, canvas, caption, handle, hint, readout, gone);
  const compare = button("Compare", "Compare source and drawing (c: next way)");
  const options = WAYS.map(([value, text]) => element("option", { value }, text));
  const way = element("select", { class: "v2a-way", "aria-label": "Way of comparing", title: "Way of comparing (c)" }, ...options);
  const onion = element("input", {
    ...{ class: "v2a-onion", type: "range", min: "0", max: "100", hidden: "" },
    ...{ "aria-label": "How much the drawing covers the source, percent", title: "Source … drawing ([ and ])" }
  });
  const nodes = button("Nodes", "Show the points of the drawing (n)");
  const fit = button("Fit", "Fit the picture into the view (0, double click)");
  const one = button("1:1", "One picture pixel to one screen pixel (1)");
  const comparing = element("div", { class: "v2a-group v2a-comparing", role: "group", "aria-label": "Compare" }, compare, way, onion);
  const places = element("div", { class: "v2a-group" }, nodes, fit, one);
  const group = element("div", { class: "v2a-group v2a-viewing" }, comparing, places);
  const status = element("span", { class: "v2a-status" });
  const zoom = element("span", { class: "v2a-zoom" });
  const note = element("div", { class: "v2a-note", role: "status" });
  const footer = element("div", { class: "v2a-footer" }, status, zoom, group, note);
  const root = element("div", { class: "v2a-root" }, stage, footer);
  return { root, stage, canvas, captions, handle, hint, gone, status, zoom, note, compare, way, onion, nodes, fit, one };
}

// vec2art_nb/ui/viewer_modules/readout.js
function describeFound({ kind, index, length, style }) {
  const size = length >= 100 ? Math.round(length) : length.toFixed(1);
  const pen = style.stroke && style.width > 0 ? `, ${Number(style.width.toFixed(2))} px wide` : "";
  return kind === "mark" ? `mark ${index}, radius ${size} px` : `path ${index}, ${size} px long${pen}`;
}
var Readout = class {
  constructor() {
    this.place = element("span");
    this.color = element("span");
    this.path = element("span");
    this.root = element("div", { class: "v2a-readout", "aria-hidden": "true", hidden: "" }, this.place, this.color, this.path);
    this.sample = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  }
  hide() {
    this.root.hidden = true;
  }
  /**
   * @param {{x: number, y: number}} point of the picture @param {number} reach how far a path may be off
   * @param {Size} picture @param {Frame | null} frame @param {ImageBitmap | null} source
   */
  show({ x, y }, reach, picture, frame, source) {
    const isInside = x >= 0 && y >= 0 && x < picture.width && y < picture.height;
    this.root.hidden = !isInside;
    if (!isInside) return;
    this.place.textContent = `x ${Math.floor(x)}, y ${Math.floor(y)}`;
    const color = source && this.colorAt(source, x / picture.width, y / picture.height);
    say(this.color, color, color ? `source ${color}` : "");
    const found = frame && findNearest(frame.layers, x, y, reach);
    say(this.path, found && (found.style.stroke ?? found.style.fill), found ? describeFound(found) : "");
  }
  /** @param {ImageBitmap} source @param {number} across 0 … 1 @param {number} down */
  colorAt(source, across, down) {
    const { sample } = this;
    if (!sample) return null;
    sample.clearRect(0, 0, 1, 1);
    sample.drawImage(source, Math.floor(across * source.width), Math.floor(down * source.height), 1, 1, 0, 0, 1, 1);
    const [red, green, blue] = sample.getImageData(0, 0, 1, 1).data;
    return `#${(red << 16 | green << 8 | blue).toString(16).padStart(6, "0")}`;
  }
};
function say(part, color, text) {
  part.textContent = text;
  part.hidden = text === "";
  part.style.setProperty("--v2a-swatch", color ?? "transparent");
}

// vec2art_nb/ui/viewer_modules/page.js
var SIDE = 64;
function pageOf({ transform: { scale, x, y }, picture, ratio }) {
  return [x * ratio, y * ratio, picture.width * scale * ratio, picture.height * scale * ratio];
}
function onPane([x, y, width, height], pane) {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return { left, top, width: Math.min(pane.width, x + width) - left, height: Math.min(pane.height, y + height) - top };
}
var checks = null;
function paintChecks(context, x, y, width, height) {
  checks ??= checked(context);
  context.fillStyle = checks ?? "#ffffff";
  context.fillRect(x, y, width, height);
}
function checked(context) {
  const tile = new OffscreenCanvas(16, 16);
  const on = tile.getContext("2d");
  if (!on) return null;
  on.fillStyle = "#ffffff";
  on.fillRect(0, 0, 16, 16);
  on.fillStyle = "#e4e4e8";
  on.fillRect(0, 0, 8, 8);
  on.fillRect(8, 8, 8, 8);
  return context.createPattern(tile, "repeat");
}
var small = null;
function meanOf(canvas, { left, top, width, height }) {
  small ??= new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
  if (!small || width <= 0 || height <= 0) return NaN;
  small.imageSmoothingQuality = "high";
  small.drawImage(canvas, left, top, width, height, 0, 0, SIDE, SIDE);
  const { data } = small.getImageData(0, 0, SIDE, SIDE);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += data[i] + data[i + 1] + data[i + 2];
  return sum / (255 * 3 * SIDE * SIDE);
}

// vec2art_nb/ui/viewer_modules/ink.js
var SLOW_DRAWING_MS = 30;
var HURRY_MS = 3;
var Ink = class {
  constructor() {
    this.shown = blank();
    this.overview = blank();
    this.costPerItem = 0;
  }
  /** Paint the frame as it is in sight, if need be. @param {Frame} frame @param {Sight} sight @returns {boolean} whether it was sharp and new, and so tells what painting costs */
  paint(frame, sight) {
    const { isMoving, ratio, transform } = sight;
    const isSlow = this.isSlow(frame);
    const isHurried = !sight.isAtRest && this.costOf(frame) > HURRY_MS;
    const density = isSlow && !frame.exact ? Math.min(1, ratio) : ratio;
    const { shown } = this;
    const width = Math.max(1, Math.ceil(sight.pane.width * density / ratio));
    const height = Math.max(1, Math.ceil(sight.pane.height * density / ratio));
    const isSameSize = shown.canvas.width === width && shown.canvas.height === height;
    if (shown.frame === frame && isSameSize && shown.density === density) {
      if (isSame(shown.transform, transform) && (shown.isTrue || isHurried)) return false;
      if (isMoving && isSlow && this.covers(frame, sight)) return false;
    }
    if (isSlow && shown.frame === frame && isWhole(shown, sight)) {
      this.shown = this.overview;
      this.overview = shown;
    }
    const { canvas } = this.shown;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d");
    if (!context) return false;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.lineCap = "round";
    context.lineJoin = "round";
    const place = placeOf(transform, { width, height }, density);
    const isTrue = paintLayers(context, place, frame.layers, isHurried);
    this.shown = { canvas, frame, transform: { ...transform }, density, isTrue };
    return density === ratio && isTrue;
  }
  /** Remember what the last painting took. @param {Frame} frame @param {number} milliseconds */
  learn(frame, milliseconds) {
    this.costPerItem = milliseconds / Math.max(1, frame.points + frame.marks);
  }
  /** Milliseconds that a true one would take. @param {Frame} frame */
  costOf(frame) {
    return this.costPerItem * (frame.points + frame.marks);
  }
  /** @param {Frame} frame */
  isSlow(frame) {
    return this.costOf(frame) > SLOW_DRAWING_MS;
  }
  /** Whether all that is in sight is on one of the canvases. @param {Frame} frame @param {Sight} sight */
  covers(frame, sight) {
    if (this.overview.frame === frame) return true;
    const page = onPane(pageOf(sight), sight.pane);
    const at = laid(this.shown, sight);
    return isWhole(this.shown, sight) || at.x <= page.left + 0.5 && at.y <= page.top + 0.5 && at.x + at.width >= page.left + page.width - 0.5 && at.y + at.height >= page.top + page.height - 0.5;
  }
  /** Lay it where it is in sight now. @param {CanvasRenderingContext2D} context @param {Sight} sight */
  lay(context, sight) {
    const { shown, overview } = this;
    const { x, y, width, height } = laid(shown, sight);
    if (overview.frame !== shown.frame || isSame(shown.transform, sight.transform)) {
      context.drawImage(shown.canvas, x, y, width, height);
      return;
    }
    const below = laid(overview, sight);
    for (
      const [{ canvas }, at, rule] of
      /** @type {const} */
      [[overview, below, "evenodd"], [shown, { x, y, width, height }, "nonzero"]]
    ) {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      if (rule === "evenodd") context.rect(-1e6, -1e6, 2e6, 2e6);
      context.clip(rule);
      context.drawImage(canvas, at.x, at.y, at.width, at.height);
      context.restore();
    }
  }
};
function blank() {
  return { canvas: document.createElement("canvas"), frame: null, transform: { scale: 1, x: 0, y: 0 }, density: 1, isTrue: true };
}
var isSame = (one, other) => one.scale === other.scale && one.x === other.x && one.y === other.y;
function placeOf({ scale, x, y }, { width, height }, density) {
  return { scale: scale * density, x: x * density, y: y * density, width, height };
}
function isWhole({ canvas, transform: { scale, x, y }, density }, { picture }) {
  const right = (x + picture.width * scale) * density;
  const bottom = (y + picture.height * scale) * density;
  return x >= -0.5 && y >= -0.5 && right <= canvas.width + 0.5 && bottom <= canvas.height + 0.5;
}
function laid({ canvas, transform: from, density }, { transform: to, ratio }) {
  const larger = to.scale / from.scale * ratio / density;
  return {
    x: to.x * ratio - from.x * density * larger,
    y: to.y * ratio - from.y * density * larger,
    width: canvas.width * larger,
    height: canvas.height * larger
  };
}

// vec2art_nb/ui/viewer_modules/nodes.js
var ROOM = 260;
var MOST2 = 3e3;
var POINT = 4;
var START = 7;
var Nodes = class {
  /** @param {number} most @param {number} ratio */
  constructor(most, ratio) {
    this.most = most;
    this.ratio = ratio;
    this.count = 0;
    this.points = new Path2D();
    this.starts = new Path2D();
    this.handles = new Path2D();
  }
  get isFull() {
    return this.count > this.most;
  }
  /** @param {number} x @param {number} y */
  point(x, y) {
    const side = POINT * this.ratio;
    this.points.rect(x - side / 2, y - side / 2, side, side);
    this.count += 1;
  }
  /** @param {number} x @param {number} y */
  start(x, y) {
    const reach = START * this.ratio / 2;
    this.starts.moveTo(x, y - reach);
    this.starts.lineTo(x + reach, y);
    this.starts.lineTo(x, y + reach);
    this.starts.lineTo(x - reach, y);
    this.starts.closePath();
    this.count += 1;
  }
  /** @param {number} fromX @param {number} fromY @param {number} toX @param {number} toY */
  handle(fromX, fromY, toX, toY) {
    const radius = 2 * this.ratio;
    this.handles.moveTo(fromX, fromY);
    this.handles.lineTo(toX, toY);
    this.handles.moveTo(toX + radius, toY);
    this.handles.arc(toX, toY, radius, 0, 2 * Math.PI);
  }
};
function paintNodes(context, layers, place, ratio) {
  const nodes = new Nodes(Math.min(MOST2, place.width * place.height / (ROOM * ratio * ratio)), ratio);
  for (const layer of layers) layer.nodes(place, nodes);
  if (nodes.isFull) return -1;
  context.globalAlpha = 1;
  context.lineJoin = "round";
  context.strokeStyle = "#ffffff";
  context.lineWidth = 3 * ratio;
  for (const path of [nodes.handles, nodes.points, nodes.starts]) context.stroke(path);
  context.strokeStyle = "#8e24aa";
  context.lineWidth = ratio;
  context.stroke(nodes.handles);
  context.fillStyle = "#1565c0";
  context.fill(nodes.points);
  context.fillStyle = "#e65100";
  context.fill(nodes.starts);
  return nodes.count;
}

// vec2art_nb/ui/viewer_modules/sheet.js
var CLOSE_UP = 4;
var REST_MS = 120;
var Sheet = class {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.ink = new Ink();
    this.flat = document.createElement("canvas");
    this.rest = 0;
  }
  /** What was painted in a hurry is painted truly at rest. @param {Scene} scene @returns {Told} */
  paint(scene) {
    clearTimeout(this.rest);
    const told = this.lay(scene);
    const { isTrue } = this.ink.shown;
    if (!isTrue) this.rest = window.setTimeout(() => this.paint({ ...scene, isAtRest: true }), REST_MS);
    this.canvas.dataset.sharp = String(isTrue);
    return told;
  }
  /** @param {Scene} scene @returns {Told} */
  lay(scene) {
    const { canvas, ink } = this;
    const told = { nodes: 0, difference: NaN };
    const context = canvas.getContext("2d");
    if (!context) return told;
    const { frame, panes, way, source } = scene;
    const [pane] = panes;
    const last = panes[panes.length - 1];
    const sight = { ...scene, pane };
    const start = performance.now();
    const isTelling = frame !== null && ink.paint(frame, sight);
    resize(canvas, scene.canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const isLaid = (way === "onion" || way === "difference") && source !== null;
    const edge = way === "wipe" ? pane.width * scene.wipe : 0;
    const isAll = !frame || isLaid || way === "side";
    clipped(context, scene, pane, 0, isAll ? pane.width : edge, () => paintSource(context, scene));
    if (!frame) return told;
    if (isLaid) this.flatten(scene, frame);
    clipped(context, scene, last, edge, pane.width, () => {
      if (!isLaid) this.paintDrawing(context, scene, frame);
      else {
        if (way === "onion") context.globalAlpha = scene.onion;
        else context.globalCompositeOperation = "difference";
        context.drawImage(this.flat, 0, 0);
      }
    });
    if (isTelling) ink.learn(frame, performance.now() - start);
    if (isLaid && way === "difference") told.difference = meanOf(canvas, onPane(pageOf(scene), pane));
    if (scene.hasNodes) {
      clipped(context, scene, last, edge, pane.width, () => {
        told.nodes = paintNodes(context, frame.layers, placeOf(scene.transform, pane, scene.ratio), scene.ratio);
      });
    }
    return told;
  }
  /** @param {Scene} scene @param {Frame} frame */
  flatten(scene, frame) {
    const [pane] = scene.panes;
    resize(this.flat, pane);
    const context = this.flat.getContext("2d");
    if (context) clipped(context, scene, pane, 0, pane.width, () => this.paintDrawing(context, scene, frame));
  }
  /** The page with the drawing on it. @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Frame} frame */
  paintDrawing(context, scene, frame) {
    const [x, y, width, height] = pageOf(scene);
    if (frame.header.background) {
      context.fillStyle = frame.header.background;
      context.fillRect(x, y, width, height);
    } else paintChecks(context, x, y, width, height);
    this.ink.lay(context, { ...scene, pane: scene.panes[0] });
  }
};
function paintSource(context, scene) {
  const [x, y, width, height] = pageOf(scene);
  paintChecks(context, x, y, width, height);
  context.imageSmoothingEnabled = scene.transform.scale * scene.ratio < CLOSE_UP;
  context.imageSmoothingQuality = "high";
  if (scene.source) context.drawImage(scene.source, x, y, width, height);
}
function resize(canvas, { width, height }) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
function clipped(context, scene, pane, from, to, paint) {
  const seen = onPane(pageOf(scene), pane);
  const left = Math.max(from, seen.left);
  const width = Math.min(to, seen.left + seen.width) - left;
  if (width <= 0 || seen.height <= 0) return;
  context.save();
  context.setTransform(1, 0, 0, 1, pane.x, pane.y);
  context.beginPath();
  context.rect(left, seen.top, width, seen.height);
  context.clip();
  paint();
  context.restore();
}

// vec2art_nb/ui/viewer_modules/captions.js
function captionsOf(way, onion, difference) {
  if (way === "none") return ["", ""];
  if (way === "onion") return ["source", `drawing ${percent(onion)}`];
  if (way !== "difference") return ["source", "drawing"];
  return ["", Number.isNaN(difference) ? "no source to compare with" : `difference ${percent(difference)}, black where equal`];
}
function hintOf(nodes) {
  return nodes < 0 ? "zoom in to see the points" : "";
}
function percent(share) {
  return `${Math.round(share * 100)} %`;
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
var numbers = new Intl.NumberFormat("en-US");
function counted(count, noun) {
  return `${numbers.format(count)} ${noun}${count === 1 ? "" : "s"}`;
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
  if (state === "busy") return ["the kernel is busy…", ...facts].join(" · ");
  if (state === "failed") {
    return [`failed; this is ${shown.exact ? "the drawing before" : "a preview"}`, ...facts].join(" · ");
  }
  const made2 = shown.exact ? "exact" : `preview ${Math.round(100 * shown.scale)} %`;
  const frame = `${formatBytes(shown.bytes)} frame`;
  return [made2, ...facts, frame, formatTime(shown.milliseconds)].join(" · ");
}

// vec2art_nb/ui/viewer_modules/telling.js
var NEAR = 12;
function tell(view) {
  const { parts, shownWay: way, wipe, told, transform } = view;
  const { frame, complaint } = view.connection;
  const { state } = view;
  parts.compare.setAttribute("aria-pressed", String(view.isComparing));
  parts.nodes.setAttribute("aria-pressed", String(view.hasNodes));
  parts.way.value = view.way;
  parts.onion.hidden = way !== "onion";
  parts.onion.valueAsNumber = Math.round(view.onion * 100);
  parts.handle.hidden = way !== "wipe" || !frame;
  parts.handle.style.left = `${wipe * 100}%`;
  parts.handle.setAttribute("aria-valuenow", String(Math.round(wipe * 100)));
  parts.handle.setAttribute("aria-valuetext", `source ${percent(wipe)}, drawing ${percent(1 - wipe)}`);
  const isAbove = view.panes.length > 1 && view.panes[1].x === 0;
  captionsOf(way, view.onion, told.difference).forEach((text, i) => {
    say2(parts.captions[i], frame ? text : "");
    parts.captions[i].style.top = isAbove && i > 0 ? "50%" : "0";
  });
  say2(parts.hint, hintOf(told.nodes));
  parts.hint.hidden = parts.hint.textContent === "";
  parts.stage.style.setProperty("--v2a-aspect", String(view.picture.width / view.picture.height));
  const counts = frame ? contents(frame).join(", ") : "not there yet";
  parts.canvas.setAttribute("aria-label", `Drawing of ${view.model.get("name")}: ${counts}`);
  Object.assign(parts.root.dataset, { state, way, nodes: told.nodes });
  say2(parts.status, statusText(frame, state));
  say2(parts.note, complaint || (frame?.notes.join(" ") ?? ""));
  say2(parts.zoom, percent(transform.scale * view.ratio));
  tellPointed(view);
}
function say2(part, text) {
  if (part.textContent !== text) part.textContent = text;
}
function tellPointed({ pointed, transform, room, readout, picture, connection }) {
  const { scale } = transform;
  if (!pointed) return readout.hide();
  const point = { x: (pointed.x - transform.x) / scale, y: (pointed.y - transform.y) / scale };
  readout.show(point, NEAR / scale, picture, connection.frame, connection.source);
  readout.root.classList.toggle("v2a-away", pointed.y > room.height - 60 && pointed.x < room.width / 2);
}

// vec2art_nb/ui/viewer_modules/view.js
var REST_MS2 = 140;
var GAP = 2;
var View = class {
  /** @param {Connection} connection @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(connection, el, signal) {
    this.connection = connection;
    this.model = connection.model;
    this.el = el;
    this.signal = signal;
    this.transform = { scale: 1, x: 0, y: 0 };
    this.canvas = { width: 0, height: 0 };
    this.ratio = 1;
    this.panes = [];
    this.room = { width: 0, height: 0 };
    this.isFitted = true;
    this.isMoving = false;
    this.isLive = true;
    this.isKernelBusy = false;
    this.isComparing = true;
    this.way = "wipe";
    this.wipe = 0.5;
    this.onion = 0.5;
    this.hasNodes = false;
    this.told = { nodes: 0, difference: NaN };
    this.pointed = null;
    this.animation = 0;
    this.rest = 0;
    this.studio = null;
    this.marked = new MutationObserver(() => this.checkLive());
    this.readout = new Readout();
    this.parts = buildParts(this.readout.root);
    this.sheet = new Sheet(this.parts.canvas);
    el.append(this.parts.root);
    listenToGestures(this, signal);
    this.listenToFooter();
    this.listenToSurroundings();
    this.tell();
  }
  listenToFooter() {
    const { parts, signal } = this;
    const { compare, way, onion, nodes, fit, one } = parts;
    compare.addEventListener("click", () => this.compare(this.isComparing ? "none" : this.way), { signal });
    way.addEventListener("change", () => this.compare(
      /** @type {Way} */
      way.value
    ), { signal });
    onion.addEventListener("input", () => this.blend(onion.valueAsNumber / 100 - this.onion), { signal });
    nodes.addEventListener("click", () => this.toggleNodes(), { signal });
    fit.addEventListener("click", () => this.fit(), { signal });
    one.addEventListener("click", () => this.oneToOne(), { signal });
  }
  listenToSurroundings() {
    const { signal } = this;
    const resized = new ResizeObserver(([entry]) => this.resize(entry));
    try {
      resized.observe(this.parts.canvas, { box: "device-pixel-content-box" });
    } catch {
      resized.observe(this.parts.canvas);
    }
    const seen = new IntersectionObserver(() => this.schedule());
    seen.observe(this.parts.stage);
    document.addEventListener("visibilitychange", () => this.schedule(), { signal });
    window.addEventListener("resize", () => this.schedule(), { signal });
    signal.addEventListener("abort", () => {
      resized.disconnect();
      seen.disconnect();
      cancelAnimationFrame(this.animation);
      clearTimeout(this.rest);
      clearTimeout(this.sheet.rest);
      this.marked.disconnect();
      this.parts.root.remove();
    });
  }
  /** @param {HTMLElement} studio */
  listenToStudio(studio) {
    this.marked.observe(studio, { attributes: true, attributeFilter: ["class"] });
    studio.addEventListener("v2a-busy", (event) => {
      this.isKernelBusy = event instanceof CustomEvent && event.detail === true;
      this.tell();
    }, { signal: this.signal });
  }
  /** @returns {State} */
  get state() {
    if (!this.isLive) return "gone";
    const { state } = this.connection;
    return state === "settled" && this.isKernelBusy ? "busy" : state;
  }
  /** @returns {Size} */
  get picture() {
    return { width: this.model.get("width"), height: this.model.get("height") };
  }
  /** How it is compared now. @returns {Way} */
  get shownWay() {
    return this.isComparing ? this.way : "none";
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
    }, REST_MS2);
    this.schedule();
  }
  fit() {
    this.isFitted = true;
    this.schedule();
  }
  oneToOne() {
    const { ratio } = this;
    const { scale, x, y } = centred(this.picture, this.room, 1 / ratio);
    this.move({ scale, x: Math.round(x * ratio) / ratio, y: Math.round(y * ratio) / ratio });
  }
  /** From the window to the pane that lies there. @param {Point} event */
  locate({ x, y }) {
    const box = this.parts.canvas.getBoundingClientRect();
    const { ratio } = this;
    const pane = paneAt(this.panes, (x - box.left) * ratio, (y - box.top) * ratio);
    return { x: x - box.left - (pane?.x ?? 0) / ratio, y: y - box.top - (pane?.y ?? 0) / ratio };
  }
  // --- comparing ---
  /** @param {Way} way */
  compare(way) {
    this.isComparing = way !== "none";
    if (this.isComparing) this.way = way;
    this.layOut();
    this.schedule();
  }
  /** @param {number} step */
  compareNext(step) {
    this.compare(nextWay(this.shownWay, step));
  }
  /** @param {number} wipe */
  setWipe(wipe) {
    this.wipe = Math.min(1, Math.max(0, wipe));
    this.schedule();
  }
  /** More of the drawing, or less. @param {number} step */
  blend(step) {
    if (this.way === "wipe") this.wipe = Math.min(1, Math.max(0, this.wipe - step));
    else this.onion = Math.min(1, Math.max(0, this.onion + step));
    this.schedule();
  }
  toggleNodes() {
    this.hasNodes = !this.hasNodes;
    this.schedule();
  }
  /** @param {Point | null} at */
  point(at) {
    this.pointed = at;
    tellPointed(this);
  }
  // --- painting ---
  /** @param {ResizeObserverEntry} entry */
  resize({ contentRect, devicePixelContentBoxSize }) {
    if (!this.studio) {
      this.studio = this.el.closest(".v2a-studio");
      if (this.studio) this.listenToStudio(this.studio);
      this.checkLive();
    }
    const ratio = window.devicePixelRatio;
    const width = Math.round(contentRect.width * ratio);
    const height = Math.round(contentRect.height * ratio);
    const [pixels] = devicePixelContentBoxSize ?? [];
    const isTrue = pixels && Math.abs(pixels.inlineSize - width) < 2 && Math.abs(pixels.blockSize - height) < 2;
    this.canvas = isTrue ? { width: pixels.inlineSize, height: pixels.blockSize } : { width, height };
    this.layOut();
    this.paint();
    this.tell();
  }
  /** Divide the canvas into panes; what was in the middle stays there. */
  layOut() {
    const before = this.room;
    this.ratio = window.devicePixelRatio;
    this.panes = panesOf(this.shownWay, this.canvas, this.picture, Math.round(GAP * this.ratio));
    this.room = { width: this.panes[0].width / this.ratio, height: this.panes[0].height / this.ratio };
    this.transform.x += (this.room.width - before.width) / 2;
    this.transform.y += (this.room.height - before.height) / 2;
  }
  /** Paint at the next animation frame, once however often asked. */
  schedule() {
    if (this.animation || this.signal.aborted) return;
    this.animation = requestAnimationFrame(() => {
      this.animation = 0;
      this.paint();
      this.connection.acknowledge(this.parts.root);
      this.tell();
    });
  }
  paint() {
    if (this.canvas.width === 0 || this.canvas.height === 0) return;
    if (this.ratio !== window.devicePixelRatio) this.layOut();
    const { picture, canvas, ratio, panes, isMoving, shownWay: way, wipe, onion, hasNodes } = this;
    const { frame, source } = this.connection;
    if (this.isFitted) this.transform = fitted(picture, this.room);
    const { transform } = this;
    this.told = this.sheet.paint({ picture, canvas, ratio, panes, transform, isMoving, frame, source, way, wipe, onion, hasNodes });
    if (!frame) return;
    const { number, scale, generation, exact, paths, points, marks, digest } = frame;
    Object.assign(this.parts.root.dataset, { number, scale, generation, exact, paths, points, marks, digest });
  }
  // --- words ---
  tell() {
    tell(this);
  }
  /** After a restart the drawing still stands here, but nobody answers: say so, and let no button pretend. */
  checkLive() {
    const was = this.isLive;
    this.isLive = !this.connection.isDead && !this.studio?.classList.contains("jupyter-widgets-disconnected");
    if (this.isLive === was) return;
    this.parts.gone.hidden = this.isLive;
    this.parts.gone.textContent = this.isLive ? "" : "The kernel is gone: run the cell again";
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
