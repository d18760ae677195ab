import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { arcFaceTarget } from "../../lib/losses/arcFace";
import { cosFaceTarget } from "../../lib/losses/cosFace";
import { sphereFaceTarget } from "../../lib/losses/sphereFace";
import { assertClose } from "../gradients";

test("arcFaceTarget(), cosFaceTarget() and sphereFaceTarget() by hand at 60°", () => {
  // cos(60° + 30°) = 0. 0.5 − 0.35 = 0.15. With m = 4, 60° lies in the second quarter [45°, 90°]: ψ = −cos 240° − 2 = −1.5; with λ = 1 (0.5 − 1.5) / 2.
  assertClose([arcFaceTarget(Math.PI / 6)(0.5).value], [0], 1e-12);
  assertClose([cosFaceTarget(0.35)(0.5).value], [0.15], 1e-12);
  assertClose([sphereFaceTarget(4)(0.5).value, sphereFaceTarget(4, 1)(0.5).value], [-1.5, -0.5], 1e-12);
});

test("every target lies at or below the cosine, falls with the angle, and has the slope of central differences", () => {
  const targets = [arcFaceTarget(0.5), cosFaceTarget(0.35), sphereFaceTarget(4), sphereFaceTarget(3, 5)];
  fc.assert(
    // Away from ArcFace's two pieces at π − 0.5 and from the ends, where its slope is bounded.
    fc.property(fc.double({ min: -0.85, max: 0.99, noNaN: true }), (cosine) => {
      for (const target of targets) {
        const { value, slope } = target(cosine);
        assert.ok(value <= cosine + 1e-12 && slope >= -1e-9);
        const step = 1e-6;
        const measured = (target(cosine + step).value - target(cosine - step).value) / (2 * step);
        assertClose([measured], [slope], 1e-4);
      }
    }),
  );
});
