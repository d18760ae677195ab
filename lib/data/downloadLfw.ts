import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LabError, messageOf } from "../core/errors";
import { checkFolderFree, temporaryName } from "../core/files";
import type { LongWork } from "../core/progress";
import { downloadFile, fileSha256 } from "./download";
import { isLfw } from "./lfw";
import { unpackTarGz } from "./tar";

/** One file of the download. */
export interface RemoteFile {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
}

const MIRROR = "https://ndownloader.figshare.com/files";

/** The mirror and the sums that scikit-learn's loader names; the original host is gone. */
export const lfwFiles: readonly RemoteFile[] = [
  {
    name: "lfw.tgz",
    url: `${MIRROR}/5976018`,
    sha256: "055f7d9c632d7370e6fb4afc7468d40f970c34a80d4c6f50ffec63f5a8d536c0",
  },
  {
    name: "pairsDevTrain.txt",
    url: `${MIRROR}/5976012`,
    sha256: "1d454dada7dfeca0e7eab6f65dc4e97a6312d44cf142207be28d688be92aabfa",
  },
  {
    name: "pairsDevTest.txt",
    url: `${MIRROR}/5976009`,
    sha256: "7cb06600ea8b2814ac26e946201cdb304296262aad67d046a16a7ec85d0ff87c",
  },
  {
    name: "pairs.txt",
    url: `${MIRROR}/5976006`,
    sha256: "ea42330c62c92989f9d7c03237ed5d591365e89b3e649747777b70e692dc1592",
  },
];

/**
 * Downloads LFW into `folder` (images as `<Name>/<Name>_0001.jpg`) and its pair lists beside it. What is there with the right sum is not loaded again.
 * Images are unpacked under a temporary name and then renamed. Only ever called by `facenet-lab data lfw`. Throws a LabError when `folder` holds other things.
 */
export async function downloadLfw(
  folder: string,
  work: LongWork & { readonly files?: readonly RemoteFile[] } = {},
): Promise<{ files: string[]; already: boolean }> {
  const { files = lfwFiles } = work;
  const beside = dirname(folder);
  const loaded: string[] = [];
  const fetchFile = async (file: RemoteFile): Promise<string> => {
    const path = join(beside, file.name);
    if (existsSync(path) && (await fileSha256(path)) === file.sha256) return path;
    await downloadFile(file.url, path, { ...work, sha256: file.sha256 });
    loaded.push(file.name);
    return path;
  };
  for (const file of files.filter(({ name }) => name.endsWith(".txt"))) await fetchFile(file);
  if (isLfw(folder)) return { files: loaded, already: loaded.length === 0 };
  checkFolderFree(folder);
  for (const file of files.filter(({ name }) => name.endsWith(".tgz"))) {
    const archive = await fetchFile(file);
    const temporary = temporaryName(folder);
    try {
      mkdirSync(temporary, { recursive: true });
      await unpackTarGz(archive, temporary, work);
      const inner = join(temporary, basename(file.name, ".tgz"));
      renameSync(existsSync(inner) ? inner : temporary, folder);
      rmSync(archive, { force: true });
    } catch (error) {
      if (error instanceof LabError) throw error;
      throw new LabError(`Cannot unpack LFW into ${folder}: ${messageOf(error)}`);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  return { files: loaded, already: false };
}
