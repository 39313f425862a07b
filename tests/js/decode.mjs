// What the viewer makes of a frame: a header and buffers in base64 come in as JSON, arrays of numbers go out as JSON.
import { decodeLayers, totals } from "../../vec2art_nb/ui/viewer_modules/wire.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { header, buffers } = JSON.parse(Buffer.concat(chunks).toString());
const views = buffers.map((text) => {
  const bytes = Buffer.from(text, "base64");
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
});
const plain = (name, value) => (ArrayBuffer.isView(value) ? [...value] : value);
console.log(JSON.stringify({ layers: decodeLayers(header, views), totals: totals(header) }, plain));
