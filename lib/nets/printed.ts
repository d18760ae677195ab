/**
 * What the paper prints beside its nets: parameters and FLOPS (multiply-adds) as in its tables, by our layer names.
 * Source: Schroff, Kalenichenko, Philbin (2015), Table 1 (NN1), Table 2 (NN2), sections 3.3 and 5.1 (totals of the others), Table 3 (VAL).
 */
import type { NetCount } from "./count";

/** A figure as printed, such as `9K`, `1.6M` or `0.1M`. */
export interface Printed {
  readonly parameters?: string;
  readonly multiplyAdds?: string;
}

export interface PrintedNet extends Printed {
  readonly layers: Readonly<Record<string, Printed>>;
}

const row = (parameters: string, multiplyAdds: string): Printed => ({ parameters, multiplyAdds });

/** By net name; a net or row without printed figures is left out. */
export const printedNets: Readonly<Record<string, PrintedNet>> = {
  NN1: {
    ...row("140M", "1.6B"),
    layers: {
      conv1: row("9K", "115M"),
      conv2a: row("4K", "13M"),
      conv2: row("111K", "335M"),
      conv3a: row("37K", "29M"),
      conv3: row("664K", "521M"),
      conv4a: row("148K", "29M"),
      conv4: row("885K", "173M"),
      conv5a: row("66K", "13M"),
      conv5: row("590K", "116M"),
      conv6a: row("66K", "13M"),
      conv6: row("590K", "116M"),
      fc1: row("103M", "103M"),
      fc2: row("34M", "34M"),
      fc7128: row("524K", "0.5M"),
    },
  },
  NN2: {
    ...row("7.5M", "1.6B"),
    layers: {
      conv1: row("9K", "119M"),
      "inception (2)": row("115K", "360M"),
      "inception (3a)": row("164K", "128M"),
      "inception (3b)": row("228K", "179M"),
      "inception (3c)": row("398K", "108M"),
      "inception (4a)": row("545K", "107M"),
      "inception (4b)": row("595K", "117M"),
      "inception (4c)": row("654K", "128M"),
      "inception (4d)": row("722K", "142M"),
      "inception (4e)": row("717K", "56M"),
      "inception (5a)": row("1.6M", "78M"),
      "inception (5b)": row("1.6M", "78M"),
      "fully conn": row("131K", "0.1M"),
    },
  },
  NN4: { multiplyAdds: "285M", layers: {} },
  NNS1: { ...row("26M", "220M"), layers: {} },
  NNS2: { ...row("4.3M", "20M"), layers: {} },
};

/** VAL at FAR 1e-3 on the paper's hold-out set and its standard error, shares in [0, 1], by net name (Table 3). */
export const printedVals: Readonly<Record<string, { readonly val: number; readonly standardError: number }>> =
  {
    NN1: { val: 0.879, standardError: 0.019 },
    NN2: { val: 0.894, standardError: 0.016 },
    NN3: { val: 0.883, standardError: 0.017 },
    NN4: { val: 0.82, standardError: 0.023 },
    NNS1: { val: 0.824, standardError: 0.024 },
    NNS2: { val: 0.519, standardError: 0.029 },
  };

const UNITS = { K: 1e3, M: 1e6, B: 1e9 } as const;

/**
 * Whether a count gives the printed figure: it differs by less than one in the last printed digit (the paper rounds, but 545,536 parameters of
 * inception (4a) stand as 545K). `tolerance` allows a relative difference instead.
 */
export function agrees(count: number, printed: string, tolerance: number = 0): boolean {
  const unit = UNITS[printed.at(-1) as keyof typeof UNITS];
  const number = printed.slice(0, -1);
  const digit = unit / 10 ** (number.split(".")[1]?.length ?? 0);
  const difference = Math.abs(count - Number(number) * unit);
  return difference < digit || difference <= tolerance * Number(number) * unit;
}

/** One row's or net's printed figures with the verdict; NNS1 and NNS2 are designs of ours that shall come within 2 %. */
export interface Agreement {
  readonly layer: string | null;
  readonly figure: "parameters" | "multiplyAdds";
  readonly count: number;
  readonly printed: string;
  readonly agrees: boolean;
}

/** Compares a count with everything that the paper prints of this net at its own sizes. */
export function compareWithPaper(name: string, count: NetCount): Agreement[] {
  const printed = printedNets[name];
  if (!printed) return [];
  const tolerance = name.startsWith("NNS") ? 0.02 : 0;
  const rows = [
    { layer: null, counted: count, figures: printed as Printed },
    ...count.layers.map((layer) => ({
      layer: layer.name,
      counted: layer,
      figures: printed.layers[layer.name] ?? {},
    })),
  ];
  return rows.flatMap(({ layer, counted, figures }) =>
    (["parameters", "multiplyAdds"] as const).flatMap((figure): Agreement[] => {
      const text = figures[figure];
      if (text === undefined) return [];
      return [
        {
          layer,
          figure,
          count: counted[figure],
          printed: text,
          agrees: agrees(counted[figure], text, tolerance),
        },
      ];
    }),
  );
}
