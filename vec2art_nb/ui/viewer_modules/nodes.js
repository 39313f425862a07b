// @ts-check
/**
 * The points of the drawing on top of it: where paths begin, go through, and what pulls at their curves.
 *
 * @import { NodeSink, Paintable } from "./layers.js"
 * @import { Place } from "./marks.js"
 */

const ROOM = 260; // square CSS pixels for each point, so that one can tell them apart
const MOST = 3000;
const POINT = 4; // CSS pixels across
const START = 7;

/** @implements {NodeSink} */
class Nodes {
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
    const reach = (START * this.ratio) / 2;
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
}

/**
 * Paint all points that are in sight, or none when they would only be a carpet.
 * @param {CanvasRenderingContext2D} context @param {Paintable[]} layers @param {Place} place @param {number} ratio
 * @returns {number} how many there are, or -1 for too many
 */
export function paintNodes(context, layers, place, ratio) {
  const nodes = new Nodes(Math.min(MOST, (place.width * place.height) / (ROOM * ratio * ratio)), ratio);
  for (const layer of layers) layer.nodes(place, nodes);
  if (nodes.isFull) return -1;
  context.globalAlpha = 1;
  context.lineJoin = "round";
  // A light rim first: they must be seen on any colour.
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
