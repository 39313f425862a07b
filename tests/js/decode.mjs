// What the viewer makes of frames, one after the other: a JSON list of {header, buffers in base64} comes in, a list of what is decoded goes out, arrays as numbers.
import { Decoder, totals } from "../../vec2art_nb/ui/viewer_modules/wire.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const decoder = new Decoder();
const shown = [];
for (const { header, buffers } of JSON.parse(Buffer.concat(chunks).toString())) {
  const views = buffers.map((text) => {
    const bytes = Buffer.from(text, "base64");
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  });
  const decoded = await decoder.decode(header, views);
  shown.push(decoded && { styles: decoded.header.styles, layers: decoded.layers, totals: totals(decoded.header) });
}
const plain = (name, value) => (ArrayBuffer.isView(value) ? [...value] : value);
console.log(JSON.stringify(shown, plain));
