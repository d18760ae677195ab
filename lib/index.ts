export { createRandom, type Random } from "./core/random";
