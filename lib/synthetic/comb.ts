import type { Random } from "../core/random";
import type { HairStyle } from "./hairStyle";

/** How one lock of hair starts: combed direction (not yet along the scalp), length, lift off the scalp and pull of gravity. */
export interface Lock {
  readonly direction: readonly [number, number, number];
  readonly length: number;
  readonly lift: number;
  readonly gravity: number;
  /** It may hang over the face. */
  readonly overFace: boolean;
}

/** The comb: which way hair lies at a place of the scalp, by cut. */
export function combed(hair: HairStyle, x: number, y: number, z: number, random: Random): Lock {
  const top = Math.max(0, Math.min(1, (y - 4) / 3));
  const rear = z < -11;
  const length =
    (hair.top * top + (rear ? hair.back : hair.sides) * (1 - top)) * (0.75 + 0.4 * random.next());
  const away = (x > hair.part ? 1 : -1) * Math.min(1, 0.3 + 0.5 * Math.abs(x - hair.part));
  const messy = (): number =>
    (random.next() - 0.5) * (0.18 + 0.75 * hair.mess * hair.mess * (0.5 + 0.5 * top));
  const noisy = (d: readonly [number, number, number]): readonly [number, number, number] => [
    d[0] + messy(),
    d[1] + 0.5 * messy(),
    d[2] + messy(),
  ];
  const fringe = hair.fringe > 0 && z > -5.5 && y > 4 && Math.abs(x) < 5;
  if (fringe) {
    const reach = hair.hairline - 0.6 - 1.2 * (1 - hair.fringe) - (hair.fringe > 0.8 ? 0 : 1);
    return {
      direction: noisy([0.25 * away, -0.5, 1]),
      length:
        Math.max(2.2, Math.min(hair.top + 2, reach + (y - hair.hairline) * 0.6)) *
        (0.85 + 0.25 * random.next()),
      lift: 0.35,
      gravity: 0.5,
      overFace: true,
    };
  }
  switch (hair.cut) {
    case "side":
      return {
        direction: noisy(top > 0.2 ? [away, 0.1, 0.25] : [0, -1, -0.25]),
        length,
        lift: 0.15 + 0.5 * hair.volume * top,
        gravity: 0.12,
        overFace: false,
      };
    case "swept":
      return {
        direction: noisy(top > 0.2 ? [0.25 * away, 0.3, -1] : [0, -0.7, -0.7]),
        length,
        lift: 0.15 + 0.7 * hair.volume * top,
        gravity: 0.08,
        overFace: false,
      };
    case "tied":
      return {
        direction: noisy([-0.8 * x * 0.3, 0.2 * (4 - y), -1]),
        length,
        lift: 0.06,
        gravity: 0,
        overFace: false,
      };
    case "bob":
    case "long":
      return {
        direction: noisy([away, -0.35, z > -4 ? -0.45 : -0.1]),
        length,
        lift: 0.22 * hair.volume,
        gravity: 0.4,
        overFace: false,
      };
    case "curly":
      return { direction: noisy([0.4 * x, 0.1, 0.1]), length, lift: 1.1, gravity: 0.12, overFace: false };
    default:
      return {
        direction: noisy(top > 0.3 ? [0.35 * away, 0.1, 0.8] : [0, -1, 0.15]),
        length,
        lift: 0.2 + 0.4 * hair.volume * top,
        gravity: 0.1,
        overFace: false,
      };
  }
}
