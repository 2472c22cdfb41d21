// The words of the trainers' frame: what a figure hands it, and what passes between page and engine.
// Nothing here reaches a page.

import type { Order, RunConfig, Score, ScoringConfig } from "../../../web/engine/training/types.js";
import type { AttentionMap, Entry } from "../../../web/engine/types.js";
import type { Lazy } from "../lazily.js";

/** A run as the engine builds it; plain JSON, the same object in Python. */
export interface Config extends RunConfig {
  scoring: ScoringConfig & { at_most_seconds: number };
}

/** The values of the dials, by name. */
export type Settings = Record<string, Value>;
export type Value = string | number | boolean;

/** One model that learns. */
export interface Planned {
  name: string;
  /** What the reader calls it; in curves and sentences. */
  label: string;
  config: Config;
  /** A class is-… of trainer.css for its curve: you (plum), fixed, attention, encoder, decoder. */
  line?: string;
}

export interface Plan {
  /** One model, or several that race. The first one's score is data-score unless `leads` says else. */
  runs: Planned[];
  /** Which of them data-score and the three numbers follow. */
  leads?: string;
  /** They are scored before the first step, too. */
  scoresFirst?: boolean;
}

/** How one model stands now. */
export interface Track {
  name: string;
  label: string;
  line: string;
  parameters: number;
  /** "simd", or "js" where the browser is slow at this. */
  product: string;
  steps: number;
  seconds: number;
  loss: number;
  /** Of the last scoring, and the steps it fell on. */
  score: number | null;
  /** All that the engine said at the last scoring. */
  scored: (Score & { solved: boolean }) | null;
  /** Steps at the first scoring that was good enough; null: none was. */
  solvedAt: number | null;
  /** [steps, loss] */
  curve: [number, number][];
  /** The steps that it had taken when it gave its last answers. */
  lookedAt: number;
}

/** "fault" is over until a dial moves or Reset. */
export type State = "ready" | "running" | "paused" | "solved" | "stopped" | "fault";

/** A finished run. */
export interface RunRecord {
  number: number;
  settings: Settings;
  seed: number;
  outcome: "solved" | "stopped";
  tracks: Track[];
  /** The track that leads. */
  lead: Track;
}

/** An answer to a source of the reader's. */
export interface Answer {
  tokens: number[];
  weights: ArrayLike<number>[];
  maps?: { encoder?: HeadMap[]; own?: HeadMap[]; cross?: HeadMap[] };
  /** To an image instead: of every class or pixel, and the vector that it was encoded as. */
  logits?: ArrayLike<number>;
  vector?: ArrayLike<number>;
}

export type HeadMap = AttentionMap;

export interface ChoiceDial {
  kind: "choice";
  name: string;
  label: string;
  options: [value: string | number, text: string][];
  /** Applies at once: the model goes on learning. Without it the run begins again. */
  live?: boolean;
  /** Where it says nothing it is not shown. */
  shown?: (settings: Settings) => boolean;
  /** Moved seldom: folded away below the others. */
  seldom?: boolean;
  /** A line under it: what its value means. */
  note?: (settings: Settings) => string;
}

export interface SliderDial {
  kind: "slider";
  name: string;
  label: string;
  min: number;
  max: number;
  step?: number;
  /** The value in words. */
  words?: (value: number) => string;
  live?: boolean;
  shown?: (settings: Settings) => boolean;
  seldom?: boolean;
  /** A line under it: what its value means. */
  note?: (settings: Settings) => string;
}

export type Dial = ChoiceDial | SliderDial;

/** What the figure shows of its own. Everything but `node` may be left out. */
export interface View {
  node: HTMLElement;
  /** Where the live dials stand, if not with the others. */
  slot?: HTMLElement;
  /** Of a folded figure: where buttons, dials and the sentence stand, if not below the picture. */
  bar?: HTMLElement;
  /** A run begins, or a live dial has moved. */
  settings?: (settings: Settings, fresh: boolean) => void;
  scored?: (track: Track) => void;
  /** Answers to `sources(settings)`, of one model. */
  looked?: (track: Track, answers: Answer[], sources: number[][]) => void;
  /** The width there is has changed, or the theme. */
  fit?: () => void;
}

/** A drawing of how the run goes, instead of its loss. */
export interface Curves {
  node: HTMLElement;
  /** All of now, and the losses of the last runs before it. */
  draw: (tracks: Track[], before: [number, number][][]) => void;
  /** The width there is. */
  fit: (room: number) => void;
}

export interface Column {
  head: string;
  text: (record: RunRecord) => string;
  /** Words stand at the left, numbers at the right. */
  words?: boolean;
  /** What came out of the run, and not what went in: such columns stand first. */
  result?: boolean;
}

export interface Figure {
  title: string;
  dials: Dial[];
  /** The runs of these settings, or a sentence that says what cannot be and what to choose. */
  plan: (settings: Settings, seed: number) => Plan | string;
  /** What the models are asked while they learn; [] for nothing. */
  sources?: (settings: Settings) => number[][];
  /** What their scores are divided by when they are asked; 1 if nothing is told. */
  temperature?: (settings: Settings) => number;
  /** Data of the tasks, by name: what the widget's trait holds. Loaded when first needed. */
  data?: Record<string, DataView | Lazy>;
  view: View;
  /** What the score counts: "of strings right". */
  scoreLabel: string;
  /** Instead of score, steps, seconds. */
  numbers?: (tracks: Track[]) => { value: string; label: string }[];
  columns: Column[];
  /** Less is better; null where it was not solved. Default: steps of the lead. No best row is
   *  named where the figure says false. */
  measure?: false | ((record: RunRecord) => number | null);
  says: {
    ready: (tracks: Track[], settings: Settings) => string;
    running: (tracks: Track[], settings: Settings) => string;
    solved: (record: RunRecord, runs: RunRecord[]) => string;
    stopped: (record: RunRecord, runs: RunRecord[]) => string;
  };
  caption?: string;
  /** Beside the runs: a cost, a legend. */
  extra?: HTMLElement;
  /** What is equal in a race until the reader says else; time if nothing is told. */
  race?: "time" | "steps";
  /** Whether it trains as soon as it is seen, without a press of its button. */
  begins?: () => boolean;
  /** What its models do, if other figures of the page may have them: see handover.js. */
  offers?: string;
  /** Loss, runs, speed and seed folded away, where the figure must be seen at a glance. */
  folded?: boolean;
  /** The loss alone folded away, where another picture shows how it learns. */
  lossFolded?: boolean;
  /** What stands where the loss would. */
  curves?: Curves;
}

export type { Order } from "../../../web/engine/training/types.js";

/** From the engine, by type. */
interface Reports {
  ready: { run: string; parameters: number; product: string; ms: number };
  progress: { run: string; steps: number; loss: number; seconds: number };
  scored: { run: string; steps: number; seconds: number; solved: boolean } & Score;
  looked: { run: string; steps: number; answers: Answer[] };
  weights: { run: string; manifest: Record<string, Entry>; data: ArrayBuffer };
  paused: { run?: undefined; why: string };
  failed: { run: string | null; sentence: string };
}

export type Report = { [Type in keyof Reports]: { type: Type } & Reports[Type] }[keyof Reports];
export type ReportOf<Type extends keyof Reports> = { type: Type } & Reports[Type];

export interface Engine {
  post: (order: Order) => void;
  stop: () => void;
}
