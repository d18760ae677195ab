import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../core/files";
import { encodeJpeg } from "../image/codec";
import { identityOf } from "./identity";
import { decodeManifest, encodeManifest, type ManifestRow } from "./manifest";
import { buildPerson, type Person } from "./person";
import { folderOf, plannedImages, type SetPlan } from "./plan";
import { render } from "./render";

/** Where the rows of one folder are kept until the whole manifest is written; its presence says that the folder is complete. */
export function rowsFile(out: string, k: number): string {
  return join(out, ".rows", `${folderOf(k)}.csv`);
}

/** The rows of a folder that an earlier run completed, or undefined. */
export function finishedRows(out: string, k: number): ManifestRow[] | undefined {
  const file = rowsFile(out, k);
  return existsSync(file) ? decodeManifest(readFileSync(file, "utf8"), file) : undefined;
}

/** Draws and stores all pictures of one folder, then its rows. Returns how many pictures were drawn. */
export async function renderFolder(plan: SetPlan, out: string, k: number): Promise<number> {
  if (finishedRows(out, k)) return 0;
  const people = new Map<string, Person>();
  const rows: ManifestRow[] = [];
  const writing: Promise<void>[] = [];
  for (const planned of plannedImages(plan, k)) {
    const { nuisance } = planned;
    const key = `${planned.person} ${nuisance.years}`;
    const person = people.get(key) ?? buildPerson(identityOf(planned.person), nuisance.years);
    people.set(key, person);
    const { image, landmarks } = render(person, nuisance, { size: plan.size });
    writing.push(
      encodeJpeg(image, nuisance.jpeg).then((bytes) => writeFileAtomic(join(out, planned.file), bytes)),
    );
    rows.push({ ...planned, landmarks });
  }
  await Promise.all(writing);
  writeFileAtomic(rowsFile(out, k), encodeManifest(rows));
  return rows.length;
}
