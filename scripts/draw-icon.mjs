// Draws images/icon.png: a bollard with a rope made fast to it. Shapes are distances, so that edges
// come out smooth at any size; the file is written by hand, because a PNG is little more than zlib.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";

const SIZE = 256;
const SEA = [18, 48, 71];
const SEA_LOW = [11, 33, 51];
const IRON = [232, 238, 242];
const IRON_SHADE = [176, 190, 200];
const ROPE = [245, 178, 74];
const ROPE_SHADE = [205, 132, 38];

/** From back to front: how far a point is from the shape, negative inside, and its colour there. */
const LAYERS = [
  [(x, y) => box(x, y, 128, 128, 128, 128, 52), (_, y) => mix(SEA, SEA_LOW, y / SIZE)],
  // The quay, and the foot of the bollard on it.
  [(x, y) => box(x, y, 128, 214, 92, 7, 7), () => IRON_SHADE],
  [(x, y) => box(x, y, 128, 197, 58, 13, 10), (x) => shaded(x, 70, 186)],
  // The end of the rope that leads away to the ship.
  [(x, y) => line(x, y, 158, 150, 226, 104, 10), (x, y) => twisted(x * 0.83 - y * 0.56)],
  // The post, and its head, which keeps the rope from slipping off.
  [(x, y) => box(x, y, 128, 140, 33, 62, 6), (x) => shaded(x, 95, 161)],
  [(x, y) => box(x, y, 128, 66, 60, 21, 21), (x) => shaded(x, 68, 188)],
  // Three turns around the post.
  ...[114, 136, 158].map((top) => [
    (x, y) => line(x, y, 92, top + 5, 164, top - 5, 10),
    (x, y) => twisted(x + y * 0.6),
  ]),
];

const rows = [];
for (let y = 0; y < SIZE; y += 1) {
  const row = [0];
  for (let x = 0; x < SIZE; x += 1) row.push(...pixel(x + 0.5, y + 0.5));
  rows.push(Buffer.from(row));
}

const header = Buffer.alloc(13);
header.writeUInt32BE(SIZE, 0);
header.writeUInt32BE(SIZE, 4);
// Eight bits for each of red, green, blue and opacity.
header.set([8, 6, 0, 0, 0], 8);

writeFileSync(
  fileURLToPath(new URL("../images/icon.png", import.meta.url)),
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]),
);

function pixel(x, y) {
  let colour = [0, 0, 0];
  let opacity = 0;
  for (const [distance, paint] of LAYERS) {
    const cover = Math.min(1, Math.max(0, 0.5 - distance(x, y)));
    if (cover === 0) continue;
    colour = opacity === 0 ? paint(x, y) : mix(colour, paint(x, y), cover);
    opacity = Math.max(opacity, cover);
  }
  return [...colour.map((it) => Math.round(it)), Math.round(opacity * 255)];
}

/** A box with round corners. */
function box(x, y, centreX, centreY, halfWidth, halfHeight, radius) {
  const dx = Math.abs(x - centreX) - halfWidth + radius;
  const dy = Math.abs(y - centreY) - halfHeight + radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

/** A line with round ends. */
function line(x, y, fromX, fromY, toX, toY, radius) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const along = ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy);
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - fromX - at * dx, y - fromY - at * dy) - radius;
}

/** Round things are darker at their sides. */
function shaded(x, left, right) {
  const across = (x - left) / (right - left);
  return mix(IRON, IRON_SHADE, Math.min(1, Math.max(0, across * 1.5 - 0.5)));
}

function twisted(along) {
  return mix(ROPE, ROPE_SHADE, Math.max(0, Math.sin(along / 2.6)) ** 2);
}

function mix(from, to, share) {
  return from.map((it, index) => it + (to[index] - it) * share);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
