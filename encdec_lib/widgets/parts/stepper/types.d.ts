// What a figure hands to the stepper, and what it gets.

/** Text and marked words, put together without parsing. */
export type Sentence = (string | Node)[];

/** Where the reader stands, and how wide the picture is. */
export interface At {
  /** From 0. */
  step: number;
  /** Which case, from 0. */
  chosen: number;
  /** Pixels that the picture has. */
  width: number;
  /** Fewer than 560 of them. */
  phone: boolean;
  /** A group that is seen from step k on, and fades once step `until` has gone by. */
  row(k: number, nodes: (Node | null)[], until?: number): SVGGElement;
}

export interface Picture {
  /** Pixels; the same at every step and in every case, so that nothing jumps. */
  height: number;
  nodes: (Node | null)[];
}

export interface Figure {
  title: string;
  caption: string;
  /** One sentence, or two, for each step; cheap, since all of them are asked to reserve room. */
  says(step: number, chosen: number): Sentence;
  /** How many steps a case has. */
  steps(chosen: number): number;
  draw(at: At): Picture;
  /** What the picture shows now, for those who do not see it. */
  label(step: number, chosen: number): string;
  /** What else can be chosen. */
  cases?: {
    legend: string;
    names: string[];
    /** Of the main button at the end, such as "Next sound". */
    next: string;
    /** Where the next case begins; 0 if left out. */
    first?: number;
  };
  /** Stands between the picture and the bar, such as a slider. */
  extra?: Node;
}

/** What a figure can do with its stepper. */
export interface Stepper {
  /** Draws and says everything again, after the figure's own numbers have changed. */
  again(): void;
  /** Ends it. */
  stop(): void;
}
