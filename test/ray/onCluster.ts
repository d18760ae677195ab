import { type ClusterState, clusterFolder, readClusterState } from "../../lib/ray/clusterState";

/** The cluster that tests run on: that of FACENET_LAB_RAY_STATE, which `npm run test:cluster` starts. Without it they are skipped, by name. */
export const cluster: ClusterState | undefined = process.env.FACENET_LAB_RAY_STATE
  ? readClusterState(clusterFolder())
  : undefined;

export const skip: string | false = cluster
  ? false
  : "needs a Ray cluster: npm run test:cluster starts one (after npm run setup:ray)";

/** The cluster of the tests, in a test that is not skipped. */
export function theCluster(): ClusterState {
  return cluster as ClusterState;
}
