import { createRandom, type Random } from "../core/random";
import type { Colour } from "./colouring";
import { smoothstep } from "./curves";
import type { Identity } from "./identity";
import { noise } from "./noise";
import type { PartPoint } from "./partShading";

type Outfit = "shirt" | "suit" | "blouse" | "open";

/** Paints shoulders and chest: a T-shirt, a suit with shirt and tie, a blouse, an open collar; `seed` chooses. */
export function clothingOf(identity: Identity, seed: number): (point: PartPoint, out: Float64Array) => void {
  const random = createRandom(seed).fork("clothes");
  const masculine = identity.factors.sex > 0;
  const u = random.next();
  const outfit: Outfit = masculine
    ? u < 0.4
      ? "suit"
      : u < 0.7
        ? "shirt"
        : "open"
    : u < 0.5
      ? "blouse"
      : u < 0.75
        ? "shirt"
        : "open";
  const main = cloth(random.next(), random.next(), random.next(), outfit === "suit");
  const under = cloth(random.next(), 0.15 * random.next(), 0.75 + 0.25 * random.next(), false);
  const tie = cloth(random.next(), 0.5 + 0.5 * random.next(), random.next(), false);
  const neck = outfit === "blouse" ? -18 - 4 * random.next() : -15 - 1.2 * random.next();
  const stripes = random.next() < 0.25 ? 1.5 + 3 * random.next() : 0;
  const skin = identity.colouring.skin;
  return ({ x, y, z }, out) => {
    const ax = Math.abs(x);
    const front = z > -9;
    const weave = 0.85 + 0.3 * noise(x * 0.8, y * 0.5, z * 0.5 + (seed % 50));
    let c: Colour = main;
    let gloss = 0.04;
    const line = front ? neck - 0.11 * ax * ax * (outfit === "blouse" ? -1.4 : -0.35) : -14;
    if (outfit === "suit" && front) {
      const lapel = 1.2 + (-y - 14.6) * 0.42;
      if (ax < 6.5 - 0.55 * (-y - 14.6)) c = under;
      if (ax < 0.75 + 0.05 * (-y - 14.6) && y < -15.2) c = tie;
      if (ax > 6.5 - 0.55 * (-y - 14.6) && ax < lapel + 5.4)
        c = [main[0] * 0.85, main[1] * 0.85, main[2] * 0.85];
    } else if (outfit === "open" && front) {
      const v = (-y - 14.6) * -0.45 + 2.6;
      if (ax < v) {
        set5(out, skin, 0.8, 0.15);
        return;
      }
      if (ax < v + 1.4) c = [main[0] * 1.12, main[1] * 1.12, main[2] * 1.12];
    } else if (y > line) {
      set5(out, skin, 0.75, 0.15);
      return;
    }
    const stripe =
      stripes > 0 && c === main
        ? 0.8 + 0.35 * smoothstep(0.2, 0.4, Math.abs((((outfit === "shirt" ? y : x) / stripes) % 1) + 0.5))
        : 1;
    if (c === tie) gloss = 0.2;
    const shade = 0.45 + 0.55 * smoothstep(-13, -17, y - 0.15 * ax);
    set5(out, [c[0] * weave * stripe, c[1] * weave * stripe, c[2] * weave * stripe], shade, gloss);
  };
}

function set5(out: Float64Array, c: Colour, open: number, gloss: number): void {
  out[0] = c[0];
  out[1] = c[1];
  out[2] = c[2];
  out[3] = open;
  out[4] = gloss;
}

/** A random colour of cloth. */
export function clothColour(random: Random, dull: boolean): Colour {
  return cloth(random.next(), random.next(), random.next(), dull);
}

/** A colour of cloth from hue, saturation and lightness in [0, 1]; suits are dark and dull. */
export function cloth(hue: number, saturation: number, lightness: number, dull: boolean): Colour {
  const level = dull ? 0.012 + 0.09 * lightness * lightness : 0.03 + 0.6 * lightness * lightness;
  const strength = dull ? 0.35 * saturation : 0.75 * saturation;
  const channel = (shift: number): number =>
    level * (1 - strength + strength * 1.6 * (0.5 + 0.5 * Math.cos(2 * Math.PI * (hue + shift))));
  return [channel(0), channel(1 / 3), channel(2 / 3)];
}
