import { hairColour, mixed } from "./colouring";
import { clamp, mix } from "./curves";
import { beardAreas, scalpHair } from "./hairline";
import type { Identity } from "./identity";
import { noise } from "./noise";
import type { Painter } from "./skinTexture";

/** Hair that lies in the skin: beard shadow, short beards, and the scalp's undercoat below longer hair. */
export function facialHairPainter(identity: Identity): Painter {
  const { shape, beard, hair, skin, colouring } = identity;
  const areas = beardAreas(shape);
  const scalp = scalpHair(identity);
  const area = new Float64Array(3);
  const colour = hairColour(colouring);
  const stubble = mixed(mixed(colour, colouring.skin, 0.25), [0.03, 0.03, 0.035], 0.25);
  const bearded = beard.cheeks + beard.moustache + beard.chin > 0;
  // A shaved beard shows through pale skin as a bluish grey, hardly through dark skin.
  const shows = beard.length > 0 ? 0.9 : 0.75 - 0.3 * colouring.melanin;
  const cover = hair.cut === "buzz" ? 0.8 : hair.cut === "bald" ? 0.45 : 0.93;
  return (x, y, z, texel) => {
    if (bearded && y < 0 && z > -10) {
      areas(x, y, z, area);
      const density = Math.max(area[0] * beard.cheeks, area[1] * beard.moustache, area[2] * beard.chin);
      if (density > 0) {
        const grain = 0.45 + 0.9 * noise(x * 6.5 + skin.place, y * 4, z * 6.5);
        const k = clamp(density * shows * grain, 0, 0.93);
        for (let c = 0; c < 3; c++) texel[c] = mix(texel[c], beard.length > 0 ? colour[c] : stubble[c], k);
        texel[3] *= 1 - 0.7 * k;
      }
    }
    const grows = scalp(x, y, z);
    if (grows <= 0) return;
    const grain = 0.7 + 0.6 * noise(x * 9, y * 9 + skin.place, z * 9);
    const k = clamp(grows * cover * grain, 0, 0.97);
    for (let c = 0; c < 3; c++) texel[c] = mix(texel[c], colour[c] * 0.8, k);
    texel[3] *= 1 - 0.6 * k;
  };
}
