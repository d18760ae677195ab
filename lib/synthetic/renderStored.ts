import { decodeImage, encodeJpeg } from "../image/codec";
import type { Nuisance } from "./nuisance";
import type { Person } from "./person";
import { type Rendering, render } from "./render";

/** A picture as it comes back from its file: drawn, stored as JPEG of the nuisance's quality and read again. */
export async function renderStored(person: Person, n: Nuisance, size: number): Promise<Rendering> {
  const { image, landmarks } = render(person, n, { size });
  return { image: await decodeImage(await encodeJpeg(image, n.jpeg), "a synthetic face"), landmarks };
}
